"""Call and response as a function: timestamped input in, timestamped output out. No clock, no port.

`receive` what the player did, `advance` to a moment to get what is due by then, and come back no later than
`next_deadline_s`. Sending comes first in `advance`; composing runs ahead of the beat in the gaps.
"""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Ge, Le, Predicate

from antiphon.compose.melody import Melody
from antiphon.compose.model import Model
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.symbols import Vocabulary
from antiphon.events import GridNote, NoteOn, PlayedNote, Timed
from antiphon.listen.key import estimate
from antiphon.listen.phrase import PhraseListener, PhraseSettings
from antiphon.listen.quantise import one_voice
from antiphon.perform.answer import Answer, Plan, as_heard, home_shift
from antiphon.perform.news import Answered, Heard, News, State, StateChanged
from antiphon.perform.scheduler import Scheduler
from antiphon.perform.transport import Boundary, Transport
from antiphon.timebase import MAX_BPM, MIN_BPM, Grid, Meter, is_meter

# A note-on that could not leave within this time of its moment is not played at all.
LATE_LIMIT_S = 0.1


@dataclass(frozen=True, slots=True)
class TempoSettings:
    """bpm: quarter notes a minute. meter: "3/4". The first note played is the first downbeat."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    bpm: Annotated[float, Ge(MIN_BPM), Le(MAX_BPM)] = 120.0
    meter: Annotated[str, Predicate(is_meter)] = "4/4"


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """start: "now", the next "beat" or the next "bar". bars: the answer's length; 0: as long as the call."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    start: Boundary = "bar"
    bars: Annotated[int, Ge(0), Le(64)] = 0


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """Everything that shapes the music; `channel` 0–15 is where the answer goes."""

    tempo: TempoSettings = field(default_factory=TempoSettings)
    phrase: PhraseSettings = field(default_factory=PhraseSettings)
    answer: AnswerSettings = field(default_factory=AnswerSettings)
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    channel: int = 0


@dataclass(frozen=True, slots=True)
class Voice:
    """Who answers: a model, the symbols it speaks, and its grid."""

    model: Model
    vocabulary: Vocabulary
    steps_per_quarter: int


@dataclass(slots=True)
class _Reply:
    """The answer that is planned or sounding, and the call it answers."""

    answer: Answer
    call: tuple[PlayedNote, ...]
    heard: bool = False  # whether a note of it has sounded


