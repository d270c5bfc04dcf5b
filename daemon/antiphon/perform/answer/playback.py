"""The answer under way: composed ahead into the scheduler, told of once it sounds, ended or withdrawn."""

from collections.abc import Callable

from antiphon.events import NoteOn, PlayedNote, Timed
from antiphon.perform.answer.planned import PlannedAnswer
from antiphon.perform.answer.scheduler import Scheduler
from antiphon.perform.answer_reports import Answered
from antiphon.perform.reports import SessionReport
from antiphon.perform.transport import Transport

# A note-on that could not leave within this time of its moment is not played at all.
LATE_LIMIT_S = 0.1
# Composing waits while something is to sound within this time: one symbol takes tenths of a millisecond.
_SOON_S = 0.002


class Playback:
    """At most one answer at a time. What is due never waits for what is composed ahead.

    `commit` is called with an answer when its first note sounds, or when it is over without one; only then
    `tell` hears what was composed. Of an answer that is withdrawn before that, nobody hears anything.
    """

    def __init__(
        self,
        commit: Callable[[PlannedAnswer], None],
        tell: Callable[[SessionReport], None],
    ) -> None:
        self.scheduler = Scheduler(LATE_LIMIT_S)
        self._commit, self._tell = commit, tell
        self.planned: PlannedAnswer | None = None  # the answer under way
        self.counts = False  # whether it counts: a note of it has sounded
        self._pauses = False  # with what is composed ahead, until a note has left
        self._fresh = False  # whether there is time for all candidates has not been asked yet
        self._untold: list[SessionReport] = []  # until it counts
        self._owed: list[Timed] = []

    @property
    def phrase(self) -> tuple[PlayedNote, ...] | None:
        """The phrase that is answered; None while no answer is under way."""
        return None if self.planned is None else self.planned.phrase

    def begin(self, planned: PlannedAnswer) -> None:
        """Compose and play this answer; none is under way."""
        self.planned, self.counts, self._pauses, self._fresh = planned, False, False, True

    def plan_anew(self, planned: PlannedAnswer) -> None:
        """What is known of the answer under way has changed."""
        self.planned = planned

    def owe(self, events: list[Timed]) -> None:
        """Events that were due and are not handed out yet: they come first the next time."""
        self._owed = events

    def cut(self, at_s: float) -> None:
        """Nothing more of the answer sounds; its note-offs come first the next time."""
        self._owed += self.scheduler.cancel(at_s)
        if self.planned is not None:
            self._end(at_s, cut=True)

    def withdraw(self) -> None:
        """Forget an answer that does not count yet."""
        if self.planned is not None:
            self.planned.answer.withdraw()
        self.planned = None
        self.scheduler.cancel(0.0)
        self.scheduler.dropped = 0
        self._untold.clear()

    def take_owed(self) -> list[Timed]:
        """The events that were due and were not handed out yet."""
        owed, self._owed = self._owed, []
        return owed

    def silence(self, at_s: float) -> list[Timed]:
        """The same at once: gives the events that were not handed out, and the note-offs."""
        self.cut(at_s)
        return self.take_owed()

    def move(self, moved_s: Callable[[float], float], transport: Transport) -> None:
        """The tempo moved: what waits, and what is to be composed, lies at the same steps of another grid."""
        self.scheduler.move(moved_s)
        if self.planned is not None:
            self.planned.answer.follow(transport)

    def perform(self, until_s: float, now_s: float) -> list[Timed]:
        """What is due until a moment; something may be left to compose, as `wants_more` says."""
        events = self._due(until_s, now_s)
        fresh, self._fresh = self._fresh, False
        if fresh and self.planned is not None and self.planned.answer.works:
            return events
        while self.planned is not None and self.wants_more(until_s):
            if events and self.planned.answer.next_s - self.scheduler.ahead_s > until_s:
                break  # they do not wait
            composed = self.planned.answer.compose()
            for report in composed:
                (self._tell if self.counts else self._untold.append)(report)
            if soon := self.scheduler.leaves_by(until_s + _SOON_S):
                events += self._due(until_s, now_s)
                soon = self.scheduler.leaves_by(until_s + _SOON_S)
            if soon or not composed:
                return events
        self._pauses = self.scheduler.leaves_by(until_s + _SOON_S)
        if self.planned is not None and not (events or self._pauses) and self.planned.answer.works:
            self.planned.answer.work()
        return events

    def hurry(self) -> None:
        """There is no time for the candidates under way."""
        if self.planned is not None and (hurried := self.planned.answer.hurry()) is not None:
            self._tell(hurried)

    def wants_more(self, now_s: float) -> bool:
        """Whether a symbol should have been composed by a moment."""
        at_s = None if self.planned is None else self.planned.answer.compose_at_s()
        return at_s is not None and at_s - self.scheduler.ahead_s <= now_s

    def _due(self, until_s: float, now_s: float) -> list[Timed]:
        due = self.scheduler.due(until_s, now_s)
        if self.planned is not None and not self.counts and any(isinstance(t.event, NoteOn) for t in due):
            self.count()
        owed, self._owed = self._owed, []
        return owed + due

    def count(self) -> None:
        """The answer counts from now on: it cannot be withdrawn, and what was composed is told."""
        if self.planned is None or self.counts:
            return
        self.counts = True
        self._commit(self.planned)
        for report in self._untold:
            self._tell(report)
        self._untold.clear()

    def over_s(self, now_s: float) -> float | None:
        """When the answer was over, if it is by now; then none is under way any more."""
        ends_s = None if self.planned is None else self.planned.answer.ends_s
        if ends_s is None or ends_s > now_s or not self.scheduler.idle:
            return None
        self._end(ends_s, cut=False)
        return ends_s

    def _end(self, at_s: float, cut: bool) -> None:
        self.count()  # if it had no note, or all were late
        if self.planned is not None:
            self.planned.answer.over()
        self.planned, self.counts = None, False
        self._tell(Answered(at_s, cut, self.scheduler.dropped))
        self.scheduler.dropped = 0

    def due_s(self) -> tuple[float | None, float | None]:
        """When there will be something to compose or the answer ends; and when candidates must be composed,
        and the first of what is chosen."""
        if self.planned is None:
            return None, None
        answer, ahead_s = self.planned.answer, self.scheduler.ahead_s
        compose_s, choice_s = answer.compose_at_s(), answer.choice_due_s
        at_once_s = self.planned.heard.at_s if answer.works and not self._pauses else None
        moments = (answer.ends_s, None if compose_s is None else compose_s - ahead_s, at_once_s)
        next_s = min((at_s for at_s in moments if at_s is not None), default=None)
        return next_s, None if choice_s is None else choice_s - ahead_s
