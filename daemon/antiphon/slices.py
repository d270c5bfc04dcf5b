"""Long computations in small parts, so that a loop can send notes between two of them. Pure."""

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")
# A computation that yields after each small part, and returns its result.
Sliced = Generator[None, None, T]


def finish(work: Sliced[T]) -> T:
    """Do all that is left of a computation at once; gives its result."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: T = done.value
            return result
