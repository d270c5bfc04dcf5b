"""The recipes: `seed`, the user's own; `stream`, its network on whole songs; `default`, over notes and rests.

No TensorFlow here.
"""

from dataclasses import dataclass, replace
from typing import Literal

from antiphon.compose.context import Context
from antiphon.errors import WrongUse
from antiphon.timebase import STEPS_PER_QUARTER

RecipeName = Literal["seed", "stream", "default"]
NetworkKind = Literal["lstm", "events"]  # over symbols; over notes and rests
Schedule = Literal["constant", "halving", "cosine"]
# Steps in a quarter for a network over notes and rests: they say triplets, thirty-seconds and both mixed.
FINE_STEPS = 24


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained.

    steps_per_quarter  of the songs that `prepare` makes for it; a network over symbols needs these
    dropout            share of the LSTM's output hidden from the softmax while training
    weight_dropout     share of the LSTM's recurrent weights left out of a step (Merity et al. 2018, §3)
    embedding_dropout  share of the embeddings' columns hidden from the LSTM, the same ones for a whole song
    length_dropout     share of the length layer's units left out
    batch              windows (seed) or whole songs (the others) in a step
    epochs             the most there will be
    clip_norm          the longest gradient a step may follow; None: any
    schedule           of the learning rate: constant; halved after `wait` epochs without a gain on held-out
                       songs; or falling along a cosine over all `epochs`
    patience           epochs without a gain before training ends; None: never
    window_length      symbols in a window of `seed`, the last ones that the model hears
    key_jitter         share of the songs moved to another key in an epoch, as a wrong guess would move them
    place_forgotten    share of the songs heard without their bars
    place_wrong        share of the songs heard with their bar lines elsewhere
    close_told         share of the songs that are heard knowing how much is left until their end
    open_told          share that know it of an end of a phrase within the song instead
    phrase_told        share that know what they did one phrase earlier
    """

    name: RecipeName
    context: Context
    units: int
    dropout: float
    batch: int
    learning_rate: float
    epochs: int
    network: NetworkKind = "lstm"
    steps_per_quarter: int = STEPS_PER_QUARTER
    weight_dropout: float = 0.0
    embedding_dropout: float = 0.0
    length_dropout: float = 0.0
    clip_norm: float | None = None
    schedule: Schedule = "constant"
    wait: int | None = None
    patience: int | None = None
    window_length: int = 64
    key_jitter: float = 0.0
    place_forgotten: float = 0.0
    place_wrong: float = 0.0
    close_told: float = 0.0
    open_told: float = 0.0
    phrase_told: float = 0.0

    @property
    def knows_form(self) -> bool:
        """Whether the network has inputs for the form of a melody."""
        return self.close_told + self.open_told + self.phrase_told > 0

    def with_settings(self, epochs: int | None = None, units: int | None = None) -> "Recipe":
        """The recipe with what the user gave instead. Raises WrongUse naming the range."""
        chosen = replace(self, epochs=_or(epochs, self.epochs), units=_or(units, self.units))
        for name, value, high in (("epochs", chosen.epochs, 10_000), ("units", chosen.units, 4096)):
            if not 1 <= value <= high:
                raise WrongUse(f"--{name} must be 1–{high}, got {value}")
        return chosen


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def of_few_songs(recipe: Recipe) -> Recipe:
    """How a network learns songs that may be few, from nothing: it ends when held-out songs gain no more."""
    return replace(recipe, schedule="halving", wait=3, patience=8)


def further(recipe: Recipe) -> Recipe:
    """How a trained network learns songs of another style: slowly, and no longer than held-out songs gain."""
    return replace(
        recipe, learning_rate=0.0005, epochs=60, schedule="halving", wait=2, patience=6, key_jitter=0.1
    )


RECIPES: dict[str, Recipe] = {
    "seed": Recipe("seed", "window", units=256, dropout=0.2, batch=64, learning_rate=0.001, epochs=50),
    "stream": Recipe(
        "stream",
        "stream",
        units=256,
        dropout=0.4,
        weight_dropout=0.2,
        batch=32,
        learning_rate=0.003,
        epochs=80,
        clip_norm=1.0,
        schedule="halving",
        wait=3,
        patience=8,
    ),
    "default": Recipe(
        "default",
        "stream",
        network="events",
        steps_per_quarter=FINE_STEPS,
        units=256,
        dropout=0.4,
        weight_dropout=0.2,
        embedding_dropout=0.1,
        length_dropout=0.2,
        batch=32,
        learning_rate=0.003,
        epochs=40,
        clip_norm=1.0,
        schedule="cosine",
        key_jitter=0.2,
        place_forgotten=0.1,
        place_wrong=0.05,
        close_told=0.35,
        open_told=0.1,
        phrase_told=0.45,
    ),
}
