"""The chords of a phrase: from its melody, and from what was played beside it. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from antiphon.events import GridNote, PlayedNote
from antiphon.harmony.chord import Chord
from antiphon.harmony.chord_hmm import decode, decode_in_slices, theory_table
from antiphon.harmony.chord_name import full_name
from antiphon.harmony.evidence import Note, Slots, evidence_in_slices, evidence_of
from antiphon.harmony.figure import Figure
from antiphon.harmony.progression import Progression, slot_quarters
from antiphon.harmony.theory import ChordTable
from antiphon.listen.accompaniment import placed_beside
from antiphon.listen.harmony.figures import heard_figure
from antiphon.listen.key import Key
from antiphon.slices import Sliced
from antiphon.timebase import Grid, Meter

# An accompaniment is placed on sixteenths; nobody plays a chord for less.
_FINEST = 0.25
# Of what a left hand plays, so many bars before a moment are read.
_BARS_BEFORE = 2
# Keys that are less likely than this are not tried: each costs time.
_LEAST_KEY = 0.05


@dataclass(frozen=True, slots=True)
class HeardChords:
    """The chords that were played, the name of each in full ("G7/B"), and how they were played."""

    progression: Progression
    names: tuple[str, ...]
    figure: Figure | None = None


def hear(
    melody: Sequence[GridNote],
    played: Sequence[PlayedNote],
    meter: Meter,
    steps_per_quarter: int,
    keys: Mapping[Key, float],
    table: ChordTable | None = None,
) -> Sliced[HeardChords | None]:
    """The chords of a phrase, in small parts; None where nothing is played beside its melody.

    `melody` is the phrase on the grid, whose step 0 is on a bar line, and `played` all that was played.
    `table` is what is known of chords; None: theory.
    """
    beside = notes_beside(melody, played, steps_per_quarter)
    if not beside:
        return None
    notes = [
        Note(note.onset_steps / steps_per_quarter, note.duration_steps / steps_per_quarter, note.pitch)
        for note in melody
    ]
    slots = Slots.covering(meter, min(note.at for note in beside), _end(notes, beside))
    yield
    likely = {key: chance for key, chance in keys.items() if chance >= _LEAST_KEY} or dict(keys)
    by_tonic = {Chord(key.tonic, key.mode == "minor"): chance for key, chance in likely.items()}
    evidence = yield from evidence_in_slices(slots, notes, beside, (table or theory_table()).leaps)
    found = yield from decode_in_slices(evidence, slots, by_tonic, table=table)
    progression = Progression.of_slots(slots.begins, slots.quarters, found.chords)
    yield
    return HeardChords(progression, _names(progression, beside), heard_figure(beside, meter))


def notes_beside(
    melody: Sequence[GridNote], played: Sequence[PlayedNote], steps_per_quarter: int
) -> list[Note]:
    """What was played beside a melody on the grid, as it says the chords."""
    return [
        _on_sixteenths(begins / steps_per_quarter, ends / steps_per_quarter, pitch)
        for begins, ends, pitch in placed_beside(melody, played)
    ]


def sounding(
    beside: Sequence[PlayedNote],
    grid: Grid,
    meter: Meter,
    at_s: float,
    key: Key,
    table: ChordTable | None = None,
) -> Chord | None:
    """The chord that a left hand plays at a moment; None where nothing sounds in that half bar.

    What it played in the bars before says how likely the chord changes.
    """
    quarter = grid.steps_per_quarter
    notes = [
        _on_sixteenths(
            grid.steps_at(note.onset_s) / quarter,
            grid.steps_at(min(note.release_s, at_s)) / quarter,
            note.pitch,
        )
        for note in beside
    ]
    slot = slot_quarters(meter)
    now = math.floor(grid.steps_at(at_s) / quarter / slot)
    first = now - round(_BARS_BEFORE * meter.quarters_per_bar / slot)
    notes = [note for note in notes if first * slot <= note.at < (now + 1) * slot]
    if not any(note.at + note.quarters > now * slot for note in notes):
        return None
    begins = min(math.floor(note.at / slot) for note in notes)
    slots = Slots(meter, begins, now - begins + 1)
    tonic = Chord(key.tonic, key.mode == "minor")
    return decode(evidence_of(slots, [], notes), slots, {tonic: 1.0}, table=table).chords[-1]


def _on_sixteenths(begins: float, ends: float, pitch: int) -> Note:
    """What is struck a little before a bar line, or held a little beyond one, belongs to one bar."""
    first, last = (round(quarter / _FINEST) for quarter in (begins, ends))
    return Note(_FINEST * first, _FINEST * max(1, last - first), pitch)


def _end(melody: Sequence[Note], beside: Sequence[Note]) -> float:
    """Where the melody ends; a chord that is only held on says nothing there."""
    last = max(note.at for note in beside) + _FINEST
    return max(last, max(note.at + note.quarters for note in melody))


def _names(progression: Progression, beside: Sequence[Note]) -> tuple[str, ...]:
    starts = [start for start, _ in progression.chords]
    names = []
    for (start, chord), end in zip(progression.chords, [*starts[1:], progression.ends], strict=True):
        during = [note for note in beside if start <= note.at < end]
        first = min((note.at for note in during), default=start)
        bass = min((note.pitch for note in during if note.at == first), default=None)
        names.append(full_name(chord, [note.pitch for note in during], bass))
    return tuple(names)
