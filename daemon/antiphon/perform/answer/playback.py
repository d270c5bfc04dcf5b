"""The answer under way: composed ahead into the scheduler, told of once it sounds, ended or withdrawn."""

from collections.abc import Callable

from antiphon.events import NoteOn, PlayedNote, Timed
from antiphon.perform.answer.planner import PlannedAnswer
from antiphon.perform.answer.scheduler import Scheduler
from antiphon.perform.reports import Answered, SessionReport
from antiphon.perform.transport import Transport

# A note-on that could not leave within this time of its moment is not played at all.
LATE_LIMIT_S = 0.1
# Composing waits while something is to sound within this time: one symbol takes tenths of a millisecond.
_SOON_S = 0.002


class Playback:
    """At most one answer at a time. What is due never waits for what is composed ahead.

    `commit` is called when the first note of an answer sounds, or when an answer without a note is over;
    `tell` hears what was composed from then on, and that the answer is over. Of an answer that is cut before
    it sounds, nobody hears anything: `withdraw` is called with it.
    """

    def __init__(
        self,
        commit: Callable[[PlannedAnswer], None],
        withdraw: Callable[[PlannedAnswer], None],
        tell: Callable[[SessionReport], None],
    ) -> None:
        self.scheduler = Scheduler(LATE_LIMIT_S)
        self._commit, self._withdraw, self._tell = commit, withdraw, tell
        self._planned: PlannedAnswer | None = None
        self._sounded = False  # whether a note of it has sounded
        self._untold: list[SessionReport] = []  # until it sounds
        self._owed: list[Timed] = []

    @property
    def phrase(self) -> tuple[PlayedNote, ...] | None:
        """The phrase that is answered; None while no answer is under way."""
        return None if self._planned is None else self._planned.phrase

    @property
    def sounded(self) -> bool:
        """Whether a note of the answer has sounded."""
        return self._sounded

    def begin(self, planned: PlannedAnswer) -> None:
        """Compose and play this answer; none is under way."""
        self._planned, self._sounded = planned, False

    def owe(self, events: list[Timed]) -> None:
        """Events that were due and are not handed out yet: they come first the next time."""
        self._owed = events

    def cut(self, at_s: float) -> None:
        """Nothing more of the answer sounds; its note-offs come first the next time."""
        self._owed += self.scheduler.cancel(at_s)
        if self._planned is not None and not self._sounded:
            planned, self._planned = self._planned, None
            self._untold.clear()
            self.scheduler.dropped = 0
            self._withdraw(planned)
        elif self._planned is not None:
            self._end(at_s, cut=True)

    def silence(self, at_s: float) -> list[Timed]:
        """The same at once: gives the events that were not handed out, and the note-offs."""
        self.cut(at_s)
        owed, self._owed = self._owed, []
        return owed

    def move(self, moved_s: Callable[[float], float], transport: Transport) -> None:
        """The tempo moved: what waits, and what is to be composed, lies at the same steps of another grid."""
        self.scheduler.move(moved_s)
        if self._planned is not None:
            self._planned.answer.follow(transport)

    def perform(self, until_s: float, now_s: float) -> list[Timed]:
        """What is due until a moment; something may be left to compose, as `wants_more` says."""
        events = self._due(until_s, now_s)
        while self._planned is not None and self.wants_more(until_s):
            if events and self._planned.answer.next_s > until_s:
                break  # they do not wait
            for composed in self._planned.answer.compose():
                (self._tell if self._sounded else self._untold.append)(composed)
            events += self._due(until_s, now_s)
            if self._soon(until_s):
                break
        return events

    def wants_more(self, now_s: float) -> bool:
        """Whether a symbol should have been composed by a moment."""
        at_s = None if self._planned is None else self._planned.answer.compose_at_s()
        return at_s is not None and at_s <= now_s

    def _soon(self, now_s: float) -> bool:
        next_s = self.scheduler.next_s
        return next_s is not None and next_s <= now_s + _SOON_S

    def _due(self, until_s: float, now_s: float) -> list[Timed]:
        due = self.scheduler.due(until_s, now_s)
        if self._planned is not None and not self._sounded and any(isinstance(t.event, NoteOn) for t in due):
            self._tell_all(self._planned)
        owed, self._owed = self._owed, []
        return owed + due

    def _tell_all(self, planned: PlannedAnswer) -> None:
        """It sounds: it counts, and what was composed so far is told."""
        self._sounded = True
        self._commit(planned)
        for report in self._untold:
            self._tell(report)
        self._untold.clear()

    def over_s(self, now_s: float) -> float | None:
        """When the answer was over, if it is by now; then none is under way any more."""
        ends_s = None if self._planned is None else self._planned.answer.ends_s
        if ends_s is None or ends_s > now_s or not self.scheduler.idle:
            return None
        self._end(ends_s, cut=False)
        return ends_s

    def _end(self, at_s: float, cut: bool) -> None:
        if self._planned is not None and not self._sounded:
            self._tell_all(self._planned)  # it had no note, or all were late: it counts all the same
        self._planned, self._sounded = None, False
        self._tell(Answered(at_s, cut, self.scheduler.dropped))
        self.scheduler.dropped = 0

    def deadlines_s(self) -> list[float | None]:
        """When there will be something to do."""
        moments: list[float | None] = [self.scheduler.next_s]
        if self._planned is not None:
            moments += [self._planned.answer.compose_at_s(), self._planned.answer.ends_s]
        return moments
