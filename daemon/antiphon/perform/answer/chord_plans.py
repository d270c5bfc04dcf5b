"""The plan of chords for an answer: those of its phrase, and how they may go on. Pure."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from antiphon.compose.harmony.continuation import continuation
from antiphon.compose.harmony.plan import ChordPlan
from antiphon.harmony.chord import Chord
from antiphon.harmony.chord_hmm import decode, theory_table
from antiphon.harmony.evidence import Note, Slots, evidence_of
from antiphon.harmony.progression import Progression
from antiphon.harmony.theory import ChordTable
from antiphon.perform.answer.transcribe import Transcription
from antiphon.perform.harmony_settings import HarmonySettings

# An answer without end goes over so many bars again and again.
_LOOP_BARS = 8
# Of a long phrase only so many bars before the answer are read: more say nothing of what follows.
_MOST_BARS = 16


def wanted(harmony: HarmonySettings, heard: Progression | None, left: Sequence["LeftChord"] = ()) -> bool:
    """Whether an answer is planned over chords: where a part is to play them, or the player played some,
    before it or during it."""
    return bool(harmony.parts or left) or heard is not None


@dataclass(frozen=True, slots=True)
class LeftChord:
    """A chord that the left hand plays in a slot during an answer, which can go over it from a step on."""

    slot: int
    step: int
    chord: Chord


def chord_plan(
    phrase: Transcription,
    heard: Progression | None,
    start: int,
    end: int | None,
    closes: bool,
    chance: np.random.Generator,
    left: Sequence[LeftChord] = (),
    table: ChordTable | None = None,
) -> ChordPlan:
    """Of an answer from one step of the phrase's grid to another; `end` None: without end.

    `heard` are the chords that the player played, where some were, and `left` those during the answer.
    `table` is what is known of chords; None: theory.
    """
    meter, quarter = phrase.transport.meter, phrase.transport.grid.steps_per_quarter
    until = start + _LOOP_BARS * phrase.transport.bar_steps if end is None else end
    begins = max(phrase.notes[0].onset_steps, start - _MOST_BARS * phrase.transport.bar_steps)
    before = Slots.covering(meter, begins / quarter, start / quarter)
    slots = Slots.covering(meter, start / quarter, until / quarter, ended=closes and end is not None)
    slots = Slots(meter, slots.first, slots.count, before.phrase_bar, slots.ended)
    key = Chord(phrase.key.tonic, phrase.key.mode == "minor")
    known = dict(enumerate(_said(phrase, heard, before, key, table), before.first))
    bars = max(1, round((slots.first - before.phrase_bar * slots.in_bar) / slots.in_bar))

    def drawn(of: Slots, after: Chord | None) -> tuple[Chord, ...]:
        parallel = [known.get(of.first + n - bars * of.in_bar) for n in range(of.count)]
        return continuation(of, key, after, parallel, chance, table)

    chords = drawn(slots, known.get(slots.first - 1))
    plan = ChordPlan(Progression.of_slots(slots.begins, slots.quarters, chords), loops=end is None)
    for one in left:
        plan = _over_left(plan, one, one.step / quarter, slots, drawn)
    return plan


def _over_left(
    plan: ChordPlan,
    left: LeftChord,
    begins: float,
    slots: Slots,
    drawn: Callable[[Slots, Chord | None], tuple[Chord, ...]],
) -> ChordPlan:
    """From a quarter on the left hand's chord holds to the end of its bar, and others go on from it.

    The chords of an answer without end are eight bars from that bar on.
    """
    slot, in_bar = slots.quarters, slots.in_bar
    first = math.floor(begins / slot / in_bar) * in_bar if plan.loops else slots.first
    last = first + _LOOP_BARS * in_bar if plan.loops else slots.first + slots.count
    ends = (left.slot // in_bar + 1) * in_bar  # of the bar it was heard in
    resumes = min(last, max(ends, math.ceil(begins / slot)))
    changes = {at for at, _ in plan.progression.chords} | {at * slot for at in range(first, last)}
    there = [(at, plan.at(at)) for at in sorted(changes) if first * slot <= at < begins]
    if begins < ends * slot:
        there.append((begins, left.chord))
    if resumes < last:
        rest = Slots(slots.meter, resumes, last - resumes, slots.phrase_bar, slots.ended)
        chords = drawn(rest, left.chord)
        there += [((resumes + number) * slot, chord) for number, chord in enumerate(chords)]
    return ChordPlan(_told_once(there, last * slot), plan.loops)


def _told_once(chords: Sequence[tuple[float, Chord | None]], ends: float) -> Progression:
    found: list[tuple[float, Chord]] = []
    for at, chord in chords:
        if chord is not None and (not found or found[-1][1] != chord):
            found.append((at, chord))
    return Progression(tuple(found), ends)


def _said(
    phrase: Transcription, heard: Progression | None, slots: Slots, key: Chord, table: ChordTable | None
) -> tuple[Chord, ...]:
    """The chords of a phrase: those that were heard, elsewhere what its melody says."""
    quarter = phrase.transport.grid.steps_per_quarter
    notes = [
        Note(note.onset_steps / quarter, note.duration_steps / quarter, note.pitch) for note in phrase.notes
    ]
    clamped = {}
    for number in range(slots.count):
        if heard is not None and (chord := heard.at((slots.first + number) * slots.quarters)) is not None:
            clamped[number] = chord
    evidence = evidence_of(slots, notes, leaps=(table or theory_table()).leaps)
    return decode(evidence, slots, {key: 1.0}, clamped, table).chords
