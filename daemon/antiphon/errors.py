"""What a person is told when a thing cannot be done: one line and an exit code, never a traceback."""

import os
import reprlib
import sys
from collections.abc import Sequence

import click

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
# What is told may quote a file that is anything: no longer than this, and nothing that moves a cursor.
LONGEST_LINE, MOST_LINES = 1000, 50


class _Told(click.ClickException):
    """A line a mistake."""

    def __init__(self, message: str) -> None:
        super().__init__(_tellable(message))


class Failure(_Told):
    """The work could not be done (exit code 1). The message names the thing and what is wrong with it."""

    exit_code = FAILED


class WrongUse(_Told):
    """The command or the configuration is wrong (exit code 2): the thing, its range, what was given."""

    exit_code = WRONG_USAGE


def _tellable(message: str) -> str:
    lines = message.split("\n")
    told = [_line(line) for line in lines[:MOST_LINES]]
    more = len(lines) - MOST_LINES
    return "\n".join([*told, f"and {more} more like these"] if more > 0 else told)


def _line(text: str) -> str:
    printable = "".join(character if character.isprintable() else "�" for character in text[:LONGEST_LINE])
    return printable + "…" if len(text) > LONGEST_LINE else printable


_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = 80
_REPR.maxlevel = 3


def shown(value: object) -> str:
    """What was given, as one writes it, cut short where it is long or deep."""
    try:
        return _REPR.repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits; what is nested without end
        return f"one {type(value).__name__} beyond all measure"


def run(command: click.Command, program: str, arguments: Sequence[str] | None = None) -> int:
    """Run a command line; every way it can fail becomes one line on stderr and an exit code.

    `ANTIPHON_DEBUG=1` in the environment lets the traceback of an unforeseen error through.
    """
    try:
        result = command.main(args=arguments, prog_name=program, standalone_mode=False)
        return result if isinstance(result, int) else DONE
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.ctx.get_help() if error.ctx else "", file=sys.stderr)
        return WRONG_USAGE
    except click.ClickException as error:
        return _say(program, error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return _say(program, "interrupted", INTERRUPTED)
    except BrokenPipeError:
        # The reader (head, less) went away; point stdout at nothing so that the exit flush stays silent.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        return _say(program, f"{error.filename or 'file'}: {error.strerror or error}", FAILED)
    except Exception as error:
        if os.environ.get("ANTIPHON_DEBUG"):
            raise
        hint = "set ANTIPHON_DEBUG=1 for the details"
        return _say(program, f"unforeseen {type(error).__name__}: {error} ({hint})", FAILED)


def _say(program: str, message: str, exit_code: int) -> int:
    for line in message.splitlines():
        print(f"{program}: {' '.join(line.split())}", file=sys.stderr)
    return exit_code
