"""A song is divided where its melody is silent for two bars or more, as a singer is while the piano plays.

Each section begins with its first note and ends with the bar of its last one. Pure; no music21.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from antiphon_training.corpus.bars import CLOSE, Bar, begun_at, count_off, pickup_of
from antiphon_training.corpus.songs import ParsedSong, Section, Sound

# A rest of so many bars divides a song.
DIVIDING_BARS = 2
_BAR_WITHOUT_METER = 4.0  # quarters
_SECTION = re.compile(r"§(\d+)$")
Signatures = Sequence[tuple[float, str]]


def sections_of(sounds: Sequence[Sound], bars: Sequence[Bar], keys: Signatures = ()) -> tuple[Section, ...]:
    """The sections of a melody; none where no rest divides it.

    `keys` are those that are written, each with its place in quarters.
    """
    notes = [sound for sound in sounds if sound.pitch is not None]
    end = max((sound.onset + sound.duration for sound in sounds), default=0.0)
    divided = [
        (note.onset + note.duration, after)
        for note, after in pairwise([*notes, Sound(end, 0.0, (), None)] if notes else [])
        if after.onset - note.onset - note.duration >= _long_rest(bars, note.onset + note.duration) - CLOSE
    ]
    if not divided:
        return ()
    begins = [notes[0].onset, *(after.onset for _, after in divided if after.pitch is not None)]
    ends = [sung for sung, _ in divided]
    if len(ends) < len(begins):
        ends.append(notes[-1].onset + notes[-1].duration)
    return tuple(
        _section(begin, _end_of_bar(bars, sung), bars, keys) for begin, sung in zip(begins, ends, strict=True)
    )


def _long_rest(bars: Sequence[Bar], at: float) -> float:
    """Quarters of a rest that divides a song, where the rest begins."""
    bar = _bar_that_holds(bars, at)
    return DIVIDING_BARS * ((bar and bar.full) or _BAR_WITHOUT_METER)


def _end_of_bar(bars: Sequence[Bar], sung: float) -> float:
    """The end of the bar that the last note ends in."""
    bar = _bar_that_holds(bars, sung)
    return bar.end if bar else sung


def _bar_that_holds(bars: Sequence[Bar], end: float) -> Bar | None:
    return next((bar for bar in bars if bar.onset + CLOSE < end <= bar.end + CLOSE), None)


def _section(begin: float, end: float, bars: Sequence[Bar], keys: Signatures) -> Section:
    """Where the meter changes within it, the bars from there on count as off: it has but one meter."""
    own = begun_at(begin, [bar for bar in bars if bar.onset < end - CLOSE])
    meter = own[0].meter if own else None
    changed = sum(bar.meter != meter for bar in own)
    key = next((key for at, key in reversed(keys) if at <= begin + CLOSE), None)
    return Section(begin, end, meter, pickup_of(own), count_off(own) + changed, key)


def divided(song: ParsedSong) -> tuple[ParsedSong, ...]:
    """The sections of a song as songs, whose sources end in §1, §2, …; the song itself where it has none."""
    return tuple(_songs(song)) if song.sections else (song,)


def whole_of(source: str) -> str:
    """The source of the song that a section with this source belongs to."""
    return _SECTION.sub("", source)


def is_further(source: str) -> bool:
    """Is it a section beyond a song's first?"""
    found = _SECTION.search(source)
    return found is not None and found[1] != "1"


def _songs(song: ParsedSong) -> Iterator[ParsedSong]:
    for number, section in enumerate(song.sections, start=1):
        yield replace(
            song,
            source=f"{song.source}§{number}",
            sounds=tuple(_within(song.sounds, section)),
            meters=(section.meter,) if section.meter else (),
            pickup=section.pickup,
            key=section.key or song.key,
            bars_off=section.bars_off,
            sections=(),
        )


def _within(sounds: Sequence[Sound], section: Section) -> Iterator[Sound]:
    for sound in sounds:
        length = min(sound.duration, section.end - sound.onset)
        if sound.onset < section.begin - CLOSE or length <= CLOSE:
            continue
        cut = replace(sound, onset=sound.onset - section.begin)
        yield cut if length >= sound.duration - CLOSE else replace(cut, duration=length, written=(length,))
