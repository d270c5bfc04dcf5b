"""Pulses that come unevenly become a steady tempo.

A delay-locked loop (F. Adriaensen, "Using a DLL to filter time", 2005) whose gains are those of a growing
least-squares fit until its bandwidth is reached. A second, quicker loop beside it is believed as soon as the
steady one is late or early for longer than jitter explains: the tempo has moved.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from antiphon.perform.clock.first_pulses import SHORTEST_PULSE_S, FirstPulses
from antiphon.timebase import MIN_BPM, PULSES_PER_QUARTER

# Pulses before anything is believed, and before the loops take over; what they keep at a change of tempo.
_FIRST, _COUNTED, _AFTER_CHANGE = 4, 17, 10
_QUICKER = 6.0  # how much wider the quick loop is
_EARLY_OR_LATE = 12  # pulses over which lateness is averaged before the tempo is said to have moved
# A little beyond the range, as the shortest.
_LONGEST_PULSE_S = 60 / (0.9 * MIN_BPM) / PULSES_PER_QUARTER
_STRAYS = 4  # pulses that fit nowhere, in a row, until they are a clock of their own
# Moments known no better than this are fitted with a strip, of so many pulses at most.
_COARSE_S, _STRIP = 0.002, 144


@dataclass(slots=True)
class _Loop:
    """One loop: the moment of the last pulse and the time to the next, in seconds."""

    bandwidth_hz: float
    at_s: float
    pulse_s: float
    memory: int  # pulses that the gains are for: they sink as it grows, down to the bandwidth's own

    def coast(self) -> None:
        self.at_s += self.pulse_s

    def correct(self, error_s: float) -> None:
        self.memory += 1
        m, w = self.memory, 2 * math.pi * self.bandwidth_hz * self.pulse_s
        place = max(2 * (2 * m - 1) / (m * (m + 1)), 1 - math.exp(-math.sqrt(2) * w))
        self.at_s += place * error_s
        self.pulse_s = _possible(self.pulse_s + max(6 / (m * (m + 1)), w * w) * error_s)


def _possible(pulse_s: float) -> float:
    return min(max(pulse_s, SHORTEST_PULSE_S), _LONGEST_PULSE_S)


class PulseFilter:
    """Pulses in, at the moments they came; `at_s` and `pulse_s` are when the last one was and what follows.

    `grain_s` is how well the moment of a pulse is known: it came in the `grain_s` seconds up to then.
    """

    def __init__(self, bandwidth_hz: float) -> None:
        self._bandwidth_hz = bandwidth_hz
        self._first = FirstPulses()
        self._slow: _Loop | None = None  # the loops come after the first pulses
        self._uncounted = 0  # so many pulses more may still tell of losses before the song
        self.at_s = self.pulse_s = 0.0

    @property
    def locked(self) -> bool:
        return self.pulse_s > 0

    def pulse(self, at_s: float, grain_s: float = 0.0) -> int:
        """One pulse; gives how many beat since the last, 1 unless some were lost."""
        at_s -= grain_s / 2
        self._uncounted = max(0, self._uncounted - 1)
        if self._slow is None:
            return self._count(at_s, grain_s)
        self._slow.coast()
        self._quick.coast()
        late_s, gone = at_s - self._slow.at_s, 1
        self._seen += 1
        if abs(late_s) > self._gate_s(grain_s):
            gone += self._stray(at_s, late_s)
        else:
            self._take(at_s, late_s, grain_s)
        self._tell()
        return 1 if self._uncounted else gone

    def begin_song(self) -> None:
        """The next pulse begins to count: what was lost before it does not, and a standstill is no loss."""
        self._uncounted = _STRAYS + 1
        self._first.begin_song()

    def _count(self, at_s: float, grain_s: float) -> int:
        """One of the first pulses; gives how many beat."""
        gone = self._first.take(at_s, grain_s)
        if len(self._first) >= _FIRST:
            self.at_s, pulse_s, square = self._first.line()
            self.pulse_s = _possible(pulse_s)
            if len(self._first.settled()) >= _COUNTED:
                self._follow(square, grain_s)
        return gone

    def _follow(self, square: float, grain_s: float) -> None:
        """The loops go on from the first pulses, which miss their line by that mean square."""
        count = len(self._first)
        self._slow = _Loop(self._bandwidth_hz, self.at_s, self.pulse_s, count)
        self._quick = _Loop(self._bandwidth_hz * _QUICKER, self.at_s, self.pulse_s, count)
        self._square, self._mean_s = square, 0.0
        self._seen, self._grain_s, self._recent = count, grain_s, self._first.unbroken()
        self._strays: list[tuple[float, float]] = []
        self._tell()

    def _begin(self, moments_s: Sequence[float]) -> None:
        """Start again from some pulses that are one steady clock."""
        self._first, self._slow = FirstPulses(), None
        for at_s in moments_s:
            self._count(at_s, self._grain_s)

    def _gate_s(self, grain_s: float) -> float:
        """What is further off than this is no jitter."""
        pulse_s = self._slow.pulse_s if self._slow else 0.0
        return max(0.35 * pulse_s, 4 * math.sqrt(self._square), 1.2 * grain_s)

    def _stray(self, at_s: float, late_s: float) -> int:
        """A pulse out of place; gives how many pulses are now known to be lost."""
        self._strays.append((at_s, late_s))
        if len(self._strays) < _STRAYS or self._slow is None:
            return 0
        late = [late_s for _, late_s in self._strays]
        mean_s, pulse_s = sum(late) / len(late), self._slow.pulse_s
        lost = round(mean_s / pulse_s)
        alike = max(late) - min(late) < 0.25 * pulse_s
        # A sender that was held up for a while is late by any time, and what it sends still counts.
        near_s = min(0.35 * pulse_s, max(0.05 * pulse_s, 2 * math.sqrt(self._square)))
        if lost >= 1 and alike and abs(mean_s - lost * pulse_s) < near_s:
            for loop in (self._slow, self._quick):
                loop.at_s += lost * loop.pulse_s
            self._strays.clear()
            self._recent = self._recent[:0]
            return lost
        if (at_s - self._strays[0][0]) / (_STRAYS - 1) < SHORTEST_PULSE_S:
            self._strays.pop(0)  # they waited somewhere and came at once
        else:
            self._begin([at_s for at_s, _ in self._strays])
        return 0

    def _take(self, at_s: float, late_s: float, grain_s: float) -> None:
        if self._slow is None:
            return
        self._strays.clear()
        self._slow.correct(late_s)
        self._quick.correct(at_s - self._quick.at_s)
        self._recent = [*self._recent[1 - _STRIP :], at_s]
        self._grain_s = grain_s
        self._square += max(1 / self._seen, 1 / 96) * (late_s * late_s - self._square)
        self._mean_s += max(1 / self._seen, 1 / _EARLY_OR_LATE) * (late_s - self._mean_s)
        jitter_s = max(0.0002, 0.75 * grain_s, 0.9 * math.sqrt(self._square))
        if self._seen > 2 * _EARLY_OR_LATE and abs(self._mean_s) > jitter_s:
            self._believe_the_quick(self._slow)

    def _believe_the_quick(self, slow: _Loop) -> None:
        slow.at_s, slow.pulse_s = self._quick.at_s, self._quick.pulse_s
        slow.memory = min(slow.memory, _AFTER_CHANGE)
        self._mean_s, self._seen = 0.0, _EARLY_OR_LATE
        self._recent = self._recent[-_AFTER_CHANGE:]

    def _tell(self) -> None:
        if self._slow is None:
            return
        self.at_s, self.pulse_s = self._slow.at_s, self._slow.pulse_s
        if self._grain_s > _COARSE_S and not self._strays:
            self._fit_strip()

    def _fit_strip(self) -> None:
        """What no steady clock within the grain explains was another tempo, and is forgotten."""
        while len(self._recent) >= 2 * _EARLY_OR_LATE:
            at_s, pulse_s, width_s = narrowest_strip(self._recent)
            if width_s <= 1.1 * self._grain_s:
                self.at_s, self.pulse_s = at_s, pulse_s
                return
            self._recent = self._recent[len(self._recent) // 4 :]


def narrowest_strip(moments_s: Sequence[float]) -> tuple[float, float, float]:
    """The steady clock whose greatest error is least: its last pulse, the time between two, the width.

    All in seconds.
    Where every moment is equally likely within a grain, that is far better than least squares.
    """
    last_s = moments_s[-1]
    moments = np.asarray(moments_s) - last_s
    numbers = np.arange(1.0 - len(moments), 1.0)
    middle = float(np.polyfit(numbers, moments, 1)[0])
    reach = 2 * float(np.ptp(moments - middle * numbers)) / (len(moments) - 1)
    low, high = middle - reach, middle + reach
    for _ in range(20):  # the width is convex in the slope: ternary search
        third = (high - low) / 3
        if np.ptp(moments - (low + third) * numbers) < np.ptp(moments - (high - third) * numbers):
            high -= third
        else:
            low += third
    pulse_s = (low + high) / 2
    off = moments - pulse_s * numbers
    return last_s + float(off.max() + off.min()) / 2, pulse_s, float(np.ptp(off))
