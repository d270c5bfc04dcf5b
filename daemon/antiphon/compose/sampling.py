"""From probabilities to one symbol: entropy, a temperature that follows it, symbol weights, one draw.

Chance is an argument: a numpy Generator is passed in, so one seed gives one melody.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, NamedTuple

import numpy as np
from annotated_types import Ge, Gt, Le
from numpy.typing import NDArray

from antiphon.compose.lstm import Probabilities
from antiphon.compose.symbols import REST, Vocabulary


@dataclass(frozen=True, slots=True)
class SamplingSettings:
    """How freely the model speaks. Entropy in nats.

    temperature      what everything else multiplies: above 1 freer, below 1 safer
    low_entropy      below this the model is sure, and `sure_factor` raises the temperature
    high_entropy     above this it is unsure, and `unsure_factor` lowers it
    softness         how gradually the factors come in, in nats; 0 is a three-way rule with hard thresholds
    min_temperature, max_temperature   limits of the result
    min_p            symbols less likely than this share of the likeliest are left out; 0: none
    top_p            the likeliest symbols that make up this share of the probability stay; 1: all
    memory           how loud what was played in this session is beside the model: 0 silent; 1 predicts songs
                     best; at 1.5 answers repeat themselves about as much as songs do
    adapts           whether the memory is louder, or softer, as it foresees the phrase better than the model,
                     or worse; and whether the most expected answer may be a copy of what was played
    remembers        whether this session's phrases are kept in memory from now on
    longest_steps    no note or rest is longer than so many sixteenths; 0: any length
    most_repeats     no figure, be it one note, comes more often in a row; 0: as often as it likes
    weights          factor on the probability of a symbol before the draw; others weigh 1
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    temperature: Annotated[float, Gt(0), Le(10)] = 1.0
    low_entropy: Annotated[float, Ge(0), Le(10)] = 0.5
    high_entropy: Annotated[float, Ge(0), Le(10)] = 2.5
    sure_factor: Annotated[float, Gt(0), Le(10)] = 1.1
    unsure_factor: Annotated[float, Gt(0), Le(10)] = 0.8
    softness: Annotated[float, Ge(0), Le(10)] = 0.1
    min_temperature: Annotated[float, Gt(0), Le(10)] = 0.1
    max_temperature: Annotated[float, Gt(0), Le(10)] = 2.0
    min_p: Annotated[float, Ge(0), Le(1)] = 0.0
    top_p: Annotated[float, Gt(0), Le(1)] = 1.0
    memory: Annotated[float, Ge(0), Le(10)] = 1.5
    adapts: bool = True
    remembers: bool = True
    longest_steps: Annotated[int, Ge(0), Le(256)] = 32
    most_repeats: Annotated[int, Ge(0), Le(64)] = 6
    weights: Mapping[str, Annotated[float, Ge(0), Le(100)]] = field(default_factory=lambda: {REST: 0.9})


@dataclass(frozen=True, slots=True)
class Draw:
    """One symbol drawn, and why: `probability` is the model's own, before temperature and weights.

    Of a hold that was certain whatever else could have followed, `probability` is the least that it can be,
    and `entropy` that of a hold or not.
    `quoted`: it begins a note or rest of a run that the memory had heard before.
    """

    symbol_id: int
    entropy: float
    temperature: float
    probability: float
    quoted: bool = field(default=False, compare=False)


def copied(ids: Iterable[int], hold_id: int, settings: SamplingSettings) -> Iterator[Draw]:
    """What is not drawn but was played before; each note and rest is quoted."""
    temperature = adaptive_temperature(0.0, settings)
    for symbol_id in ids:
        yield Draw(symbol_id, 0.0, temperature, 1.0, symbol_id != hold_id)


def entropy(probabilities: Probabilities) -> float:
    """Shannon entropy −Σ p ln p in nats; 0 ln 0 is 0."""
    positive = probabilities[probabilities > 0]
    return float(-(positive * np.log(positive)).sum()) + 0.0


def adaptive_temperature(entropy_nats: float, settings: SamplingSettings) -> float:
    """The temperature for an entropy: raised where the model is sure, lowered where it is not."""
    sure = _threshold(settings.low_entropy - entropy_nats, settings.softness)
    unsure = _threshold(entropy_nats - settings.high_entropy, settings.softness)
    factor = math.pow(settings.sure_factor, sure) * math.pow(settings.unsure_factor, unsure)
    return min(max(settings.temperature * factor, settings.min_temperature), settings.max_temperature)


def hottest(settings: SamplingSettings) -> float:
    """No temperature that follows from these settings is above this one."""
    factor = max(1.0, settings.sure_factor) * max(1.0, settings.unsure_factor)
    return min(max(settings.temperature * factor, settings.min_temperature), settings.max_temperature)


def _threshold(distance: float, softness: float) -> float:
    """From 0 to 1 as `distance` grows through 0: a step, or a logistic curve as wide as `softness`."""
    if softness == 0:
        return 1.0 if distance > 0 else 0.0
    return 0.5 * (1.0 + math.tanh(distance / (2.0 * softness)))


