"""What tells a melody from what accompanies it: measures of each part of a MIDI file beside the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from antiphon.midi.parts import Part

_STEP, _OCTAVE = 2, 12  # semitones
_MIDDLE_C = 60


@dataclass(frozen=True, slots=True)
class Features:
    """What is measured of a part among the others; shares are 0–1.

    above     share of its onsets at which no other part sounds higher
    height    mean pitch, in octaves above middle C
    single    share of its onsets that strike one note
    rests     share of the file in which it is silent
    stepwise  share of its intervals that are one or two semitones
    repeated  share of its intervals that are none
    range     from its lowest to its highest note, in octaves
    busy      its onsets beside those of the part that has the most
    """

    above: float
    height: float
    single: float
    rests: float
    stepwise: float
    repeated: float
    range: float
    busy: float

    @property
    def values(self) -> tuple[float, ...]:
        return (
            self.above,
            self.height,
            self.single,
            self.rests,
            self.stepwise,
            self.repeated,
            self.range,
            self.busy,
        )


def features(parts: Sequence[Part]) -> list[Features]:
    """Of each part among all of them."""
    above = _above(parts)
    begin = min(note.onset for part in parts for note in part.notes)
    end = max(note.released for part in parts for note in part.notes)
    chords = [_chords(part) for part in parts]
    most = max(map(len, chords))
    return [
        _features(part, found, share, max(1, end - begin), len(found) / most)
        for part, found, share in zip(parts, chords, above, strict=True)
    ]


def _chords(part: Part) -> dict[int, list[int]]:
    """The pitches struck at each onset."""
    chords: dict[int, list[int]] = {}
    for note in part.notes:
        chords.setdefault(note.onset, []).append(note.pitch)
    return chords


def _features(
    part: Part, chords: dict[int, list[int]], above: float, length_ticks: int, busy: float
) -> Features:
    tops = [max(pitches) for pitches in chords.values()]
    intervals = [abs(after - before) for before, after in pairwise(tops)]
    return Features(
        above,
        (fmean(note.pitch for note in part.notes) - _MIDDLE_C) / _OCTAVE,
        sum(len(pitches) == 1 for pitches in chords.values()) / len(chords),
        1 - _sounding(part) / length_ticks,
        _share(intervals, lambda interval: 1 <= interval <= _STEP),
        _share(intervals, lambda interval: interval == 0),
        (max(tops) - min(tops)) / _OCTAVE,
        busy,
    )


def _share(values: Sequence[int], holds: Callable[[int], bool]) -> float:
    return sum(map(holds, values)) / len(values) if values else 0.0


def _sounding(part: Part) -> int:
    """Ticks in which at least one of its keys is down."""
    ticks = until = 0
    for note in part.notes:
        ticks += max(0, note.released - max(note.onset, until))
        until = max(until, note.released)
    return ticks


def _above(parts: Sequence[Part]) -> list[float]:
    """The share of each part's onsets at which no other part sounds higher than its highest note there."""
    struck = sorted((note.onset, number) for number, part in enumerate(parts) for note in part.notes)
    places, sounding = [0] * len(parts), [[] for _ in parts]  # type: tuple[list[int], list[list[tuple[int, int]]]]
    won, met = [0] * len(parts), [0] * len(parts)
    for onset, numbers in _by_onset(struck):
        for number, part in enumerate(parts):
            held = [pair for pair in sounding[number] if pair[0] > onset]
            while places[number] < len(part.notes) and part.notes[places[number]].onset <= onset:
                note = part.notes[places[number]]
                held.append((note.released, note.pitch))
                places[number] += 1
            sounding[number] = held
        tops = [max((pitch for _, pitch in held), default=-1) for held in sounding]
        for number in numbers:
            met[number] += 1
            won[number] += tops[number] >= max(tops)
    return [w / m for w, m in zip(won, met, strict=True)]


def _by_onset(struck: Sequence[tuple[int, int]]) -> list[tuple[int, list[int]]]:
    found: dict[int, dict[int, None]] = {}
    for onset, number in struck:
        found.setdefault(onset, {})[number] = None
    return [(onset, list(numbers)) for onset, numbers in found.items()]
