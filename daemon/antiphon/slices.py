"""Long computations in small parts, so that a loop can send notes between two of them. Pure."""

from collections.abc import Generator
from typing import Generic, TypeVar

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


class Job(Generic[T]):
    """A computation under way."""

    def __init__(self, work: Sliced[T]) -> None:
        self._work = work
        self._results: list[T] = []

    @property
    def done(self) -> bool:
        return bool(self._results)

    def go_on(self) -> None:
        """Do one more part, if any is left."""
        if not self.done:
            try:
                next(self._work)
            except StopIteration as done:
                self._results.append(done.value)

    def rest(self) -> Sliced[T]:
        """All parts that are left."""
        while not self.done:
            self.go_on()
            yield
        return self._results[0]
