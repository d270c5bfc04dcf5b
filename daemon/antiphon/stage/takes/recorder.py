"""Takes, one after another: the record button, or a take's length, ends one and begins the next.

Knows no music, which plays in another process and never waits for the disk.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from antiphon.errors import Failure
from antiphon.events import Timed
from antiphon.midi.messages import HeldNotes
from antiphon.perform.answer_reports import Heard
from antiphon.perform.reports import (
    BarsBegun,
    Ended,
    Followed,
    Pressed,
    Received,
    Released,
    Report,
    Sent,
    StateChanged,
)
from antiphon.perform.settings import State
from antiphon.stage.machine.log import LOG
from antiphon.stage.takes.finish import Finisher
from antiphon.stage.takes.header import Place, TakeHeader
from antiphon.stage.takes.history import History
from antiphon.stage.takes.records import line_of
from antiphon.stage.takes.take import Take
from antiphon.stage.takes.tempo_map import TempoMap

# At this many times its limit a take ends, even if somebody plays.
_AT_THE_LATEST = 1.5


@dataclass(frozen=True, slots=True)
class Limits:
    """When a take ends and the next begins, at the next quiet moment; 0: never.

    minutes     how long it lasts
    megabytes   how large its file is while it is recorded
    """

    minutes: float = 0.0
    megabytes: float = 0.0

    def reached(self, seconds: float, size: int) -> float:
        """1 and more: at or beyond a limit."""
        long = seconds / (60 * self.minutes) if self.minutes else 0.0
        large = size / (1e6 * self.megabytes) if self.megabytes else 0.0
        return max(long, large)


class Recorder:
    """Feed it every report, whether it records or not, and call `tend` often, with the time of their clock.

    `recording` is whether a take begins now. `say` hears a line for each take that ends before the last, and
    for trouble with the disk and its end. `trouble` says why nothing can be written just now.
    """

    def __init__(
        self,
        folder: Path,
        header: TakeHeader,
        recording: bool,
        say: Callable[[str], None],
        limits: Limits = Limits(),
        finisher: Finisher | None = None,
    ) -> None:
        self._folder, self._header, self._say, self._limits = folder, header, say, limits
        self._finisher = finisher or Finisher()
        self._tempo = TempoMap(header.bpm)
        self._history = History()
        self._held = HeldNotes(), HeldNotes()
        self._state: State = "idle"
        self._begun_s: float | None = None
        self._told: str | None = None
        self._take: Take | None = None
        self._ended: list[Take] = []  # not all of them is written yet
        if recording:
            self._begin()

    @property
    def recording(self) -> bool:
        return self._take is not None

    @property
    def path(self) -> Path | None:
        """The take under way."""
        return None if self._take is None else self._take.path

    @property
    def trouble(self) -> str | None:
        return None if self._take is None else self._take.trouble

    def record(self, report: Report) -> None:
        """Take down what happened, and begin or end a take where the report is of the record button."""
        if (line := line_of(report)) is not None:
            self._history.add(line)
            if self._take is not None:
                self._take.record(line)
        self._follow(report)
        if isinstance(report, Pressed) and report.name == "record":
            self._press()
        self._tell_trouble()

    def tend(self, now_s: float) -> None:
        """Make safe what was recorded, try again what could not be written, end what is long enough."""
        if self._take is not None:
            self._take.tend(now_s)
            self._tell_trouble()
            self._split_if_long(self._take, now_s)
        for take in self._ended:
            take.tend(now_s)
        self._hand_over_ended()
        self._tell_finished(wait=False)

    def close(self) -> Path | None:
        """End the take, if there is one; gives its file where anything was played.

        Raises Failure if not all could be written; what was is then finished at the next start.
        """
        take, self._take = self._take, None
        if take is not None:
            take.end()
        self._hand_over_ended()
        self._tell_finished(wait=True)
        kept = None if take is None else self._keep(take)
        if self._ended:
            raise Failure(f"{self._ended[0].trouble}; the end of a take is lost")
        return kept

    def _keep(self, take: Take) -> Path | None:
        """The last one is finished here and now."""
        if (file := take.whole) is None:
            if take.empty:
                return None
            raise Failure(f"{take.trouble}; the end of the take is lost")
        self._finisher.take(file, now=True)
        done = self._finisher.done(wait=True)[-1]
        if isinstance(done, Failure):
            raise Failure(f"{done.message}; the take is finished at the next start")
        LOG.info("take kept: %s", done)
        return done

    def _follow(self, report: Report) -> None:
        """Bars, notes that sound, and the state, all the while."""
        match report:
            case Received(Timed(_, event)):
                self._held[0].follow(event)
            case BarsBegun(at_s, grid):
                self._tempo.begin(at_s, grid.bpm)
            case Sent(Timed(_, event)) | Released(Timed(_, event)):
                self._held[1].follow(event)
            case Heard():
                self._tempo.learn(report)
                self._tempo.forget_before(report.at_s)
            case Followed():
                self._tempo.follow(report)
                self._tempo.forget_before(report.at_s)
            case StateChanged(_, state):
                self._state = state
            case Ended():
                self._state = "idle"

    def _press(self) -> None:
        if self._take is None:
            self._begin()
        else:
            self._end(self._take)

    def _begin(self, continues: str = "") -> None:
        before = b"" if continues else self._history.packed()
        place = Place(self._tempo.copy(), before, continues)
        self._take = Take(self._folder, self._header, place=place)
        self._begun_s = None
        LOG.info("take begun: %s", self._take.path)
        self._tell_trouble()

    def _end(self, take: Take) -> None:
        self._take = None
        take.end()
        self._ended.append(take)
        self._hand_over_ended()
        self._tell_finished(wait=False)

    def _hand_over_ended(self) -> None:
        """What was ended is finished once all of it is written."""
        for take in list(self._ended):
            if (file := take.whole) is not None:
                self._finisher.take(file)
                self._ended.remove(take)
            elif take.empty:
                self._ended.remove(take)

    def _split_if_long(self, take: Take, now_s: float) -> None:
        if self._begun_s is None:
            self._begun_s = now_s
        reached = self._limits.reached(now_s - self._begun_s, take.size)
        if reached < 1 or take.trouble is not None or take.path is None or take.empty:
            return
        if reached >= _AT_THE_LATEST or self._quiet:
            self._end(take)
            self._begin(continues=take.path.name)

    @property
    def _quiet(self) -> bool:
        return self._state in ("idle", "waiting") and not any(held.owed() for held in self._held)

    def _tell_trouble(self) -> None:
        trouble = self.trouble
        if trouble is not None and self._told is None:
            LOG.error("%s", trouble)
            self._say(f"{trouble}; what you play is kept in memory until it can be written.")
        elif trouble is None and self._told is not None and self._take is not None:
            lost = self._take.lost
            what = f"{lost} events were lost" if lost else "nothing was lost"
            self._say(f"Recording again; {what}.")
        self._told = trouble if trouble is None or self._told is None else self._told

    def _tell_finished(self, wait: bool) -> None:
        for done in self._finisher.done(wait):
            if isinstance(done, Failure):
                LOG.error("%s", done.message)
                self._say(f"{done.message}; it is finished at the next start.")
            elif done is not None:
                LOG.info("take kept: %s", done)
                self._say(f"The take is {done}.")
