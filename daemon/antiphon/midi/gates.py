"""How long the notes of a MIDI file are written, whatever share of their length they sound.

From one onset to the next is the written length, unless there is a rest. Files of notation programs let each
note sound for the same share of its length, or end each note the same time early (or late, for legato): there
a rest shows exactly. In what was played by hand, only a silence longer than usual for the file is a rest.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import median

STEP = Fraction(1, 4)  # quarters: what lengths are rounded to where a rest or nothing follows
# A share, or an early end in quarters, that so much of the notes have, and at least so many, is the file's.
_COMMON, _FEWEST, _EXPLAINED = 0.4, 4, 0.8
_SAME_SHARE, _SAME_EARLY = 0.02, 0.01
_SHARES, _EARLY = (0.3, 1.5), (-0.35, 0.2)
# A note that sounds for less than this, in quarters, has no length of its own.
_NO_LENGTH = 1 / 24
# No rest is this short beside its note: at least so much of the time must be silent.
_LEAST_SILENT = 0.12
# How far from a whole number of steps a length may be, in steps.
_OFF_STEP = 0.15
# Played by hand: a rest is longer than this, in quarters, and its note sounds for less than such a share of
# its time, and of what is usual in the file.
_SHORTEST_REST, _SHORTER, _USUAL = 0.375, 0.49, 0.62


@dataclass(frozen=True, slots=True)
class Sounding:
    """How long a note sounds, and how long it is to the next onset, in quarters; None for the last note."""

    sounds: float
    space: float | None


@dataclass(frozen=True, slots=True)
class Gate:
    """What a note's sounding says of its written length: written = (sounding + early) / share."""

    share: float = 1.0
    early: float = 0.0
    exact: bool = False

    def written(self, sounds: float) -> float:
        return (sounds + self.early) / self.share


def written_lengths(notes: Sequence[Sounding], onsets: Sequence[Fraction]) -> list[Fraction]:
    """The written length of each note in quarters; `onsets` are the written ones, in quarters.

    The last note, which no other ends, fills its beat where its gate says nothing exact.
    """
    gate = gate_of(notes)
    spaces = [after - before for before, after in pairwise(onsets)]
    inner = [_length(note.sounds, space, gate) for note, space in zip(notes, spaces, strict=False)]
    return [*inner, _last(notes[-1].sounds, onsets[-1], gate)]


def _last(sounds: float, onset: Fraction, gate: Gate) -> Fraction:
    if gate.exact:
        return _steps(gate.written(sounds))
    return math.ceil(onset + _steps(sounds / max(1.0, gate.share))) - onset


def gate_of(notes: Sequence[Sounding]) -> Gate:
    """The gate that most notes of a file have; not exact where it varies from note to note."""
    inner = [(note.sounds, note.space) for note in notes if note.space is not None and note.space > 0]
    if not inner:
        return Gate()
    shares = [sounds / space for sounds, space in inner if sounds > _NO_LENGTH]
    earlies = [space - sounds for sounds, space in inner if sounds > _NO_LENGTH]
    share = _highest_common([s for s in shares if _SHARES[0] <= s <= _SHARES[1]], len(inner), _SAME_SHARE)
    early = _highest_common([-e for e in earlies if _EARLY[0] <= e <= _EARLY[1]], len(inner), _SAME_EARLY)
    found = [Gate(share, exact=True)] if share is not None else []
    found += [Gate(early=-early, exact=True)] if early is not None else []
    best = max(found, key=lambda gate: _explained(gate, inner), default=None)
    if best is not None and _explained(best, inner) >= _EXPLAINED:
        return best
    usual = median(shares) if shares else 1.0
    return Gate(usual if _SHARES[0] <= usual <= _SHARES[1] else 1.0)


def _highest_common(values: Sequence[float], total: int, same: float) -> float | None:
    """The middle of the highest values that are the same in enough of all notes."""
    ordered = sorted(values, reverse=True)
    needed = max(_FEWEST, _COMMON * total)
    end = 0
    for begin, high in enumerate(ordered):
        while end < len(ordered) and high - ordered[end] <= 2 * same:
            end += 1
        if end - begin >= needed:
            return median(ordered[begin:end])
    return None


def _explained(gate: Gate, inner: Sequence[tuple[float, float]]) -> float:
    return sum(_fits(gate, sounds, space) for sounds, space in inner) / len(inner)


def _fits(gate: Gate, sounds: float, space: float) -> bool:
    written = gate.written(sounds)
    if sounds <= _NO_LENGTH or abs(written - space) <= max(2 * _SAME_EARLY, 2 * _SAME_SHARE * space):
        return True
    return written < (1 - _LEAST_SILENT) * space and _on_a_step(written)


def _on_a_step(quarters: float) -> bool:
    steps = quarters / float(STEP)
    return round(steps) >= 1 and abs(steps - round(steps)) <= _OFF_STEP


def _length(sounds: float, space: Fraction, gate: Gate) -> Fraction:
    written = gate.written(sounds)
    if sounds <= _NO_LENGTH:
        rest = True
    elif gate.exact:
        rest = written < (1 - _LEAST_SILENT) * space and _on_a_step(written)
    else:
        rest = written < _USUAL * space and sounds < _SHORTER * space and space - sounds > _SHORTEST_REST
    length = _steps(written)
    return length if rest and length < space else space


def _steps(quarters: float) -> Fraction:
    return max(STEP, round(quarters / STEP) * STEP)
