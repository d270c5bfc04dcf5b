"""One voice of a part that plays several: the highest note of each chord, without the notes below a held one.

This is the skyline of Uitdenbogerd and Zobel (1998), with two additions: a note that a higher one covers for
half of its time is another voice, and so is a note far below its neighbours. Ticks in, ticks out.
"""

from collections.abc import Iterator, Sequence
from statistics import median

from antiphon.midi.notes import TickNote

# Notes struck within this share of a quarter note are one chord.
_CHORD = 1 / 16
# A part with at least this share of chords has several voices; with fewer, notes that overlap are legato.
_VOICED = 0.1
# A note that higher ones cover for this share of its time is another voice.
_COVERED = 0.5
# A note this many semitones below the median of so many neighbours on both sides is another voice.
FAR_BELOW, NEIGHBOURS = 12, 8


def skyline(notes: Sequence[TickNote], ticks_per_quarter: int) -> list[TickNote]:
    """The melody of a part, one note at a time, by onset; `notes` by onset and pitch."""
    chord_ticks = round(ticks_per_quarter * _CHORD)
    voiced = _chord_share(notes, chord_ticks) >= _VOICED
    outer = [note for note, covered in _covered(notes, chord_ticks, voiced) if not covered]
    line = [max(chord, key=lambda note: note.pitch) for chord in _chords(outer, chord_ticks)]
    return _without_far_below(line) if voiced else line


def _chords(notes: Sequence[TickNote], chord_ticks: int) -> Iterator[list[TickNote]]:
    chord: list[TickNote] = []
    for note in notes:
        if chord and note.onset - chord[0].onset > chord_ticks:
            yield chord
            chord = []
        chord.append(note)
    if chord:
        yield chord


def _chord_share(notes: Sequence[TickNote], chord_ticks: int) -> float:
    chords = list(_chords(notes, chord_ticks))
    return sum(len(chord) > 1 for chord in chords) / max(1, len(chords))


def _covered(notes: Sequence[TickNote], chord_ticks: int, voiced: bool) -> Iterator[tuple[TickNote, bool]]:
    """Each note, and whether higher ones that were struck before it, or with it, cover it."""
    higher: list[TickNote] = []
    for place, note in enumerate(notes):
        higher = [other for other in higher if other.released > note.onset]
        if voiced:
            later = _until(notes, place, note.onset + chord_ticks)
            over = [other for other in (*higher, *later) if other.pitch > note.pitch]
            yield note, _covered_ticks(note, over) >= _COVERED * (note.released - note.onset)
        else:
            early = (o for o in higher if o.pitch > note.pitch and note.onset - o.onset > chord_ticks)
            yield note, any(other.released > note.released + chord_ticks for other in early)
        higher.append(note)


def _until(notes: Sequence[TickNote], place: int, onset: int) -> Iterator[TickNote]:
    for other in notes[place + 1 :]:
        if other.onset > onset:
            return
        yield other


def _covered_ticks(note: TickNote, over: Sequence[TickNote]) -> int:
    ticks, until = 0, note.onset
    for other in sorted(over, key=lambda other: other.onset):
        begin, end = max(until, other.onset), min(note.released, other.released)
        ticks += max(0, end - begin)
        until = max(until, end)
    return ticks


def _without_far_below(line: list[TickNote]) -> list[TickNote]:
    """An accompaniment that is heard alone while the melody rests is not taken for it."""
    pitches = [note.pitch for note in line]
    return [
        note
        for place, note in enumerate(line)
        if median(pitches[max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1]) - note.pitch < FAR_BELOW
    ]
