"""What sounds and is to sound: the answer under way, composed ahead into the scheduler; the notes owed."""

from collections.abc import Callable

from antiphon.events import NoteOn, PlayedNote, Timed
from antiphon.perform.answer.answer import Answer, Reply
from antiphon.perform.answer.scheduler import Scheduler
from antiphon.perform.reports import Answered, SessionReport
from antiphon.perform.transport import Transport

# A note-on that could not leave within this time of its moment is not played at all.
LATE_LIMIT_S = 0.1
# What is composed ahead waits for what is to sound within this time: composing takes tenths of a millisecond.
_SOON_S = 0.002


class Playback:
    """At most one answer at a time; `tell` hears what is composed, and that an answer is over.

    What is due is not kept waiting for what is composed ahead.
    """

    def __init__(self, tell: Callable[[SessionReport], None]) -> None:
        self.scheduler = Scheduler(LATE_LIMIT_S)
        self._tell = tell
        self._reply: Reply | None = None
        self._owed: list[Timed] = []

    @property
    def call(self) -> tuple[PlayedNote, ...] | None:
        """The call that is being answered; None while none is."""
        return None if self._reply is None else self._reply.call

    @property
    def heard(self) -> bool:
        """Whether a note of the answer has sounded."""
        return self._reply is not None and self._reply.heard

    def begin(self, answer: Answer, call: tuple[PlayedNote, ...]) -> None:
        self._reply = Reply(answer, call)

    def owe(self, events: list[Timed]) -> None:
        """What was due and is not handed out yet: it comes first the next time."""
        self._owed = events

    def cut(self, at_s: float) -> None:
        """Nothing more of the answer sounds; the note-offs are owed."""
        self._owed += self.scheduler.cancel(at_s)
        self._end(at_s, cut=True)

    def silence(self, at_s: float) -> list[Timed]:
        """The same at once: gives all that is owed."""
        self.cut(at_s)
        owed, self._owed = self._owed, []
        return owed

    def move(self, moved_s: Callable[[float], float], transport: Transport) -> None:
        """The tempo moved: what waits, and what is to be composed, lies at the same steps of another grid."""
        self.scheduler.move(moved_s)
        if self._reply is not None:
            self._reply.answer.follow(transport)

    def perform(self, until_s: float, now_s: float) -> list[Timed]:
        """What is due until a moment; something may be left to compose, as `wants_more` says."""
        events = self._due(until_s, now_s)
        while self._reply is not None and self.wants_more(until_s):
            if events and self._reply.answer.next_s > until_s:
                break  # they are not kept waiting
            for composed in self._reply.answer.compose():
                self._tell(composed)
            events += self._due(until_s, now_s)
            if self._soon(until_s):
                break
        return events

    def wants_more(self, now_s: float) -> bool:
        at_s = None if self._reply is None else self._reply.answer.compose_at_s()
        return at_s is not None and at_s <= now_s

    def _soon(self, now_s: float) -> bool:
        """Whether something is to sound so soon that no more should be composed before it."""
        next_s = self.scheduler.next_s
        return next_s is not None and next_s <= now_s + _SOON_S

    def _due(self, until_s: float, now_s: float) -> list[Timed]:
        events = self._owed + self.scheduler.due(until_s, now_s)
        self._owed = []
        if self._reply is not None and any(isinstance(timed.event, NoteOn) for timed in events):
            self._reply.heard = True
        return events

    def over_s(self, now_s: float) -> float | None:
        """When the answer was over, if it is by now; it then is no more."""
        ends_s = None if self._reply is None else self._reply.answer.ends_s
        if ends_s is None or ends_s > now_s or not self.scheduler.idle:
            return None
        self._end(ends_s, cut=False)
        return ends_s

    def _end(self, at_s: float, cut: bool) -> None:
        if self._reply is not None:
            self._reply = None
            self._tell(Answered(at_s, cut, self.scheduler.dropped))
            self.scheduler.dropped = 0

    def deadlines_s(self) -> list[float | None]:
        """When there will be something to do."""
        moments: list[float | None] = [self.scheduler.next_s]
        if self._reply is not None:
            moments += [self._reply.answer.compose_at_s(), self._reply.answer.ends_s]
        return moments
