"""A critic that likes answers with a certain last degree, and one of random trees."""

import numpy as np

from antiphon.compose.answer_features import features
from antiphon.compose.critic import CriticTrees


def tree_of(feature: str, threshold: float, at_most: float, above: float, bias: float = 0.0) -> CriticTrees:
    """One tree of one question."""
    return CriticTrees(
        np.array(features.VERSION, np.int32),
        np.array([[features.NAMES.index(feature)]], np.int16),
        np.array([[threshold]], np.float32),
        np.array([[at_most, above]], np.float32),
        np.array(bias, np.float32),
    )


def random_trees(trees: int = 20, depth: int = 3, random_seed: int = 0) -> CriticTrees:
    rng = np.random.default_rng(random_seed)
    nodes = 2**depth - 1
    return CriticTrees(
        np.array(features.VERSION, np.int32),
        rng.integers(0, len(features.NAMES), (trees, nodes)).astype(np.int16),
        rng.normal(size=(trees, nodes)).astype(np.float32),
        rng.normal(size=(trees, nodes + 1)).astype(np.float32),
        np.array(0.25, np.float32),
    )
