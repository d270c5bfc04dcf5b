"""The bars of a score: how long each is and how long its meter says, and what follows. Imports no music21."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from antiphon.timebase import Meter

CLOSE = 1e-6  # quarters


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, in quarters; `full` is what its meter asks for, None where there is none."""

    onset: float
    length: float
    full: float | None
    ends_section: bool = False
    meter: str | None = None

    @property
    def end(self) -> float:
        return self.onset + self.length


def bars_of(part: Any, meters: Sequence[str]) -> Iterator[Bar]:
    """The bars of a part that music21 has parsed; `meters` are the part's own, in order of first use."""
    meter = meters[0] if meters else None
    full = Meter.parse(meter).quarters_per_bar if meter else None
    for bar in part.getElementsByClass("Measure"):
        if bar.timeSignature is not None and len(meters) > 1:
            full, meter = float(bar.timeSignature.barDuration.quarterLength), _meter(bar.timeSignature)
        yield Bar(float(bar.offset), float(bar.highestTime), full, meter=meter)


def _meter(signature: Any) -> str | None:
    """None for a meter that the time base cannot say."""
    try:
        return str(Meter.parse(signature.ratioString))
    except ValueError:
        return None


def begun_at(begin: float, bars: Sequence[Bar]) -> tuple[Bar, ...]:
    """The bars from a place on, which is 0 now; of the bar there, only the rest."""
    return tuple(_moved(begin, bar) for bar in bars if bar.end > begin + CLOSE)


def _moved(begin: float, bar: Bar) -> Bar:
    cut = max(0.0, begin - bar.onset)
    return replace(bar, onset=bar.onset + cut - begin, length=bar.length - cut)


def pickup_of(bars: Sequence[Bar]) -> float:
    """Quarters before the first full bar: a first bar that is short."""
    if len(bars) < 2 or bars[0].full is None or not 0 < bars[0].length < bars[0].full:
        return 0.0
    return bars[0].length


def count_off(bars: Sequence[Bar]) -> int:
    """How many bars are short or long, but for the first, the last and halves that make a whole.

    The last bar of a section and the pickup of the next, or of its repeat, may be short.
    """
    off, carried, begins = 0, 0.0, False
    for bar in bars[1:-1]:
        if bar.full is None or bar.length == 0:
            continue
        carried += bar.length
        if (begins and bar.length < bar.full) or abs(carried - bar.full) < CLOSE:
            carried = 0.0
        elif carried > bar.full:
            off, carried = off + 1, 0.0
        begins = bar.ends_section
        if begins:
            carried = 0.0
    return off
