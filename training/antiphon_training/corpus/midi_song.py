"""A MIDI file as a song to learn from, read by the daemon's own reader. No music21."""

from collections.abc import Iterator
from fractions import Fraction

from antiphon.midi.song import MidiSong, WrittenNote, read_song
from antiphon_training.corpus.songs import ParsedSong, Score, Sound

# The lengths, in quarters, that one note of a score has; others are ties of these.
_WRITTEN = tuple(map(Fraction, ("4", "3", "2", "1.5", "1", "0.75", "0.5", "0.25")))


def read_midi(score: Score) -> ParsedSong:
    """The melody of a MIDI file; it has no title. Raises ValueError that says what is wrong."""
    song = read_song(score.content, score.wanted)
    return ParsedSong(
        title="",
        source=score.source,
        sounds=tuple(_sounds(song)),
        meters=tuple(map(str, song.meters)),
        pickup=song.pickup,
        key=song.key,
        track=song.part.name or song.part.track,
        voice=f"{song.part}, {song.why}",
    )


def _sounds(song: MidiSong) -> Iterator[Sound]:
    """The notes, and the rests between them."""
    end = Fraction(0)
    for note in song.notes:
        if note.onset > end:
            yield _sound(WrittenNote(end, note.onset - end, 0), None)
        yield _sound(note, note.pitch)
        end = note.onset + note.length


def _sound(note: WrittenNote, pitch: int | None) -> Sound:
    return Sound(float(note.onset), float(note.length), tuple(map(float, _tied(note.length))), pitch)


def _tied(length: Fraction) -> Iterator[Fraction]:
    """The lengths whose ties make this one; itself where none do."""
    if (4 * length).denominator != 1:
        yield length
        return
    for written in _WRITTEN:
        while length >= written:
            yield written
            length -= written
