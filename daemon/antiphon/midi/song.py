"""The melody of a MIDI file as a score would write it: one reader for phrases and for songs to learn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from antiphon.midi.gates import Sounding, written_lengths
from antiphon.midi.notes import TickNote
from antiphon.midi.parts import Part, parts_of
from antiphon.midi.signatures import is_pickup_bar, key, meters, pickup, tempo_bpm
from antiphon.midi.skyline import skyline
from antiphon.midi.snapping import Snapped, snapped
from antiphon.midi.track import MidiFile, read_tracks
from antiphon.midi.voice_choice import ANY_VOICE, Wanted, choose
from antiphon.timebase import Meter


@dataclass(frozen=True, slots=True)
class WrittenNote:
    """A note as a score would write it, in quarters from the first note of the melody."""

    onset: Fraction
    length: Fraction
    pitch: int


@dataclass(frozen=True, slots=True)
class MidiSong:
    """A melody, one note at a time; the file's first tempo; `pickup`: quarters before its first bar line.

    `part` is the part that was chosen, with all its notes, and `why` says by what.
    """

    notes: tuple[WrittenNote, ...]
    bpm: float
    meters: tuple[Meter, ...]
    pickup: float
    key: str | None
    part: Part
    why: str


def read_song(data: bytes, wanted: Wanted = ANY_VOICE) -> MidiSong:
    """The melody of a MIDI file. Raises ValueError that says what is wrong."""
    file = read_tracks(data)
    part, why = choose(parts_of(file), wanted)
    notes, begin = _written(skyline(part.notes, file.ticks_per_quarter), file)
    signatures = meters(file)
    named = [one.meter for place, one in enumerate(signatures) if not is_pickup_bar(signatures, place)]
    return MidiSong(
        notes, tempo_bpm(file), tuple(dict.fromkeys(named)), pickup(signatures, begin), key(file), part, why
    )


def _written(line: Sequence[TickNote], file: MidiFile) -> tuple[tuple[WrittenNote, ...], float]:
    """The notes of one voice as they are written, and where the first one is, in quarters of the file."""
    quarter = file.ticks_per_quarter
    placed = _one_at_a_place(snapped([note.onset / quarter for note in line]), line)
    onsets = [place.at for place, _ in placed]
    struck = [note.onset / quarter for _, note in placed]
    gaps = [*(after - before for before, after in pairwise(struck)), None]
    sounding = [
        Sounding((note.ended - note.onset) / quarter, gap)
        for (_, note), gap in zip(placed, gaps, strict=True)
    ]
    lengths = written_lengths(sounding, onsets)
    notes = [
        WrittenNote(onset - onsets[0], length, note.pitch)
        for onset, length, (_, note) in zip(onsets, lengths, placed, strict=True)
    ]
    return tuple(notes), float(onsets[0])


def _one_at_a_place(places: Sequence[Snapped], line: Sequence[TickNote]) -> list[tuple[Snapped, TickNote]]:
    """Of several notes that come to one place, the longest."""
    kept: dict[Fraction, tuple[Snapped, TickNote]] = {}
    for place, note in zip(places, line, strict=True):
        other = kept.get(place.at)
        if other is None or _length(note) > _length(other[1]):
            kept[place.at] = place, note
    return [kept[at] for at in sorted(kept)]


def _length(note: TickNote) -> int:
    return note.released - note.onset