def temper(probabilities: Probabilities, temperature: float) -> Probabilities:
    """softmax(ln p / T); what was impossible stays impossible. Raises ValueError unless T > 0."""
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0, got {temperature:g}")
    with np.errstate(divide="ignore"):
        scaled = np.log(probabilities) / temperature
    scaled -= scaled.max()
    powers = np.exp(scaled)
    return np.asarray(powers / powers.sum(), np.float64)


def truncate(probabilities: Probabilities, min_p: float, top_p: float) -> Probabilities:
    """Without the unlikely ones, which get 0; the likeliest always stays. What is left is not normalised.

    min-p: Nguyen et al. 2024; top-p, or nucleus: Holtzman et al. 2020. Where both are given, both must hold.
    """
    kept = np.where(probabilities >= min_p * probabilities.max(), probabilities, 0.0)
    if top_p < 1:
        order = np.argsort(-probabilities, kind="stable")
        before = np.cumsum(probabilities[order]) - probabilities[order]
        kept[order[before >= top_p * probabilities.sum()]] = 0.0
    return kept


def weight_row(vocabulary: Vocabulary, weights: Mapping[str, float]) -> Probabilities:
    """Symbol weights in the order of the vocabulary, shape (V,); those of unknown symbols are left out."""
    return np.array([weights.get(symbol, 1.0) for symbol in vocabulary.symbols], np.float64)


def draw(
    probabilities: Probabilities,
    settings: SamplingSettings,
    weights: Probabilities,
    generator: np.random.Generator,
) -> Draw:
    """One symbol by softmax(ln p / T)·w, T following the entropy of p, less the unlikely. `weights`: (V,).

    Where the weights forbid everything the model thinks possible, they alone decide among what they allow.
    """
    nats = entropy(probabilities)
    temperature = adaptive_temperature(nats, settings)
    weighted = truncate(temper(probabilities, temperature), settings.min_p, settings.top_p) * weights
    if not weighted.sum() > 0:
        weighted = weights if weights.sum() > 0 else probabilities
    cumulative = np.cumsum(weighted)
    place = int(np.searchsorted(cumulative, generator.random() * cumulative[-1], side="right"))
    chosen = min(place, len(weighted) - 1)
    return Draw(chosen, nats, temperature, float(probabilities[chosen]))


class Draws(NamedTuple):
    """What was drawn in each row; the fields of `Draw`, shape (R,) each."""

    ids: NDArray[np.int64]
    entropies: Probabilities
    temperatures: Probabilities
    probabilities: Probabilities


def draw_rows(
    probabilities: Probabilities, settings: SamplingSettings, weights: Probabilities, chances: Probabilities
) -> Draws:
    """As `draw`, in each row of probabilities (R, V); `weights` are (R, V), `chances` in [0, 1) (R,)."""
    safe = np.where(probabilities > 0, probabilities, 1.0)
    logs = np.log(safe)
    entropies = -(probabilities * logs).sum(axis=1) + 0.0
    temperatures = adaptive_temperatures(entropies, settings)
    logs /= temperatures[:, None]
    logs[probabilities <= 0] = -np.inf
    logs -= logs.max(axis=1, keepdims=True)
    powers = np.exp(logs)
    weighted = _truncated(powers / powers.sum(axis=1, keepdims=True), settings) * weights
    for row in np.flatnonzero(~(weighted.sum(axis=1) > 0)).tolist():
        weighted[row] = weights[row] if weights[row].sum() > 0 else probabilities[row]
    cumulative = np.cumsum(weighted, axis=1)
    below = cumulative <= (chances * cumulative[:, -1])[:, None]
    ids = np.minimum(below.sum(axis=1), weighted.shape[1] - 1)
    return Draws(ids, entropies, temperatures, probabilities[np.arange(len(ids)), ids])


def adaptive_temperatures(entropies: Probabilities, settings: SamplingSettings) -> Probabilities:
    """As `adaptive_temperature`, for several entropies."""
    sure = _thresholds(settings.low_entropy - entropies, settings.softness)
    unsure = _thresholds(entropies - settings.high_entropy, settings.softness)
    factors = np.power(settings.sure_factor, sure) * np.power(settings.unsure_factor, unsure)
    found: Probabilities = np.clip(
        settings.temperature * factors, settings.min_temperature, settings.max_temperature
    )
    return found


def _thresholds(distances: Probabilities, softness: float) -> Probabilities:
    if softness == 0:
        return np.where(distances > 0, 1.0, 0.0)
    return 0.5 * (1.0 + np.tanh(distances / (2.0 * softness)))


def _truncated(probabilities: Probabilities, settings: SamplingSettings) -> Probabilities:
    if settings.min_p == 0 and settings.top_p == 1:
        return probabilities
    return np.stack([truncate(row, settings.min_p, settings.top_p) for row in probabilities])
