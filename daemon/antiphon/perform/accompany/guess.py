"""The chord that a player may go on with, guessed from what was played so far. Pure."""

from collections.abc import Sequence

from antiphon.events import PlayedNote
from antiphon.harmony.chord import TRIADS, Chord
from antiphon.harmony.chord_hmm import chances_in_slices, theory_table
from antiphon.harmony.evidence import Note, Slots, evidence_in_slices
from antiphon.harmony.next_chord import next_chord
from antiphon.harmony.theory import ChordTable
from antiphon.listen.harmony.chords import notes_beside
from antiphon.perform.answer.transcribe import Transcription
from antiphon.slices import Sliced

# Of a long phrase only so many bars are read: more say nothing of what follows.
_MOST_BARS = 16


def guess(
    heard: Transcription, played: Sequence[PlayedNote], start: int, table: ChordTable | None = None
) -> Sliced[Chord]:
    """The likeliest chord at a step of the phrase's grid, where a slot begins; nothing is heard of it yet.
    In small parts.

    `played` is all that was played: where there is a left hand, its chords count most. The chord of now need
    not be certain: what its notes say so far is weighed. `table` is what is known of chords; None: theory.
    """
    transport, quarter = heard.transport, heard.transport.grid.steps_per_quarter
    begins = max(heard.notes[0].onset_steps, start - _MOST_BARS * transport.bar_steps)
    slots = Slots.covering(transport.meter, min(begins, start - 1) / quarter, start / quarter)
    notes = [
        Note(note.onset_steps / quarter, note.duration_steps / quarter, note.pitch) for note in heard.notes
    ]
    key = Chord(heard.key.tonic, heard.key.mode == "minor")
    beside = notes_beside(heard.notes, played, quarter)
    yield
    evidence = yield from evidence_in_slices(slots, notes, beside, (table or theory_table()).leaps)
    likely, _ = yield from chances_in_slices(evidence, slots, {key: 1.0}, table=table)
    yield
    with_next = Slots(slots.meter, slots.first, slots.count + 1, slots.phrase_bar)
    return TRIADS[int(next_chord(with_next, key, likely, table).argmax())]