class Session:
    """One player and one answering voice.

    The same voice, settings, random seed and input give the same output, however often it is advanced.
    """

    def __init__(self, voice: Voice, settings: SessionSettings, random_seed: int) -> None:
        self._voice = voice
        self._settings = settings
        self._random_seed = random_seed
        self._meter = Meter.parse(settings.tempo.meter)
        self._transport: Transport | None = None
        self._listener = PhraseListener(settings.phrase)
        self._scheduler = Scheduler(LATE_LIMIT_S)
        self._reply: _Reply | None = None
        self._calls = 0
        self._owed: list[Timed] = []
        self._news: list[News] = []
        self._state: State = "idle"

    @property
    def state(self) -> State:
        return self._state

    @property
    def transport(self) -> Transport | None:
        """Bars and beats, from the first note on."""
        return self._transport

    def receive(self, timed: Timed) -> None:
        """The player did something, at a moment not before the last one told of."""
        self._owed = self.advance(timed.at_s)
        if isinstance(timed.event, NoteOn):
            self._begin_listening(timed.at_s)
        self._listener.receive(timed)

    def _begin_listening(self, at_s: float) -> None:
        if self._transport is None:
            grid = Grid(self._settings.tempo.bpm, at_s, self._voice.steps_per_quarter)
            self._transport = Transport(grid, self._meter)
        if self._reply is not None:
            self._barge_in(self._reply, at_s)
        self._enter("listening", at_s)

    def _barge_in(self, reply: _Reply, at_s: float) -> None:
        """The player takes over. If nothing of the answer had sounded, they had only paused."""
        self._owed += self._scheduler.cancel(at_s)
        if not reply.heard:
            self._listener.resume(reply.call)
        self._end_reply(at_s, cut=True)

    def advance(self, now_s: float) -> list[Timed]:
        """What is due by now, in order; then get on with deciding and composing."""
        events = self._owed + self._scheduler.due(now_s)
        self._owed = []
        self._note_heard(events)
        self._decide(now_s)
        self._compose(now_s)
        self._close(now_s)
        return events

    def next_deadline_s(self) -> float | None:
        """When to advance again at the latest if nothing is received; None while there is nothing to do."""
        moments = [self._scheduler.next_s, self._call_ends_s()]
        if self._reply is not None:
            moments += [self._reply.answer.compose_at_s(), self._reply.answer.ends_s]
        return min((moment for moment in moments if moment is not None), default=None)

    def take_news(self) -> list[News]:
        """What happened since the last call."""
        news, self._news = self._news, []
        return news

    def stop(self, at_s: float) -> list[Timed]:
        """End everything; gives the note-offs that are owed."""
        offs = self._owed + self._scheduler.cancel(at_s)
        self._owed = []
        if self._reply is not None:
            self._end_reply(at_s, cut=True)
        self._enter("idle", at_s)
        return offs

    def _enter(self, state: State, at_s: float) -> None:
        if state != self._state:
            self._state = state
            self._news.append(StateChanged(at_s, state))

    def _note_heard(self, events: list[Timed]) -> None:
        if self._reply is not None and any(isinstance(timed.event, NoteOn) for timed in events):
            self._reply.heard = True

    def _call_ends_s(self) -> float | None:
        return None if self._transport is None else self._listener.ends_at_s(self._transport.beat_s)

    def _decide(self, now_s: float) -> None:
        """End the call if its time has come; the answer is planned from that moment, not from now."""
        ends_s = self._call_ends_s()
        if self._transport is not None and ends_s is not None and ends_s <= now_s:
            self._answer_call(self._listener.finish(ends_s), self._transport, ends_s)

    def _answer_call(self, call: tuple[PlayedNote, ...], transport: Transport, at_s: float) -> None:
        notes = one_voice(call, transport.grid)
        key = estimate(notes)
        start, end = self._place(notes, transport, at_s)
        shift = home_shift(notes, key, self._voice.vocabulary)
        velocity = round(sum(note.velocity for note in call) / len(call))
        plan = Plan(start, end, velocity, self._settings.channel, -shift)
        melody = self._melody()
        melody.hear(as_heard(notes, shift, start))
        self._reply = _Reply(Answer(melody, plan, transport, self._scheduler), call)
        self._news.append(Heard(at_s, notes, key, transport.grid, start, end - start))
        self._enter("answering", at_s)

    def _place(self, notes: tuple[GridNote, ...], transport: Transport, at_s: float) -> tuple[int, int]:
        """The answer's first step, and the one after its last."""
        after = max(notes[-1].end_steps, transport.grid.steps_at(at_s))
        start = transport.next_start(after, self._settings.answer.start)
        bars = self._settings.answer.bars * transport.bar_steps
        return start, start + (bars or transport.whole_bars(notes[0].onset_steps, notes[-1].end_steps))

    def _melody(self) -> Melody:
        """Each call has chance of its own, so that an answer cut short does not change the next."""
        generator = np.random.default_rng((self._random_seed, self._calls))
        self._calls += 1
        return Melody(self._voice.model, self._voice.vocabulary, self._settings.sampling, generator)

    def _compose(self, now_s: float) -> None:
        if self._reply is not None:
            self._news += self._reply.answer.compose(now_s)

    def _close(self, now_s: float) -> None:
        if self._reply is not None and self._scheduler.idle and self._reply.answer.ends_s <= now_s:
            ends_s = self._reply.answer.ends_s
            self._end_reply(ends_s, cut=False)
            self._enter("idle", ends_s)

    def _end_reply(self, at_s: float, cut: bool) -> None:
        self._reply = None
        self._news.append(Answered(at_s, cut, self._scheduler.dropped))
        self._scheduler.dropped = 0
