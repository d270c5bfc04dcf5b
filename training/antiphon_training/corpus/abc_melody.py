"""One ABC tune read into the plain values of a song, by the rules of the ABC standard 2.1. No music21.

The first voice is read; of a chord the highest note; grace notes are left out; repeats are not expanded.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from antiphon_training.corpus.abc_fields import (
    ALTERATIONS,
    LETTERS,
    AbcKey,
    names_a_key,
    quarters_per_bar,
    read_key,
    read_length,
    read_meter,
    read_shift,
)
from antiphon_training.corpus.abc_tokens import tokens
from antiphon_training.corpus.abc_tune import Line, tune_parts
from antiphon_training.corpus.bars import Bar
from antiphon_training.corpus.melody import Written, song_from
from antiphon_training.corpus.songs import ParsedSong

_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_MIDDLE_C = 60
_NOTE = re.compile(r"(\^\^|\^|__|_|=)?([A-Ga-g])([,']*)(\d*)(/*)(\d*)")
_LENGTH = re.compile(r"(\d*)(/*)(\d*)$")
_COMPOUND = (6, 9, 12)


def read_tune(text: str) -> ParsedSong:
    """One tune. Raises ValueError where it has no key field, or one that cannot be read."""
    header, lines = tune_parts(text)
    key, meter = read_key(header.key), read_meter(header.meter)
    reading = _Reading(key, meter, read_length(header.length, meter))
    for line in lines:
        reading.take(line)
    bars = reading.end()
    written = tuple(_placed(bars))
    meters = tuple(each for each in dict.fromkeys(reading.meters) if each != "none")
    return song_from(header.title, key.name, meters, written, tuple(_measured(bars)))


@dataclass(slots=True)
class _Sound:
    """A note or a rest as it is written; `place` is its line on the staff, counted from C."""

    quarters: Fraction
    pitch: int | None = None
    place: int | None = None
    tied_on: bool = False


@dataclass(slots=True)
class _BarRead:
    """A bar as it is written: its sounds, and the length that its meter asks for."""

    full: Fraction | None
    sounds: list[_Sound] = field(default_factory=list)
    whole_bars_rest: int | None = None  # the number behind a Z, while nothing else stands in the bar
    ends_section: bool = False  # at a double bar line, a repeat or the beginning of an ending


class _Reading:
    """What has been read of a tune; lines are taken one after another."""

    def __init__(self, key: AbcKey, meter: str, unit: Fraction) -> None:
        self._key, self._unit, self._voice_shift = key, unit, 0
        self.meters = [meter]
        self._bars = [_BarRead(quarters_per_bar(meter))]
        self._accidentals: dict[str, int] = {}  # of the bar, in all octaves (standard 2.1, 11.3)
        self._tuplet: tuple[Fraction, int] | None = None  # factor, and how many notes it still holds for
        self._broken: Fraction | None = None  # factor of the next note
        self._chord: list[_Sound] | None = None
        self._last: _Sound | None = None
        self._overlaid = False

    def take(self, line: Line) -> None:
        """A line of music, or a field within the tune."""
        if not line.field:
            for token in tokens(line.text):
                if not self._overlaid or token.kind == "bar":
                    _TAKE[token.kind](self, token.text)
        elif line.field == "K" and names_a_key(line.text):
            self._key = read_key(line.text)
        elif line.field == "M":
            self.meters.append(read_meter(line.text))
            self._bars[-1].full = self._full()
        elif line.field == "L":
            self._unit = read_length(line.text, "none")
        elif line.field == "V":
            self._voice_shift = read_shift(line.text)

    def end(self) -> list[_BarRead]:
        """The bars that hold anything."""
        self._close_bar()
        return [part for bar in self._bars if bar.sounds for part in _divided(bar)]

    def _full(self) -> Fraction | None:
        return quarters_per_bar(self.meters[-1])

    def note(self, text: str) -> None:
        found = _NOTE.fullmatch(text)
        assert found is not None
        sign, letter, octaves, *length = found.groups()
        name = letter.upper()
        if sign:
            self._accidentals[name] = ALTERATIONS[sign]
        octave = letter.islower() + octaves.count("'") - octaves.count(",")
        altered = self._accidentals.get(name, self._key.signature.get(name, 0))
        pitch = _MIDDLE_C + 12 * octave + _SEMITONES[name] + altered + self._key.shift + self._voice_shift
        sound = _Sound(self._unit * _factor(length), pitch, 7 * octave + LETTERS.index(name))
        if self._chord is None:
            self._add(sound)
        else:
            self._chord.append(sound)
            self._last = sound

    def rest(self, text: str) -> None:
        self._add(_Sound(self._unit * _factor(_LENGTH.search(text).groups())))  # type: ignore[union-attr]

    def bars_rest(self, text: str) -> None:
        """Z is a rest of whole bars. Old books write a plain rest so, beside notes in its bar."""
        empty = not self._bars[-1].sounds
        self.rest(text)
        if empty and re.fullmatch(r"[ZX]\d*", text):
            self._bars[-1].whole_bars_rest = int(text[1:] or 1)

    def begin_chord(self, _text: str) -> None:
        self._chord = []

    def end_chord(self, text: str) -> None:
        """A chord is as long as its first note, times the length behind it (4.17). The top note is kept."""
        notes, self._chord = self._chord, None
        if not notes:
            return
        top = max(notes, key=lambda sound: sound.pitch or 0)
        top.quarters = notes[0].quarters * _factor(_LENGTH.search(text).groups())  # type: ignore[union-attr]
        self._add(top)

    def tie(self, _text: str) -> None:
        if self._last is not None and self._last.pitch is not None:
            self._last.tied_on = True

    def broken(self, text: str) -> None:
        """`>` lengthens the note before by a half and halves the next, `>>` by three quarters (4.4)."""
        if self._last is None:
            return
        short = Fraction(1, 2 ** len(text))
        before, self._broken = (2 - short, short) if text[0] == ">" else (short, 2 - short)
        self._last.quarters *= before

    def tuplet(self, text: str) -> None:
        """`(p:q:r`: p notes in the time of q, for the next r notes (4.13)."""
        p, q, r = ([int(part) if part else None for part in text[1:].split(":")] + [None, None])[:3]
        if not p:
            return
        top = self.meters[-1].partition("/")[0]
        odd = 3 if top.isdigit() and int(top) in _COMPOUND else 2
        usual = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}.get(p, odd)
        self._tuplet = (Fraction(q or usual, p), r or p)

    def overlay(self, _text: str) -> None:
        self._overlaid = True

    def bar(self, text: str) -> None:
        self._bars[-1].ends_section = text != "|"
        self._overlaid = False
        self._accidentals.clear()
        self._close_bar()
        self._bars.append(_BarRead(self._full()))

    def _add(self, sound: _Sound) -> None:
        if not sound.quarters:
            return
        if self._tuplet is not None:
            factor, left = self._tuplet
            sound.quarters *= factor
            self._tuplet = (factor, left - 1) if left > 1 else None
        if self._broken is not None:
            sound.quarters, self._broken = sound.quarters * self._broken, None
        bar = self._bars[-1]
        bar.sounds.append(sound)
        bar.whole_bars_rest = None
        self._last = sound

    def _close_bar(self) -> None:
        bar = self._bars[-1]
        if bar.whole_bars_rest and bar.full is not None:
            bar.sounds = [_Sound(bar.full * bar.whole_bars_rest)]


_TAKE = {
    "note": _Reading.note,
    "rest": _Reading.rest,
    "bars_rest": _Reading.bars_rest,
    "chord": _Reading.begin_chord,
    "end_chord": _Reading.end_chord,
    "tie": _Reading.tie,
    "broken": _Reading.broken,
    "tuplet": _Reading.tuplet,
    "overlay": _Reading.overlay,
    "bar": _Reading.bar,
}


def _factor(length: Iterable[str | None]) -> Fraction:
    """A note's length in unit lengths: "3", "/", "//", "3/2" (4.3)."""
    top, strokes, bottom = (part or "" for part in length)
    if bottom:
        return Fraction(int(top or 1), int(bottom) or 1)
    return Fraction(int(top or 1), 2 ** len(strokes))


