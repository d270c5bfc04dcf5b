"""Where JACK's transport is: its position becomes a `Lead`. Pure."""

import math
from dataclasses import dataclass

from antiphon.events import Lead
from antiphon.timebase import Meter

# Often enough to tell where it is, seldom enough to cost nothing.
LEAD_S = 0.02
# With fewer frames to measure on, the whole ticks of the position hide what a minute holds.
_MEASURABLE_S = 0.1
_TICK = 1.001  # a whole tick, and what rounding adds


@dataclass(frozen=True, slots=True)
class BarsBeats:
    """Bar and beat as JACK tells them, from 1, `late_frames` before the beginning of the cycle."""

    bar: int
    beat: int
    tick: float
    ticks_per_beat: float
    beats_per_bar: float
    beat_type: float
    bpm: float
    late_frames: int = 0

    @property
    def sound(self) -> bool:
        """Whether the numbers can be reckoned with; a program may say anything."""
        numbers = (self.ticks_per_beat, self.beats_per_bar, self.beat_type, self.bpm)
        return all(0 < number < math.inf for number in numbers) and math.isfinite(self.tick)

    @property
    def quarters(self) -> float:
        beats = (self.bar - 1) * self.beats_per_bar + self.beat - 1 + self.tick / self.ticks_per_beat
        return beats * 4 / self.beat_type

    @property
    def tick_quarters(self) -> float:
        """How long a tick is."""
        return 4 / self.beat_type / self.ticks_per_beat

    @property
    def meter(self) -> Meter | None:
        try:
            return Meter(round(self.beats_per_bar), round(self.beat_type))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Position:
    """JACK's transport at the beginning of a cycle; `bars` None where nobody tells bars and beats."""

    rolling: bool
    frame: int
    bars: BarsBeats | None = None


class TransportReader:
    """Feed it the position at each cycle; gives a `Lead` at every change, and every `LEAD_S` without one.

    `bpm` is the tempo where the server has none: the song then begins at frame 0.
    """

    def __init__(self, rate: int, bpm: float) -> None:
        self._rate, self._bpm = rate, bpm
        self._last: Position | None = None
        self._told_s = float("-inf")
        self._began: tuple[int, BarsBeats] | None = None  # since when it ran evenly
        self._in_beats = False
        self._furthest: tuple[int, float] | None = None  # a frame and its place

    def feed(self, at_s: float, position: Position, frames: int) -> Lead | None:
        """`frames`: the length of the cycle."""
        changed = self._changed(position, frames)
        self._last = position
        self._measure(position, changed)
        if changed:
            self._furthest = None
        lead = self._lead(at_s, position)
        if not changed and at_s - self._told_s < LEAD_S:
            return None
        self._told_s = at_s
        return lead

    def _changed(self, position: Position, frames: int) -> bool:
        last = self._last
        if last is None or last.rolling != position.rolling or _even(last.bars) != _even(position.bars):
            return True
        return position.frame != last.frame + (frames if last.rolling else 0)

    def _measure(self, position: Position, changed: bool) -> None:
        """Learn what its tempo counts: programs tell quarters in a minute or beats, as they please."""
        bars = position.bars
        if bars is None or not bars.sound or not position.rolling:
            self._began = None
        elif changed or self._began is None:
            self._began = position.frame, bars
        elif bars.beat_type != 4 and (ran := position.frame - self._began[0]) > _MEASURABLE_S * self._rate:
            measured = (bars.quarters - self._began[1].quarters) * 60 * self._rate / ran
            beats = bars.bpm * 4 / bars.beat_type
            self._in_beats = abs(measured - beats) < abs(measured - bars.bpm)

    def _lead(self, at_s: float, position: Position) -> Lead:
        bars = position.bars
        if bars is None or not bars.sound:
            quarters = position.frame / self._rate * self._bpm / 60
            return Lead(at_s, quarters, self._bpm, position.rolling)
        bpm = bars.bpm * 4 / bars.beat_type if self._in_beats else bars.bpm
        quarters = self._place(position.frame, bars, bpm / 60 / self._rate)
        return Lead(at_s, quarters, bpm, position.rolling, meter=bars.meter)

    def _place(self, frame: int, bars: BarsBeats, per_frame: float) -> float:
        """Quarters, to the frame: ticks are told whole, so of all that was told the furthest is nearest."""
        told = bars.quarters + bars.late_frames * per_frame
        if self._furthest is not None:
            there, quarters = self._furthest
            place = quarters + (frame - there) * per_frame
            if told <= place <= told + _TICK * bars.tick_quarters:
                return place
        self._furthest = frame, told
        return told


def _even(bars: BarsBeats | None) -> tuple[float, float, float] | None:
    return None if bars is None else (bars.bpm, bars.beats_per_bar, bars.beat_type)
