"""Takes, one after another: the record button ends one and begins the next. The music does not notice."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

from antiphon.errors import Failure
from antiphon.events import NoteOn, Timed
from antiphon.perform.news import Followed, Heard, Pressed, Received, Report
from antiphon.stage.journal import LOG
from antiphon.stage.take import Take, TakeHeader
from antiphon.stage.tempo_map import TempoMap


class Recorder:
    """Feed it every report, whether it records or not: it counts the bars all the while.

    `recording` is whether a take begins now. `say` hears a line for each take that ends before the last, and
    one if a take cannot be written: the music goes on without, and `failure` keeps the line. Raises Failure
    where a take that begins now cannot be written.
    """

    def __init__(self, folder: Path, header: TakeHeader, recording: bool, say: Callable[[str], None]) -> None:
        self._folder, self._header, self._say = folder, header, say
        self._tempo = TempoMap(header.bpm)
        self._take = self._new_take() if recording else None
        self.failure: str | None = None

    @property
    def recording(self) -> bool:
        return self._take is not None

    @property
    def path(self) -> Path | None:
        """The take under way."""
        return None if self._take is None else self._take.path

    def record(self, report: Report) -> None:
        """Take down what happened, and begin or end a take where the report is of the record button."""
        try:
            if isinstance(report, Pressed) and report.name == "record":
                self._press()
            elif self._take is not None:
                self._take.record(report)
        except Failure as failure:
            self._give_up(failure)
        self._count_bars(report)

    def _count_bars(self, report: Report) -> None:
        match report:
            case Received(Timed(at_s, NoteOn())):
                self._tempo.begin(at_s)
            case Heard():
                self._tempo.learn(report)
            case Followed():
                self._tempo.follow(report)

    def _press(self) -> None:
        if self._take is None:
            self._take = self._new_take()
        elif (kept := self.close()) is not None:
            self._say(f"The take is {kept}.")

    def _new_take(self) -> Take:
        take = Take(self._folder, self._header, tempo=deepcopy(self._tempo))
        LOG.info("take begun: %s", take.path)
        return take

    def _give_up(self, failure: Failure) -> None:
        self._take, self.failure = None, failure.message
        LOG.error("%s", failure.message)
        self._say(f"{failure.message}; nothing is recorded, the music goes on.")

    def close(self) -> Path | None:
        """End the take, if there is one; gives its file where anything was played. Raises Failure."""
        take, self._take = self._take, None
        kept = None if take is None else take.close()
        if kept is not None:
            LOG.info("take kept: %s", kept)
        return kept
