"""How fast a network learns in its next epoch, and when it has learned enough; from the bits so far alone."""

import math
from collections.abc import Callable, Sequence

from antiphon_training.recipe import Recipe, Schedule

GAIN = 0.0005  # bits per symbol; less than this is no gain
LOWEST_SHARE = 0.02  # of the recipe's rate, at the end of a cosine


def learning_rate(recipe: Recipe, valid_bits: Sequence[float]) -> float:
    """The rate of the next epoch, after epochs with these bits on held-out songs."""
    return recipe.learning_rate * _SHARES[recipe.schedule](recipe, valid_bits)


def _constant(recipe: Recipe, valid_bits: Sequence[float]) -> float:  # noqa: ARG001 - as the others
    return 1.0


def _halving(recipe: Recipe, valid_bits: Sequence[float]) -> float:
    share, best, idle = 1.0, float("inf"), 0
    for bits in valid_bits:
        idle = 0 if bits < best - GAIN else idle + 1
        best = min(best, bits) if idle == 0 else best
        if recipe.wait and idle and idle % recipe.wait == 0:
            share /= 2
    return share


def _cosine(recipe: Recipe, valid_bits: Sequence[float]) -> float:
    """Half a cosine over the recipe's epochs; training that ends sooner ends on the way down."""
    done = min(1.0, len(valid_bits) / recipe.epochs)
    return max(LOWEST_SHARE, (1 + math.cos(math.pi * done)) / 2)


_SHARES: dict[Schedule, Callable[[Recipe, Sequence[float]], float]] = {
    "constant": _constant,
    "halving": _halving,
    "cosine": _cosine,
}


def out_of_patience(recipe: Recipe, valid_bits: Sequence[float]) -> bool:
    """Have the last `recipe.patience` epochs together gained nothing?"""
    if recipe.patience is None or len(valid_bits) <= recipe.patience:
        return False
    before, after = valid_bits[: -recipe.patience], valid_bits[-recipe.patience :]
    return min(after) >= min(before) - GAIN
