"""What an answer that is chosen will sound like: its notes with their moments and their touch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from antiphon.compose.sampling import Draw
from antiphon.events import GridNote, PlayedNote
from antiphon.perform.answer.parts import Parts
from antiphon.perform.answer.touch import LONGEST_GATE, Touch
from antiphon.perform.answer_reports import Foreseen
from antiphon.perform.transport import Transport


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen of an answer from a note on; steps are the grid's.

    `draws` of the symbols that begin a note or a rest, each with its step; `before` is the step and the onset
    of the note before the first; `parts` go on from there.
    """

    notes: tuple[GridNote, ...]
    draws: tuple[tuple[int, Draw], ...]
    before: tuple[int, float] | None = None
    parts: Parts | None = field(default=None, compare=False)


def foreseen(
    number: int,
    chosen: Chosen,
    touch: Touch,
    transport: Transport,
    span: tuple[int, int | None],
    earliest_s: float,
) -> Foreseen:
    """As answer `number` will sound from its first chosen note on; `span` are the steps of the whole answer,
    the last of them None where it is without end."""
    grid, (start, end) = transport.grid, span
    notes = tuple(_played(chosen, touch, transport, span, earliest_s))
    draws = tuple(
        (grid.time_s(touch.place(step)), draw.entropy, draw.temperature) for step, draw in chosen.draws
    )
    last_s = max((note.release_s for note in notes), default=grid.time_s(start))
    quotes = {step for step, draw in chosen.draws if draw.quoted}
    quoted = tuple(note.onset_steps in quotes for note in chosen.notes)
    ends_s = last_s if end is None else grid.time_s(touch.place(end))
    told = Foreseen(number, grid.time_s(start), ends_s, notes, draws, quoted)
    if chosen.parts is None:
        return told
    written = list(zip(chosen.notes, notes, strict=True))
    until = end if end is not None else max((note.end_steps for note in chosen.notes), default=start)
    parts = tuple(chosen.parts.foreseen(written, until, grid, earliest_s))
    return replace(told, parts=parts, chords=tuple(chosen.parts.chords(until, grid)))


def _played(
    chosen: Chosen, touch: Touch, transport: Transport, span: tuple[int, int | None], earliest_s: float
) -> Iterator[PlayedNote]:
    grid, notes = transport.grid, chosen.notes
    onsets = _onsets(chosen, touch, grid.step_s, span[0])
    for number, (note, onset) in enumerate(zip(notes, onsets, strict=True)):
        joined = number + 1 < len(notes) and notes[number + 1].onset_steps == note.end_steps
        gate = LONGEST_GATE if note.end_steps == span[1] else touch.gate_of(note.duration_steps)
        ends = touch.ending(
            note.end_steps, (note.onset_steps, onset), onsets[number + 1] if joined else None, gate
        )
        known = touch.asks_length and note.onset_steps != span[0]
        length = min(note.duration_steps, touch.places.quarter) if known else None
        velocity = touch.velocity_at(note.onset_steps, note.pitch, length)
        onset_s = max(grid.time_s(onset), earliest_s)
        yield PlayedNote(note.pitch, velocity, onset_s, max(onset_s, grid.time_s(ends)))


def _onsets(chosen: Chosen, touch: Touch, step_s: float, start: int) -> Sequence[float]:
    onsets, before = [], chosen.before
    for note in chosen.notes:
        onset = max(touch.onset(note.onset_steps, step_s, before), float(start))
        before = (note.onset_steps, onset)
        onsets.append(onset)
    return onsets
