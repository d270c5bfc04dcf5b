"""A melody and the chords that are written over it: chord symbols of ABC and MusicXML, as music21 reads them.

A song is read up to where its key or its meter changes. Of a chord its triad counts.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from antiphon.harmony.chord import NAMES, PITCH_CLASSES, Chord, triad_of
from antiphon.harmony.evidence import Note, Slots
from antiphon.harmony.progression import Progression
from antiphon.midi.voice_choice import ANY_VOICE
from antiphon.timebase import Meter
from antiphon_training.corpus.bars import Bar
from antiphon_training.corpus.melody import whole_part
from antiphon_training.corpus.score_parts import melody_part
from antiphon_training.corpus.scores import guarded, parsed_musicxml, text_of
from antiphon_training.corpus.songs import Score, UnreadableError

ENDINGS = (".abc", ".musicxml", ".xml", ".mxl")
_MINOR_MODES = frozenset(("minor", "aeolian", "dorian", "phrygian", "locrian"))


@dataclass(frozen=True, slots=True)
class ChordSong:
    """Chords and melody, in quarters from the line of the first whole bar; `key` is the tonic triad."""

    meter: Meter
    key: Chord
    notes: tuple[Note, ...]
    progression: Progression

    @property
    def slots(self) -> Slots:
        """Those that chords are written for."""
        begins = self.progression.chords[0][0]
        return Slots.covering(self.meter, begins, self.progression.ends, ended=True)

    def chords(self) -> tuple[Chord, ...]:
        """The chord of each slot: the one that holds in its middle."""
        slots, progression = self.slots, self.progression
        middles = ((slots.first + number + 0.5) * slots.quarters for number in range(slots.count))
        last = progression.chords[-1][1]
        return tuple(progression.at(max(middle, progression.chords[0][0])) or last for middle in middles)


def read_chord_song(score: Score) -> ChordSong:
    """Raises UnreadableError, whatever went wrong: also where no chords are written."""
    import music21  # noqa: F401 - loading it may take longer than a score may

    return guarded(score, _read)


def _read(score: Score) -> ChordSong:
    from music21 import converter

    if score.format == "abc":
        parsed = converter.parseData(_up_to_change(text_of(score.content)), format="abc")
    else:
        parsed = parsed_musicxml(score.content)
    part, _, _ = melody_part(parsed, ANY_VOICE)
    sounds, bars, off = whole_part(part)
    if off:
        raise UnreadableError("bars that are too short or too long")
    symbols = list(_symbols(parsed))
    if not symbols:
        raise UnreadableError("no chord symbols")
    meter, ends = _meter(part)
    line, (key, key_ends) = _first_line(bars), _key(part, symbols[-1][1])
    ends = min(ends, key_ends)
    melody = [(sound, sound.pitch) for sound in sounds if sound.onset < ends]
    notes = tuple(Note(s.onset - line, s.duration, pitch) for s, pitch in melody if pitch is not None)
    return ChordSong(meter, key, notes, _progression(symbols, line, ends))


def _up_to_change(text: str) -> str:
    """A tune up to where its key or its meter changes, which music21 reads but does not tell.

    Fields that follow the key before any music belong to the header.
    """
    header = re.search(r"(?m)^K:.*\n(?:[A-Za-z]:.*\n|%.*\n)*", text)
    change = None if header is None else re.compile(r"(?m)^[KM]:|\[[KM]:").search(text, header.end())
    return text if change is None else text[: change.start()]


def _progression(symbols: Iterable[tuple[float, Chord]], line: float, ends: float) -> Progression:
    """Where two stand at one place the last one holds."""
    at_place = {at - line: chord for at, chord in symbols if at < ends}
    if not at_place:
        raise UnreadableError("no chord symbols before the key or the meter changes")
    return Progression(tuple(sorted(at_place.items(), key=lambda one: one[0])), ends - line)


def _symbols(parsed: Any) -> Iterator[tuple[float, Chord]]:
    """The triads of all parts' symbols, each with its place from the beginning; "no chord" says nothing."""
    for symbol in parsed.recurse().getElementsByClass("ChordSymbol"):
        if "NoChord" not in symbol.classes and symbol.root() is not None:
            yield float(symbol.getOffsetInHierarchy(parsed)), _triad(symbol)


def _triad(symbol: Any) -> Chord:
    """The triad of its notes, as the daemon folds the chords that it hears."""
    root = symbol.root().pitchClass
    above = {(pitch.pitchClass - root) % PITCH_CLASSES for pitch in symbol.pitches}
    kind = ""
    if 3 in above and 4 not in above:
        kind = "m" if 7 in above or 6 not in above else "m7b5" if 10 in above else "dim"
    found = triad_of(NAMES[root] + kind)
    assert found is not None
    return found


def _meter(part: Any) -> tuple[Meter, float]:
    """The first meter, and where another one begins."""
    found = [(at, one.ratioString) for at, one in _placed(part, "TimeSignature")]
    if not found:
        raise UnreadableError("no meter")
    return Meter.parse(found[0][1]), _changes_at(found, part)


def _key(part: Any, last: Chord) -> tuple[Chord, float]:
    """The tonic triad of the first key, and where another one begins.

    A key signature alone is that of a minor key where the last chord is its tonic.
    """
    found = _placed(part, "KeySignature")
    if not found:
        raise UnreadableError("no key")
    ends, first = _changes_at([(at, one.sharps) for at, one in found], part), found[0][1]
    if (tonic := getattr(first, "tonic", None)) is not None:
        return Chord(tonic.pitchClass, first.mode in _MINOR_MODES), ends
    major = Chord(7 * first.sharps % PITCH_CLASSES)
    relative = Chord((major.root - 3) % PITCH_CLASSES, True)
    return relative if last == relative else major, ends


def _placed(part: Any, kind: str) -> list[tuple[float, Any]]:
    """All of a class of music21 in a part, each with its place from the beginning."""
    return [(float(one.getOffsetInHierarchy(part)), one) for one in part.recurse().getElementsByClass(kind)]


def _changes_at(found: list[tuple[float, Any]], part: Any) -> float:
    later = (place for place, value in found if value != found[0][1])
    return min(later, default=float(part.highestTime))


def _first_line(bars: tuple[Bar, ...]) -> float:
    """Where the first whole bar begins; a first bar that is short is a pickup."""
    if len(bars) > 1 and bars[0].full is not None and bars[0].length < bars[0].full:
        return bars[1].onset
    return bars[0].onset if bars else 0.0
