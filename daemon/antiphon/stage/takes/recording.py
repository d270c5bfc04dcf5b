"""A recorder, and another one where it breaks on what nobody foresaw: the music goes on, the take is kept."""

from collections.abc import Callable
from pathlib import Path

from antiphon.perform.reports import Report
from antiphon.stage.machine.log import LOG
from antiphon.stage.takes.recorder import Recorder

_MOST_BREAKS = 3


class Recording:
    """Records with what `make` gives, told whether a take begins at once. `say` hears a line for each break.

    After the third nothing is recorded any more, and `failure` keeps the line.
    """

    def __init__(self, make: Callable[[bool], Recorder], recording: bool, say: Callable[[str], None]) -> None:
        self._make, self._say = make, say
        self._recorder: Recorder | None = make(recording)
        self._breaks = 0
        self.failure: str | None = None

    @property
    def recording(self) -> bool:
        return self._recorder is not None and self._recorder.recording

    @property
    def path(self) -> Path | None:
        """The take under way."""
        return None if self._recorder is None else self._recorder.path

    @property
    def trouble(self) -> str | None:
        """Why nothing is written just now, or any more."""
        return self.failure if self._recorder is None else self._recorder.trouble

    def record(self, report: Report) -> None:
        """Take down what happened; never raises."""
        self._do(lambda recorder: recorder.record(report))

    def tend(self, now_s: float) -> None:
        """Let it make safe what it has; never raises."""
        self._do(lambda recorder: recorder.tend(now_s))

    def _do(self, what: Callable[[Recorder], None]) -> None:
        if (recorder := self._recorder) is not None:
            try:
                what(recorder)
            except Exception as error:
                self._replace(recorder, error)

    def close(self) -> Path | None:
        """End the take, if there is one; gives its file where anything was played. Raises Failure."""
        return None if self._recorder is None else self._recorder.close()

    def _replace(self, broken: Recorder, error: Exception) -> None:
        """Keep what the broken one has, and go on with another, unless it happens again and again."""
        LOG.debug("the recorder broke", exc_info=error)
        reason, recording = f"the recorder broke ({type(error).__name__}: {error})", broken.recording
        LOG.error("%s", reason)
        self._breaks += 1
        self._recorder = None
        try:
            kept = broken.close()
            self._begin_again(reason, recording, kept)
        except Exception as another:
            LOG.error("the recorder cannot go on: %s: %s", type(another).__name__, another)
            self._give_up(reason)

    def _begin_again(self, reason: str, recording: bool, kept: Path | None) -> None:
        if kept is not None:
            reason += f"; the take until then is {kept}"
        if self._breaks >= _MOST_BREAKS:
            self._give_up(reason)
            return
        self._recorder = self._make(recording)
        self._say(f"{reason}; the recording goes on in a new one.")

    def _give_up(self, reason: str) -> None:
        self.failure = f"{reason}; nothing is recorded any more"
        self._say(f"{self.failure}, the music goes on.")
