"""What was made last is not made again, where it depends on nothing but what is asked for. Pure."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class LastMade(Generic[T]):
    """Keeps one value, with what it was made of."""

    def __init__(self) -> None:
        self._kept: tuple[object, T] | None = None

    def of(self, what: object, make: Callable[[], T]) -> T:
        """The value for this; made now, unless it was the last one."""
        if self._kept is None or self._kept[0] != what:
            self._kept = what, make()
        return self._kept[1]
