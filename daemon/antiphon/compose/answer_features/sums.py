"""Small sums that never divide by nothing."""

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)


def share(part: float, whole: float) -> float:
    """0 of nothing."""
    return part / whole if whole else 0.0


def mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def spread(numbers: Sequence[float]) -> float:
    """The mean distance from the mean."""
    middle = mean(numbers)
    return mean([abs(number - middle) for number in numbers])


def overlap(some: Iterable[Hashable], others: Iterable[Hashable]) -> float:
    """Of all different items in either the share that is in both; 1 where both are empty."""
    left, right = set(some), set(others)
    both = len(left | right)
    return len(left & right) / both if both else 1.0


def found_in(items: Sequence[Item], others: set[Item]) -> float:
    """The share of the items that is among the others; 0 of nothing."""
    return share(sum(map(others.__contains__, items)), len(items))


def grams(items: Sequence[Item], length: int) -> list[tuple[Item, ...]]:
    """All runs of so many items."""
    return list(zip(*(items[first:] for first in range(length)), strict=False))


def longest_run(same: Iterable[bool]) -> int:
    """How often in a row it is true at most."""
    longest = run = 0
    for each in same:
        run = run + 1 if each else 0
        longest = max(longest, run)
    return longest
