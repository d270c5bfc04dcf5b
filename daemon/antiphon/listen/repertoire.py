"""How usual each place in the bar is where a melody begins, and each meter: in general, and in a repertoire.

Pure.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from antiphon.timebase import STEPS_PER_QUARTER, Meter

# The meters that "heard" chooses from, and how usual each is in general.
HEARD_METERS = {Meter(4, 4): 0.5, Meter(3, 4): 0.3, Meter(6, 8): 0.2}
# How usual a place is in general, but for a factor: rounded from 6 900 folk songs, the downbeat a little
# likelier than there, as in other repertoires.
_ON_DOWNBEAT, _QUARTER_BEFORE, _EIGHTH_BEFORE, _ELSEWHERE = 4.5, 3.0, 1.5, 0.3
_EIGHTH_BEFORE_DOTTED = 4.5
# What a model learned from counts by this share, as its player may play anything; of so few songs, by half.
_OF_REPERTOIRE, _FEW_SONGS = 0.8, 20
_FOUR, _TWO = Meter(4, 4), Meter(2, 4)
_FINEST = 96  # steps a quarter

# How many songs of each meter begin so many quarters into a bar.
Starts = Mapping[str, Sequence[tuple[float, int]]]


@dataclass(frozen=True, slots=True)
class BarPlace:
    """So many steps into a bar of this meter."""

    meter: Meter
    steps: int
    steps_per_quarter: int = STEPS_PER_QUARTER

    @property
    def bar_steps(self) -> int:
        return bar_steps(self.meter, self.steps_per_quarter)

    @property
    def quarters(self) -> Fraction:
        return Fraction(self.steps, self.steps_per_quarter)


def bar_steps(meter: Meter, steps_per_quarter: int = STEPS_PER_QUARTER) -> int:
    """A bar in steps, at least one."""
    return max(1, round(steps_per_quarter * meter.quarters_per_bar))


def places_apart(steps_per_quarter: int) -> int:
    """Steps from one place where a melody may begin to the next: it is taken to begin on an eighth."""
    return max(1, steps_per_quarter // 2)


class Repertoire:
    """What the songs of a repertoire say; without `starts`, what is usual in general."""

    def __init__(self, starts: Starts | None = None) -> None:
        self._songs: dict[Meter, Counter[Fraction]] = {}  # by quarters into the bar
        for name, places in (starts or {}).items():
            for quarters, songs in places:
                meter = Meter.parse(name)
                self._count(meter, Fraction(quarters).limit_denominator(_FINEST) % _bar(meter), songs)

    def _count(self, meter: Meter, into: Fraction, songs: int) -> None:
        """Two bars of 2/4 are one of 4/4: what begins in 2/4 begins in either half of it."""
        self._songs.setdefault(meter, Counter())[into] += 2 * songs
        if meter == _FOUR:
            self._songs.setdefault(_TWO, Counter())[into % _bar(_TWO)] += 2 * songs
        elif meter == _TWO:
            both = self._songs.setdefault(_FOUR, Counter())
            both[into] += songs
            both[into + _bar(_TWO)] += songs

    def meters(self, among: Sequence[Meter]) -> dict[Meter, float]:
        """How usual each of some meters is; sums to 1."""
        general = _normal({meter: HEARD_METERS.get(meter, 1.0) for meter in among})
        songs = {meter: self._total(meter) for meter in among}
        share = self._share(sum(songs.values()))
        if not share:
            return general
        known = _normal(songs)
        return {meter: (1 - share) * general[meter] + share * known[meter] for meter in among}

    def chance(self, place: BarPlace) -> float:
        """How usual it is, among the eighths of the bar, that a melody in its meter begins there."""
        eighths = range(0, place.bar_steps, places_apart(place.steps_per_quarter))
        general = _usual(place) / sum(_usual(replace(place, steps=steps)) for steps in eighths)
        total = self._total(place.meter)
        share = self._share(total)
        if not share:
            return general
        return (1 - share) * general + share * self._songs[place.meter][place.quarters] / total

    def _total(self, meter: Meter) -> float:
        return float(sum(self._songs.get(meter, Counter()).values()))

    def _share(self, counted: float) -> float:
        """By how much so many counted songs count, each of which was counted twice."""
        return _OF_REPERTOIRE * counted / (counted + 2 * _FEW_SONGS)


def _usual(place: BarPlace) -> float:
    before_bar, quarter = place.bar_steps - place.steps, place.steps_per_quarter
    if place.steps == 0:
        return _ON_DOWNBEAT
    dotted = place.meter.quarters_per_beat == 1.5
    if 2 * before_bar == quarter:
        return _EIGHTH_BEFORE_DOTTED if dotted else _EIGHTH_BEFORE
    return _QUARTER_BEFORE if before_bar == quarter and not dotted else _ELSEWHERE


def _bar(meter: Meter) -> Fraction:
    """A bar in quarters."""
    return Fraction(4 * meter.numerator, meter.denominator)


def _normal(weights: Mapping[Meter, float]) -> dict[Meter, float]:
    total = sum(weights.values())
    return {meter: weight / total for meter, weight in weights.items()}
