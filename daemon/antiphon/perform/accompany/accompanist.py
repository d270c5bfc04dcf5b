"""Bass, chords and a second voice under the player: decided on a beat before each slot begins. Pure.

The player's phrase so far is heard anew at each decision: where its bars are, how quick they go, its key and
its chords. The next chord is guessed from that, and its notes go into the scheduler. A slot is half a bar, or
a bar of 3/4.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from antiphon.compose.harmony.patterns import BarGrid, Pattern, follows_figure
from antiphon.compose.harmony.plan import ChordPlan
from antiphon.events import NoteOff, NoteOn, PlayedNote, melody_of
from antiphon.harmony.chord import Chord
from antiphon.harmony.figure import Figure
from antiphon.harmony.progression import Progression, slot_quarters
from antiphon.listen.feel import HeardFeel
from antiphon.listen.key import Key
from antiphon.perform.accompany.guess import guess
from antiphon.perform.answer.bar_hearing import HeardBars
from antiphon.perform.answer.parts import Parts, bar_grid
from antiphon.perform.answer.phrase_hearing import BarsBy, PhraseHearing
from antiphon.perform.answer.scheduler import Scheduler
from antiphon.perform.answer.touch import Touch, touch_after
from antiphon.perform.answer.transcribe import Transcription
from antiphon.perform.answer_reports import ChordGuessed
from antiphon.perform.clock.bar_clock import BarClock
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.reports import SessionReport
from antiphon.perform.settings import LiveSettings
from antiphon.perform.transport import Transport
from antiphon.slices import Job, Sliced

# A slot that begins earlier than so many beats after a decision is left out, and one that begins later than
# so many waits for another one.
_LEAST_AHEAD, _MOST_AHEAD = 0.5, 1.25
# In meters of short bars one chord holds for so long at least, in seconds.
_SHORTEST_S = 0.25
# The tempo is known from so many notes of the melody on.
_FEWEST = 4
# From one decision to the next it changes by less than this share.
_NEAR = 0.25

BarsAndFeel = tuple[HeardBars, HeardFeel]


@dataclass(frozen=True, slots=True)
class PhraseSoFar:
    """A phrase so far, on the present grid; whether the player sets the tempo, and who says where the bars
    are."""

    straight: Sequence[PlayedNote]
    follows: bool
    bars_by: BarsBy


class Accompanist:
    """At work from the first note of a phrase until it is told to stop; `tell` hears what it guesses."""

    def __init__(
        self,
        hearing: PhraseHearing,
        time: BarClock,
        scheduler: Scheduler,
        tell: Callable[[SessionReport], None],
    ) -> None:
        self._hearing, self._time, self._scheduler, self._tell = hearing, time, scheduler, tell
        self._before: Transport | None = None  # the bars in which the phrase began; None: it did not
        self._due_step = 0.0  # of the next decision
        self._job: tuple[float, Job[None]] | None = None
        self._known: BarsAndFeel | None = None  # what was heard at the last decision
        self._parts: Parts | None = None  # None until the first chord
        self._figure: Figure | None = None  # as the left hand played last, where one was heard
        self._chord: tuple[int, Chord] | None = None  # the newest, with the step it begins at
        self._down: set[tuple[int, int]] = set()  # keys of the melody, (channel, pitch)
        self._halted = False  # until another phrase begins

    @property
    def at_work(self) -> bool:
        return self._before is not None

    @property
    def key(self) -> Key | None:
        """What was heard at the last decision; None before the first."""
        return None if self._known is None else self._known[0].transcription.key

    def begin(self, at_s: float) -> None:
        """The player begins a phrase."""
        transport = self._time.transport
        if transport is not None and not (self.at_work or self._halted):
            self._before, self._due_step = transport, self._next_beat(transport, at_s)

    def stop(self, halted: bool = False) -> None:
        """The phrase is over, or is `halted`: nothing more is scheduled until another one begins. What waits
        in the scheduler is for others to end."""
        if self._known is not None and self._time.transport is not None:
            last = self._known[0].transcription.notes[-1].end_steps
            self._keep(last if self._chord is None else self._chord[0])
            self._time.commit()
        self._before = self._job = self._known = self._parts = self._chord = None
        self._down.clear()
        self._halted = halted

    def go_on_from(self, first_s: float) -> None:
        """Of a long phrase what was played before a moment is heard no more."""
        transport = self._time.transport
        if transport is not None and self._known is not None:
            self._keep(math.floor(transport.grid.steps_at(first_s)) - transport.bar_steps)
            self._before = transport

    def _keep(self, until: int) -> None:
        """What was heard counts, and is over by a step."""
        if self._known is not None:
            bars, heard = self._known
            self._hearing.commit(bars, heard.feel, until)

    @property
    def due_s(self) -> float | None:
        """When something is decided; None where nothing is, or a decision is under way."""
        if self._before is None or self._job is not None or self._time.transport is None:
            return None
        return self._time.transport.grid.time_s(self._due_step) - self._scheduler.ahead_s

    def decide(self, so_far: PhraseSoFar, at_s: float, now: LiveSettings) -> None:
        """Begin to decide on the next slot, by what was played until now."""
        transport = self._time.transport
        if transport is None or self._before is None:
            return
        if melody_of(so_far.straight):
            self._job = at_s, Job(self._decide(so_far, self._before, transport, at_s, now))
        else:
            self._due_step = self._next_beat(transport, at_s)

    @property
    def busy_s(self) -> float | None:
        """Since when a decision is under way."""
        return None if self._job is None else self._job[0]

    def go_on(self) -> None:
        """Do one part of a decision; when all are done, the next slot is scheduled."""
        if self._job is not None:
            self._job[1].go_on()
            if self._job[1].done:
                self._job = None

    def finish(self) -> None:
        """Decide, if a decision is under way."""
        while self._job is not None:
            self.go_on()

    def _decide(
        self, so_far: PhraseSoFar, before: Transport, transport: Transport, at_s: float, now: LiveSettings
    ) -> Sliced[None]:
        self._known = known = yield from self._hear(so_far, before, transport)
        span = self._span(so_far, known[0].transcription, at_s)
        if span is not None:
            table = self._hearing.chord_table
            chord = yield from guess(known[0].transcription, so_far.straight, span[0], table)
            self._play(so_far, known, span, chord, now)
            self._tell_guess(known[0].transcription, span, chord, at_s)

    def _hear(self, so_far: PhraseSoFar, before: Transport, now: Transport) -> Sliced[BarsAndFeel]:
        """A tempo that was heard once stays near what it was: it is not taken for its double or its half."""
        found = yield from self._hearing.hear(so_far.straight, before, so_far.follows, so_far.bars_by)
        phrase = found[0].transcription
        near = abs(phrase.transport.grid.bpm / now.grid.bpm - 1) < _NEAR and phrase.tempo_heard
        if not so_far.follows or self._parts is None or near:
            return found
        return (yield from self._hearing.hear(so_far.straight, now, True, "count-in"))

    def _span(self, so_far: PhraseSoFar, phrase: Transcription, at_s: float) -> tuple[int, int] | None:
        """The slot to decide on, in steps; None where it is not time to. From now on the bars are those that
        were heard."""
        enough = phrase.tempo_heard and len(phrase.notes) >= _FEWEST
        if so_far.follows and self._parts is None and not enough:
            self._due_step = self._next_beat(self._time.transport or phrase.transport, at_s)
            return None
        for report in self._time.accompany(phrase.transport, at_s):
            self._tell(report)
        transport = self._time.transport or phrase.transport
        # What is decided now leaves at once at the earliest, and sounds later by the latency of the output.
        here = transport.grid.steps_at(at_s + self._scheduler.ahead_s)
        beat, slot = transport.beat_steps, _slot_steps(transport)
        start = math.ceil((here + _LEAST_AHEAD * beat) / slot) * slot
        if start - here > _MOST_AHEAD * beat:
            self._due_step = start - beat
            return None
        self._due_step = start + slot - beat
        return start, start + slot

    def _play(
        self, so_far: PhraseSoFar, known: BarsAndFeel, span: tuple[int, int], chord: Chord, now: LiveSettings
    ) -> None:
        """Schedule a slot."""
        phrase = known[0].transcription
        grid = (self._time.transport or phrase.transport).grid
        touch = touch_after(melody_of(so_far.straight), phrase, known[1], now.feel, False)
        harmony, plan = playing(now.harmony), self._plan(chord, span, grid.steps_per_quarter)
        if phrase.chords is not None and phrase.chords.figure is not None:
            self._figure = phrase.chords.figure
        if self._parts is None:
            self._parts = Parts(harmony, None, touch, *span)
        tied, figure = harmony.tied, self._figure if harmony.tied else None
        bars = _bars(touch, harmony.pattern, span[1] - span[0], figure)
        self._parts.lead_on(harmony, plan, touch, bars, span, figure, tied)
        self._parts.until(span[1] - 1, False, grid, self._scheduler, -math.inf)
        self._chord = span[0], chord

    def _tell_guess(self, phrase: Transcription, span: tuple[int, int], chord: Chord, at_s: float) -> None:
        transport = self._time.transport or phrase.transport
        begins_s, ends_s = (transport.grid.time_s(step) for step in span)
        self._tell(ChordGuessed(at_s, begins_s, ends_s, chord.name, phrase.key, transport.meter))

    def _plan(self, chord: Chord, span: tuple[int, int], quarter: int) -> ChordPlan:
        """The chord of a slot, after the one that sounds until then."""
        before = [] if self._chord is None or self._chord[0] >= span[0] else [self._chord]
        chords = [(step / quarter, one) for step, one in (*before, (span[0], chord))]
        return ChordPlan(Progression(tuple(chords), span[1] / quarter))

    def _next_beat(self, transport: Transport, at_s: float) -> float:
        """The first beat after what leaves at a moment sounds."""
        beat, here = transport.beat_steps, transport.grid.steps_at(at_s + self._scheduler.ahead_s)
        return (math.floor(here / beat + 1e-6) + 1) * beat

    def strike(self, note: NoteOn, at_s: float) -> None:
        """The player strikes a key of the melody: the second voice goes with the highest that is down."""
        self._down.add((note.channel, note.pitch))
        if self._parts is not None and note.pitch == max(pitch for _, pitch in self._down):
            self._second(note, at_s)

    def lift(self, note: NoteOff, at_s: float) -> None:
        """A key of the melody comes up."""
        self._down.discard((note.channel, note.pitch))
        if self._parts is not None and self._parts.goes_with(note.pitch):
            self._parts.lift(at_s + self._scheduler.ahead_s, self._scheduler)

    def _second(self, note: NoteOn, at_s: float) -> None:
        transport = self._time.transport
        if self._parts is not None and transport is not None:
            sounds_s = at_s + self._scheduler.ahead_s  # it leaves at once
            self._parts.lift(sounds_s, self._scheduler)
            step = math.floor(transport.grid.steps_at(at_s) + 0.5)
            self._parts.strike(note.pitch, note.velocity, step, sounds_s, self._scheduler)


def playing(harmony: HarmonySettings) -> HarmonySettings:
    """The parts that are turned on, or bass and chords where none is."""
    return harmony if harmony.parts else replace(harmony, bass=True, chords=True)


def _slot_steps(transport: Transport) -> int:
    """How long a chord holds at least, and long enough to be decided on."""
    grid = transport.grid
    slot = max(1, round(slot_quarters(transport.meter) * grid.steps_per_quarter))
    return slot * max(1, math.ceil(_SHORTEST_S / (slot * grid.step_s)))


def _bars(touch: Touch, pattern: Pattern, slot: int, figure: Figure | None) -> BarGrid:
    """Held notes are struck, or tied, in each slot, as the next one is not known; boom-chick and the player's
    figure go on over the bar."""
    bars = bar_grid(touch.places)
    whole = pattern == "boom-chick" or follows_figure(pattern, figure, bars)
    return bars if whole or bars.bar % slot else replace(bars, bar=slot)
