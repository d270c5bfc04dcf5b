"""What goes wrong, as exceptions with one plain line for the user and an exit code. Knows no command line."""

import reprlib

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
# A message may quote any file: it is cut to this length, and holds nothing that moves a cursor.
LONGEST_LINE, MOST_LINES = 1000, 50


class UserError(Exception):
    """What the user is told: `message` has one line for each mistake."""

    exit_code = FAILED

    def __init__(self, message: str) -> None:
        self.message = _printable_lines(message)
        super().__init__(self.message)


class Failure(UserError):  # noqa: N818
    """The work could not be done (exit code 1). The message names the thing and what is wrong with it."""


class WrongUse(UserError):  # noqa: N818
    """The command or the configuration is wrong (exit code 2): the thing, its range, what was given."""

    exit_code = WRONG_USAGE


def _printable_lines(message: str) -> str:
    lines = message.split("\n")
    kept = [_printable_line(line) for line in lines[:MOST_LINES]]
    more = len(lines) - MOST_LINES
    return "\n".join([*kept, f"and {more} more like these"] if more > 0 else kept)


def _printable_line(text: str) -> str:
    printable = "".join(character if character.isprintable() else "�" for character in text[:LONGEST_LINE])
    return printable + "…" if len(text) > LONGEST_LINE else printable


class _ShortRepr(reprlib.Repr):
    """Raises ValueError for a number of thousands of digits, on every Python: 3.14 would show its address."""

    def repr_int(self, x: int, level: int) -> str:
        str(x)
        return super().repr_int(x, level)


_REPR = _ShortRepr()
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = 80
_REPR.maxlevel = 3


def shown(value: object) -> str:
    """A value as one writes it, cut short where it is long or deeply nested."""
    try:
        return _REPR.repr(value)
    except (ValueError, RecursionError):  # thousands of digits; nested without end
        return f"a {type(value).__name__} too large to show"
