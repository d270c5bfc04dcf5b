"""The first pulses of a clock, numbered: pulses that were lost are found from those that follow.

When a clock starts, little is known of it and pulses are lost most often; if a lost pulse were taken for a
late one, the whole song would be late. Later pulses are the task of `pulse_filter`.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, combinations, groupby, pairwise
from statistics import median

import numpy as np

from antiphon.timebase import MAX_BPM, PULSES_PER_QUARTER

# A little beyond the range, so that what lies in it is never bent.
SHORTEST_PULSE_S = 60 / (1.1 * MAX_BPM) / PULSES_PER_QUARTER
_SURE = 5  # pulses must come behind a gap: what only waited somewhere is no longer late by then
# Usual gaps: in a wider one pulses may be lost, and what follows is not believed until that is known.
_WIDE = 1.5
# The gaps of another tempo may lie on both sides of that limit: for a row of them, these count, too.
_NEARLY_WIDE = 1.4
_BETTER = 1 / 6  # of the mean square: so much nearer must the pulses lie if some are taken for lost
_COARSE = 0.35  # of a pulse: where moments are known no better, nothing is told from them
_ANOTHER_TEMPO = 3  # wide gaps in a row are none
_MOST_GAPS, _MOST = 4, 48  # wide ones, and pulses: what is ever more uneven is taken as it is


class FirstPulses:
    """Pulses in, their moments in seconds; a line through them out, by their numbers."""

    def __init__(self) -> None:
        self._moments_s: list[float] = []
        self._numbers: list[int] = []
        self._song = 0  # the first that counts
        self._whole = 0  # the first of those since the last loss
        self._open = 0  # of the latest pulses, those whose numbers are not sure

    def __len__(self) -> int:
        return len(self._moments_s)

    def take(self, at_s: float, grain_s: float) -> int:
        """One pulse; gives how many beat since the last, 1 unless some are now known to be lost."""
        self._moments_s.append(at_s)
        self._numbers.append(self._numbers[-1] + 1 if self._numbers else 0)
        self._open, before = 0, self._numbers[-1] - self._numbers[self._song]
        if _SURE < len(self) < _MOST and self._can_count(grain_s):
            self._count(self._wide_gaps())
        return 1 + self._numbers[-1] - self._numbers[self._song] - before

    def begin_song(self) -> None:
        """Losses before the next pulse are of no interest."""
        self._song = len(self)

    def settled(self) -> list[float]:
        """The moments of those whose numbers are sure: all but what just came behind a wide gap."""
        return self._moments_s[: len(self) - self._open]

    def unbroken(self) -> list[float]:
        """The settled moments since the last loss."""
        return self.settled()[self._whole :]

    def line(self) -> tuple[float, float, float]:
        """The moment of the last pulse, the time between two, and the mean square by which they miss it."""
        at_s, pulse_s, square = _line(self.settled(), self._numbers)
        return at_s + pulse_s * self._numbers[-1], pulse_s, square

    def _can_count(self, grain_s: float) -> bool:
        """Whether the pulses are those of a possible tempo, and their moments known well enough."""
        usual_s = self._usual_s()
        return usual_s >= SHORTEST_PULSE_S and grain_s < _COARSE * usual_s

    def _usual_s(self) -> float:
        return median(after - before for before, after in pairwise(self._moments_s))

    def _wide_gaps(self) -> list[tuple[int, int]]:
        """Where a pulse came far behind the one before: its place, and how many may be lost there."""
        usual_s, found = self._usual_s(), []
        for place, (before_s, at_s) in enumerate(pairwise(self._moments_s), 1):
            known = self._numbers[place] - self._numbers[place - 1]
            width = (at_s - before_s) / usual_s - (known - 1)
            if width > _NEARLY_WIDE:
                found.append((place, width))
        return [(place, max(1, round(width) - 1)) for place, width in _apart(found) if width > _WIDE]

    def _count(self, gaps: Sequence[tuple[int, int]]) -> None:
        """Take those pulses for lost without which the others lie much nearer to a line."""
        judged = [gap for gap in gaps if gap[0] <= len(self) - _SURE]
        self._open = len(self) - gaps[len(judged)][0] if len(judged) < len(gaps) else 0
        if not judged or len(judged) > _MOST_GAPS:
            return
        moments_s = self.settled()
        squares = {lost: _line(moments_s, self._without(lost))[2] for lost in _choices(judged)}
        best = min(squares, key=lambda lost: squares[lost])
        if squares[best] < _BETTER * squares[()]:
            self._numbers, self._whole = self._without(best), best[-1][0]

    def _without(self, lost: Sequence[tuple[int, int]]) -> list[int]:
        """The numbers, were so many lost at those places."""
        return [
            number + sum(gone for at, gone in lost if at <= place)
            for place, number in enumerate(self._numbers)
        ]


def _apart(gaps: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """The gaps without those that come in a row: each is as many places on as it is gaps on."""
    rows = groupby(enumerate(gaps), lambda numbered: numbered[1][0] - numbered[0])
    rows_of_gaps = [[gap for _, gap in row] for _, row in rows]
    return [gap for row in rows_of_gaps if len(row) < _ANOTHER_TEMPO for gap in row]


def _choices(gaps: Sequence[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], ...]]:
    return chain.from_iterable(combinations(gaps, some) for some in range(len(gaps) + 1))


def _line(moments_s: Sequence[float], numbers: Sequence[int]) -> tuple[float, float, float]:
    """Of least squares: the moment of number 0, the time between two, the mean square of what misses it."""
    moments = np.asarray(moments_s) - moments_s[-1]
    places = np.asarray(numbers[: len(moments)], dtype=float)
    middle, apart = moments.mean(), places - places.mean()
    pulse_s = float(apart @ moments / (apart @ apart))
    off = moments - middle - pulse_s * apart
    return float(moments_s[-1] + middle - pulse_s * places.mean()), pulse_s, float(off @ off) / len(off)