def _divided(bar: _BarRead) -> list[_BarRead]:
    """Old books write no bar line at the end of a line: a bar that is too long is a full one and the rest."""
    length = sum((sound.quarters for sound in bar.sounds), Fraction(0))
    if bar.full is None or length <= bar.full or bar.whole_bars_rest:
        return [bar]
    first, rest, place = _BarRead(bar.full), _BarRead(bar.full), Fraction(0)
    for sound in bar.sounds:
        left = bar.full - place
        place += sound.quarters
        if left <= 0:
            rest.sounds.append(sound)
        elif sound.quarters <= left:
            first.sounds.append(sound)
        else:
            first.sounds.append(replace(sound, quarters=left, tied_on=True))
            rest.sounds.append(replace(sound, quarters=sound.quarters - left))
    rest.ends_section = bar.ends_section
    return [first, rest]


def _placed(bars: Iterable[_BarRead]) -> Iterator[Written]:
    onset = Fraction(0)
    for bar in bars:
        for sound in bar.sounds:
            yield Written(float(onset), float(sound.quarters), sound.pitch, sound.place, sound.tied_on)
            onset += sound.quarters


def _measured(bars: Iterable[_BarRead]) -> Iterator[Bar]:
    onset = Fraction(0)
    for bar in bars:
        length = sum((sound.quarters for sound in bar.sounds), Fraction(0))
        whole = bar.whole_bars_rest or 1
        for _ in range(whole):
            full = None if bar.full is None else float(bar.full)
            yield Bar(float(onset), float(length / whole), full, bar.ends_section)
            onset += length / whole
