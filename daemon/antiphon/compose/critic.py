"""A critic says how real an answer sounds; one of several candidates is drawn by what it says.

It is a sum of decision trees over features of phrase and answer. Numpy alone; knows no model and no file.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.answer_features import features
from antiphon.compose.answer_features.parts import AnswerFrame
from antiphon.events import GridNote
from antiphon.slices import Sliced, finish

__all__ = ["AnswerFrame", "Critic", "CriticTrees", "choose"]

LogOdds = NDArray[np.float64]
MOST_DEPTH, MOST_TREES, LARGEST_LEAF = 8, 4096, 100.0
# Decisions that are looked up in one part: about a third of a millisecond.
_DECISIONS_A_PART = 4096


@dataclass(frozen=True, slots=True)
class CriticTrees:
    """T complete binary trees of depth d over F features. Raises ValueError where shapes or numbers are off.

    version      the version of the features that they ask, shape ()
    asked        (T, 2^d − 1) the feature that a node asks; node k has the children 2k + 1 and 2k + 2
    thresholds   (T, 2^d − 1) a feature above it goes to the second child
    leaves       (T, 2^d) in log odds
    bias         () in log odds
    """

    version: NDArray[np.int32]
    asked: NDArray[np.int16]
    thresholds: NDArray[np.float32]
    leaves: NDArray[np.float32]
    bias: NDArray[np.float32]

    def __post_init__(self) -> None:
        self._check_version()
        trees, leaves = self._shape()
        nodes = {"asked": self.asked.shape, "thresholds": self.thresholds.shape}
        for name, shape in nodes.items():
            if shape != (trees, leaves - 1):
                raise ValueError(f"{name} must have shape {(trees, leaves - 1)}, got {shape}")
        known = len(features.NAMES)
        if self.asked.size and not (self.asked.min() >= 0 and self.asked.max() < known):
            raise ValueError(f"asked must name features 0–{known - 1}")
        if np.isnan(self.thresholds).any():
            raise ValueError("thresholds must hold numbers")
        for name, numbers in {"leaves": self.leaves, "bias": self.bias}.items():
            if not (np.abs(numbers) <= LARGEST_LEAF).all():
                raise ValueError(f"{name} must hold numbers of at most {LARGEST_LEAF:g}")

    def _check_version(self) -> None:
        for name in ("version", "bias"):
            if (shape := getattr(self, name).shape) != ():
                raise ValueError(f"{name} must be one number, got shape {shape}")
        if self.version != features.VERSION:
            raise ValueError(
                f"the critic's features have version {int(self.version)}, this Antiphon computes version "
                f"{features.VERSION}; make it anew with antiphon-train critic"
            )

    def _shape(self) -> tuple[int, int]:
        shape = self.leaves.shape
        if len(shape) != 2 or shape[1] not in [2**depth for depth in range(1, MOST_DEPTH + 1)]:
            raise ValueError(f"leaves must have shape (trees, 2 … {2**MOST_DEPTH}), got {shape}")
        if shape[0] > MOST_TREES:
            raise ValueError(f"a critic must have at most {MOST_TREES} trees, got {shape[0]}")
        return shape[0], shape[1]

    @property
    def depth(self) -> int:
        return int(self.leaves.shape[1]).bit_length() - 1

    def log_odds(self, measured: NDArray[np.float32]) -> LogOdds:
        """Of features (N, F) the log odds (N,)."""
        return finish(self.log_odds_in_slices(measured))

    def log_odds_in_slices(self, measured: NDArray[np.float32]) -> Sliced[LogOdds]:
        """The same in small parts."""
        found = np.full(len(measured), float(self.bias))
        trees = max(1, _DECISIONS_A_PART // max(1, len(measured) * self.depth))
        for first in range(0, len(self.leaves), trees):
            found += self._of_trees(slice(first, first + trees), measured)
            yield
        return found

    def _of_trees(self, some: slice, measured: NDArray[np.float32]) -> LogOdds:
        asked, thresholds, leaves = self.asked[some], self.thresholds[some], self.leaves[some]
        (trees, nodes), (rows, known) = asked.shape, measured.shape
        numbers = measured.ravel()
        of_row, of_tree = known * np.arange(rows)[:, None], nodes * np.arange(trees)
        node = np.zeros((rows, trees), np.intp)
        for _ in range(self.depth):
            there = node + of_tree
            node += node + 1
            node += numbers.take(asked.take(there) + of_row) > thresholds.take(there)
        node += (nodes + 1) * np.arange(trees) - nodes
        total: LogOdds = leaves.take(node).sum(axis=1, dtype=np.float64)
        return total


class Critic:
    """Says how likely each of some answers to a phrase is what a song would go on with."""

    def __init__(self, trees: CriticTrees) -> None:
        self._trees = trees

    def log_odds(
        self, phrase: Sequence[GridNote], answers: Sequence[Sequence[GridNote]], frame: AnswerFrame
    ) -> LogOdds:
        """The log odds (N,) that each answer is real, in the order of the answers.

        All notes are in C major or A minor, their steps counted as `AnswerFrame` says.
        """
        return finish(self.log_odds_in_slices(phrase, answers, frame))

    def log_odds_in_slices(
        self, phrase: Sequence[GridNote], answers: Sequence[Sequence[GridNote]], frame: AnswerFrame
    ) -> Sliced[LogOdds]:
        """The same in small parts."""
        measured = yield from features.measure(phrase, answers, frame)
        return (yield from self._trees.log_odds_in_slices(measured))


def choose(log_odds: LogOdds, generator: np.random.Generator) -> int:
    """Draw one of the candidates, each in proportion to its odds D / (1 − D).

    With D the optimal critic, what is drawn of very many is as real music is: that of importance resampling,
    Rubin 1987, "The SIR algorithm".
    """
    shares = np.cumsum(np.exp(log_odds - log_odds.max()))
    drawn = int(np.searchsorted(shares, generator.random() * shares[-1], side="right"))
    return min(drawn, len(shares) - 1)
