"""A bar on stderr, where that is a terminal, for work that takes long."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress, track

Item = TypeVar("Item")


def watched(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    """The items, with a bar on stderr while they come, where that is a terminal."""
    console = Console(stderr=True)
    yield from track(items, what, total, console=console, transient=True, disable=not console.is_terminal)


@contextmanager
def counted(total: int, what: str) -> Iterator[Callable[[], None]]:
    """A bar on stderr, where that is a terminal, for so many steps; call what is given after each."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)
