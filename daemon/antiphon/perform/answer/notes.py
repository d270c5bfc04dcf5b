"""The notes of an answer on their way into the scheduler: in the player's key and touch, with its parts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from antiphon.compose.harmony.plan import ChordPlan
from antiphon.compose.symbols import HOLD, decode, is_pitch, span
from antiphon.events import GridNote, NoteOff, NoteOn, Timed, fold_pitch
from antiphon.perform.answer.parts import Parts
from antiphon.perform.answer.scheduler import Scheduler
from antiphon.perform.answer.touch import LONGEST_GATE, Touch
from antiphon.perform.answer_reports import Planned, Written
from antiphon.perform.transport import Transport


@dataclass(slots=True)
class _Note:
    """The note that is composed: `struck` once its note-on is in the scheduler; places in steps."""

    pitch: int
    step: int
    onset: float
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Where an answer goes (steps from the grid's origin; `end` None: until it is ended), its touch, its
    channel (0–15), and the way back to the player's key.

    Nothing can sound before `earliest_s`: a note that begins before and goes on after begins then.
    """

    start: int
    end: int | None
    touch: Touch
    channel: int
    back_semitones: int
    earliest_s: float = -math.inf

    def later(self, steps: int, back_semitones: int, earliest_s: float) -> "Plan":
        """The same so many steps later."""
        end = None if self.end is None else self.end + steps
        return replace(
            self, start=self.start + steps, end=end, back_semitones=back_semitones, earliest_s=earliest_s
        )


class AnswerNotes:
    """Told symbol by symbol what is said at which step; `plan` and `transport` may be replaced in between."""

    def __init__(
        self, plan: Plan, transport: Transport, scheduler: Scheduler, parts: Parts | None = None
    ) -> None:
        self.plan, self.transport, self.parts = plan, transport, parts
        self.written: list[GridNote] = []  # those that were composed to their end
        self.before: tuple[int, float] | None = None  # the last note's step and onset
        self._scheduler = scheduler
        self._note: _Note | None = None

    def in_players_key(self, pitch: int) -> int:
        """A pitch of the model's."""
        return self.plan.touch.in_register(fold_pitch(pitch + self.plan.back_semitones))

    def planned(self, step: int, symbols: Sequence[str], lasting: int, last_pitch: int | None) -> Planned:
        """The notes that symbols say from a step on, each `lasting` so many steps, in the player's key.

        The model's pitches; `last_pitch` is that of the note that is composed.
        """
        first, said = step, list(symbols)
        if said[:1] == [HOLD] and self._note is not None:  # what sounds goes on
            first = self._note.step
            said = span(str(last_pitch), (step - first) // lasting) + said
        notes = [
            GridNote(
                first + note.onset_steps * lasting,
                note.duration_steps * lasting,
                self.in_players_key(note.pitch),
            )
            for note in decode(said)
        ]
        return Planned(first, tuple(notes))

    def go_over(self, plan: ChordPlan, step: int) -> None:
        """The parts go over other chords from a step on."""
        if self.parts is not None:
            self.parts.turn(plan, step, self.transport.grid, self._scheduler)

    def say(self, step: int, symbol: str) -> list[Written]:
        """Schedule what a symbol begins or ends at a step; its pitch is in the player's key."""
        written = self._sound(step, symbol)
        if self.parts is not None and step >= self.parts.next_place:
            self._accompany(step, symbol == HOLD)  # the melody leaves first
        return written

    def finish(self, end: int) -> list[Written]:
        """The last note is held to the end of the answer, whatever the touch."""
        self._accompany(end, True)
        return self._end_note(end, None, LONGEST_GATE)

    def _accompany(self, step: int, held: bool) -> None:
        """Schedule what the parts begin up to a step."""
        if self.parts is not None:
            self.parts.until(step, held, self.transport.grid, self._scheduler, self.plan.earliest_s)

    def _sound(self, step: int, symbol: str) -> list[Written]:
        if symbol == HOLD:
            if (note := self._note) is not None and not note.struck:
                length = step + 1 - note.step
                if length >= self.plan.touch.places.quarter or self._is_late(note):
                    self._strike(note, length, step)
            return []
        onset = self._onset(step) if is_pitch(symbol) else None
        written = self._end_note(step, onset)
        if onset is not None:
            self._note, self.before = _Note(int(symbol), step, onset), (step, onset)
            # The first note may be due: it does not wait until its length is known.
            if step == self.plan.start or not self.plan.touch.asks_length:
                self._strike(self._note, None, step)
        return written

    def _onset(self, step: int) -> float:
        """Where a note at a step begins; not before the answer does."""
        onset = self.plan.touch.onset(step, self.transport.grid.step_s, self.before)
        return max(onset, float(self.plan.start))

    def _strike(self, note: _Note, length: int | None, step: int) -> None:
        """Schedule its note-on, unless that was done or it cannot sound at a step yet; it is so long at
        least."""
        if not note.struck and self.transport.grid.time_s(step) >= self.plan.earliest_s:
            velocity = self.plan.touch.velocity_at(note.step, note.pitch, length)
            on = NoteOn(note.pitch, velocity, self.plan.channel)
            at_s = max(self.transport.grid.time_s(note.onset), self.plan.earliest_s)
            self._scheduler.add(Timed(at_s, on))
            note.struck = True
            if self.parts is not None:
                self.parts.strike(note.pitch, velocity, note.step, at_s, self._scheduler)

    def _end_note(self, step: int, next_onset: float | None, gate: float | None = None) -> list[Written]:
        """End the note that is composed at a step; it is as detached as the touch says, or `gate`."""
        note, self._note = self._note, None
        if note is None:
            return []
        touch, length, late = self.plan.touch, step - note.step, self._is_late(note)
        written = [Written(GridNote(note.step, length, note.pitch))]
        self.written.append(written[0].note)
        if late and not note.struck:
            return written  # it is over before it could sound
        self._strike(note, length, step)
        share = touch.gate_of(length) if gate is None else gate
        ends = touch.ending(step, (note.step, note.onset), next_onset, share)
        at_s = self.transport.grid.time_s(ends)
        if late:  # at least half of what is left of it sounds
            at_s = max(at_s, (self.plan.earliest_s + self.transport.grid.time_s(step)) / 2)
        self._scheduler.add(Timed(at_s, NoteOff(note.pitch, self.plan.channel)))
        if self.parts is not None:
            self.parts.lift(at_s, self._scheduler)
        return written

    def _is_late(self, note: _Note) -> bool:
        """Whether it begins before anything can sound."""
        return self.transport.grid.time_s(note.onset) < self.plan.earliest_s
