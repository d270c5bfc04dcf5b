"""Where the bar lines are: how likely it is that a phrase begins at each place in the bar. Pure.

A belief is a probability for each meter and place. The next phrase begins with it: the player mostly goes on
in the same meter, and often in the same bars. How likely the phrase itself is at each place is told from
outside, by a model that knows bars.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from antiphon.events import GridNote, PlayedNote
from antiphon.listen.repertoire import BarPlace, Repertoire, bar_steps, places_apart
from antiphon.timebase import STEPS_PER_QUARTER, Meter

Of = TypeVar("Of", Meter, BarPlace)

# A model is surer of a place than it is right: its log-likelihood counts by this share.
_TRUST = 0.5
# How likely it is that the next phrase is in another meter, and that it begins its bars anew: where the
# player sets the tempo, and where the tempo is fixed.
_OTHER_METER, _ANEW_FOLLOWED, _ANEW_FIXED = 0.02, 0.4, 0.05
# Of so many players it is taken that they play downbeats louder, by so many standard deviations.
_ACCENTING, _ACCENT = 0.2, 0.7
# How likely it is that the beats of a phrase were heard half a beat off; where no note would be on a beat,
# then less.
_BEAT_OFF, _NONE_ON_BEAT = 0.3, 0.05
_EVEN = 4.0  # below this standard deviation of velocities nothing is an accent


def places(
    meters: Sequence[Meter], first_step: int, steps_per_quarter: int = STEPS_PER_QUARTER
) -> tuple[BarPlace, ...]:
    """Where a phrase may begin, whose first note is at `first_step` of a grid whose step 0 is on a beat."""
    apart = places_apart(steps_per_quarter)
    return tuple(
        BarPlace(meter, steps, steps_per_quarter)
        for meter in meters
        for steps in range(first_step % apart, bar_steps(meter, steps_per_quarter), apart)
    )


@dataclass(frozen=True, slots=True)
class BarBelief:
    """How likely each place is for the first note of a phrase; the chances sum to 1.

    `first_step` is where that note lies on the grid of the bars that were chosen.
    """

    chances: Mapping[BarPlace, float]
    first_step: int

    @property
    def best(self) -> BarPlace:
        """The likeliest place in the likeliest meter."""
        meters: dict[Meter, float] = {}
        for place, chance in self.chances.items():
            meters[place.meter] = meters.get(place.meter, 0.0) + chance
        meter = max(meters, key=meters.__getitem__)
        return max((p for p in self.chances if p.meter == meter), key=self.chances.__getitem__)


def certain(
    meter: Meter, steps: int = 0, first_step: int = 0, steps_per_quarter: int = STEPS_PER_QUARTER
) -> BarBelief:
    """The bars are known: `first_step` of the grid is so many steps into a bar."""
    return BarBelief({BarPlace(meter, steps, steps_per_quarter): 1.0}, first_step)


def expected(
    before: BarBelief | None,
    options: Sequence[BarPlace],
    first_step: int,
    followed: bool,
    repertoire: Repertoire,
) -> dict[BarPlace, float]:
    """How likely each place is before the phrase is considered; sums to 1.

    before       the belief after the last phrase; None at the first
    first_step   of the phrase, on the grid of the bars that were chosen after the last one
    followed     whether the player sets the tempo
    repertoire   what is usual where a melody begins
    """
    fresh = _fresh(options, _meter_chances(before, options, repertoire), repertoire)
    kept = _kept(before, options, first_step)
    if not kept:
        return fresh
    anew = _ANEW_FOLLOWED if followed else _ANEW_FIXED
    return {place: anew * fresh[place] + (1 - anew) * kept.get(place, 0.0) for place in options}


def _meter_chances(
    before: BarBelief | None, options: Sequence[BarPlace], repertoire: Repertoire
) -> dict[Meter, float]:
    meters = list(dict.fromkeys(place.meter for place in options))
    usual = repertoire.meters(meters)
    if before is None:
        return usual
    was = dict.fromkeys(meters, 0.0)
    for place, chance in before.chances.items():
        if place.meter in was:
            was[place.meter] += chance
    if not any(was.values()):
        return usual
    was = _normal(was)
    return {meter: (1 - _OTHER_METER) * was[meter] + _OTHER_METER * usual[meter] for meter in meters}


def _fresh(
    options: Sequence[BarPlace], meters: Mapping[Meter, float], repertoire: Repertoire
) -> dict[BarPlace, float]:
    """A phrase that begins its bars anew."""
    weights = {place: repertoire.chance(place) for place in options}
    sums = {meter: sum(w for place, w in weights.items() if place.meter == meter) for meter in meters}
    return {place: meters[place.meter] * weights[place] / sums[place.meter] for place in options}


def _kept(before: BarBelief | None, options: Sequence[BarPlace], first_step: int) -> dict[BarPlace, float]:
    """The bars of the last phrase go on; empty where they cannot."""
    if before is None:
        return {}
    waited, found = first_step - before.first_step, dict.fromkeys(options, 0.0)
    for place, chance in before.chances.items():
        now = replace(place, steps=(place.steps + waited) % place.bar_steps)
        if now in found:
            found[now] += chance
    return _normal(found) if any(found.values()) else {}


def _normal(chances: Mapping[Of, float]) -> dict[Of, float]:
    total = sum(chances.values())
    return {key: chance / total for key, chance in chances.items()}


def believed(
    prior: Mapping[BarPlace, float], said: Mapping[BarPlace, float], heard: Mapping[BarPlace, float]
) -> dict[BarPlace, float]:
    """The chances after a phrase. How likely it is, by the model and by what else is heard of it: `said` and
    `heard`, natural logarithms."""
    logs = {
        place: math.log(max(chance, 1e-12)) + _TRUST * said[place] + heard[place]
        for place, chance in prior.items()
    }
    highest = max(logs.values())
    return _normal({place: math.exp(log - highest) for place, log in logs.items()})


def on_beats(options: Sequence[BarPlace], notes: Sequence[GridNote]) -> dict[BarPlace, float]:
    """How well each place agrees with the beats that were heard with the tempo, as a natural logarithm.

    `notes` lie on a grid whose step 0 is on such a beat. In compound time the beats that were heard may be
    eighths or dotted quarters, so they say nothing.
    """
    return {place: _on_beat(place, notes) for place in options}


def _on_beat(place: BarPlace, notes: Sequence[GridNote]) -> float:
    moved, quarter = place.steps - notes[0].onset_steps, place.steps_per_quarter
    if place.meter.quarters_per_beat % 1 or moved % quarter == 0:
        return 0.0
    some = any((note.onset_steps + moved) % quarter == 0 for note in notes)
    chance = _BEAT_OFF if some else _NONE_ON_BEAT
    return math.log(chance / (1 - chance))


def accents(
    options: Sequence[BarPlace], notes: Sequence[GridNote], played: Sequence[PlayedNote]
) -> dict[BarPlace, float]:
    """How likely the loudness of a phrase is at each place, as a natural logarithm: louder on downbeats.

    `notes` is the phrase on the grid; its first note is at the place.
    """
    first = notes[0].onset_steps
    gains = [(step - first, _ACCENT * z - 0.5 * _ACCENT**2) for step, z in _louder(notes, played)]
    louder = {
        place: sum(gain for step, gain in gains if (step + place.steps) % place.bar_steps == 0)
        for place in options
    }
    return {place: math.log(1 - _ACCENTING + _ACCENTING * math.exp(gain)) for place, gain in louder.items()}


def _louder(notes: Sequence[GridNote], played: Sequence[PlayedNote]) -> list[tuple[int, float]]:
    """The step of each note and how much louder it is than the mean, in standard deviations."""
    found: list[tuple[int, int]] = []
    coming = iter(sorted(played, key=lambda note: note.onset_s))
    for note in notes:
        velocity = next((one.velocity for one in coming if one.pitch == note.pitch), None)
        if velocity is None:
            break
        found.append((note.onset_steps, velocity))
    if not found:
        return []
    mean = sum(velocity for _, velocity in found) / len(found)
    spread = math.sqrt(sum((velocity - mean) ** 2 for _, velocity in found) / len(found))
    if spread < _EVEN:
        return []
    return [(step, (velocity - mean) / spread) for step, velocity in found]
