"""What a person sees while training runs, on stderr: a bar on a terminal, one line an epoch anywhere."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from antiphon_training.fit.run_folder import Epoch


class TrainingBar:
    """A Report for the terminal; a context manager."""

    def __init__(
        self, epochs: int, max_minutes: float | None, console: Console | None = None, quiet: bool = False
    ) -> None:
        self._console = console or Console(stderr=True, soft_wrap=True, highlight=False, quiet=quiet)
        self._bar = Progress(
            TextColumn("epoch {task.fields[epoch]}/" + str(epochs)),
            BarColumn(),
            TextColumn(
                "loss {task.fields[loss]:.3f} bits, held out {task.fields[valid]}, {task.fields[left]} left"
            ),
            console=self._console,
            disable=quiet or not self._console.is_terminal,
            transient=True,
        )
        self._epochs = epochs
        self._limit_s = None if max_minutes is None else 60 * max_minutes
        self._begun_s = time.monotonic()
        self._epoch_begun_s, self._valid = self._begun_s, "–"
        self._task = self._bar.add_task("", epoch=1, loss=0.0, valid="–", left="–")

    def __enter__(self) -> "TrainingBar":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def batch(self, epoch: int, done: int, of: int, bits: float) -> None:
        left = self._left(epoch, done, of)
        self._bar.update(
            self._task, completed=done, total=of, epoch=epoch, loss=bits, valid=self._valid, left=left
        )

    def epoch(self, epoch: Epoch) -> None:
        self._valid = f"{epoch.valid_bits:.4f}"
        self._epoch_begun_s = time.monotonic()
        self._console.print(
            f"epoch {epoch.number}/{self._epochs}: loss {epoch.train_bits:.4f}, held out "
            f"{epoch.valid_bits:.4f} bits per symbol, rate {epoch.learning_rate:.2g}, {epoch.wall_s:.1f} s, "
            f"{epoch.symbols / epoch.wall_s:,.0f} symbols/s"
        )

    def _left(self, epoch: int, done: int, of: int) -> str:
        """The time to the last epoch at this epoch's pace, or to the limit if that is sooner."""
        pace_s = (time.monotonic() - self._epoch_begun_s) / done
        left_s = pace_s * (of - done + (self._epochs - epoch) * of)
        if self._limit_s is not None:
            left_s = min(left_s, max(0.0, self._begun_s + self._limit_s - time.monotonic()))
        return f"{left_s / 60:.0f} min" if left_s >= 60 else f"{left_s:.0f} s"
