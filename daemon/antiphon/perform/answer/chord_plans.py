"""The plan of chords for an answer: those of its phrase, and how they may go on. Pure."""

import numpy as np

from antiphon.compose.harmony.continuation import continuation
from antiphon.compose.harmony.plan import ChordPlan
from antiphon.harmony.chord import Chord
from antiphon.harmony.chord_hmm import decode
from antiphon.harmony.evidence import Note, Slots, evidence_of
from antiphon.harmony.progression import Progression
from antiphon.perform.answer.transcribe import Transcription
from antiphon.perform.harmony_settings import HarmonySettings

# An answer without end goes over so many bars again and again.
_LOOP_BARS = 8
# Of a long phrase only so many bars before the answer are read: more say nothing of what follows.
_MOST_BARS = 16


def wanted(harmony: HarmonySettings, heard: Progression | None) -> bool:
    """Whether an answer is planned over chords: where a part is to play them, or the player played some."""
    return bool(harmony.parts) or heard is not None


def chord_plan(
    phrase: Transcription,
    heard: Progression | None,
    start: int,
    end: int | None,
    closes: bool,
    chance: np.random.Generator,
) -> ChordPlan:
    """Of an answer from one step of the phrase's grid to another; `end` None: without end.

    `heard` are the chords that the player played, where some were.
    """
    meter, quarter = phrase.transport.meter, phrase.transport.grid.steps_per_quarter
    until = start + _LOOP_BARS * phrase.transport.bar_steps if end is None else end
    begins = max(phrase.notes[0].onset_steps, start - _MOST_BARS * phrase.transport.bar_steps)
    before = Slots.covering(meter, begins / quarter, start / quarter)
    slots = Slots.covering(meter, start / quarter, until / quarter, ended=closes and end is not None)
    slots = Slots(meter, slots.first, slots.count, before.phrase_bar, slots.ended)
    key = Chord(phrase.key.tonic, phrase.key.mode == "minor")
    known = dict(enumerate(_said(phrase, heard, before, key), before.first))
    bars = max(1, round((slots.first - before.phrase_bar * slots.in_bar) / slots.in_bar))
    parallel = [known.get(slots.first + n - bars * slots.in_bar) for n in range(slots.count)]
    chords = continuation(slots, key, known.get(slots.first - 1), parallel, chance)
    return ChordPlan(Progression.of_slots(slots.begins, slots.quarters, chords), loops=end is None)


def _said(phrase: Transcription, heard: Progression | None, slots: Slots, key: Chord) -> tuple[Chord, ...]:
    """The chords of a phrase: those that were heard, elsewhere what its melody says."""
    quarter = phrase.transport.grid.steps_per_quarter
    notes = [
        Note(note.onset_steps / quarter, note.duration_steps / quarter, note.pitch) for note in phrase.notes
    ]
    clamped = {}
    for number in range(slots.count):
        if heard is not None and (chord := heard.at((slots.first + number) * slots.quarters)) is not None:
            clamped[number] = chord
    return decode(evidence_of(slots, notes), slots, {key: 1.0}, clamped).chords
