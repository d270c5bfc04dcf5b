"""Runs a command line: each way it can fail becomes one line on stderr and an exit code."""

import os
import sys
from collections.abc import Sequence

import click

from antiphon.errors import DONE, FAILED, INTERRUPTED, WRONG_USAGE, UserError


def run(command: click.Command, program: str, arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code.

    `ANTIPHON_DEBUG=1` in the environment lets the traceback of an unexpected error through.
    """
    try:
        result = command.main(args=arguments, prog_name=program, standalone_mode=False)
        return result if isinstance(result, int) else DONE
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.ctx.get_help() if error.ctx else "", file=sys.stderr)
        return WRONG_USAGE
    except UserError as error:
        return _say(program, error.message, error.exit_code)
    except click.ClickException as error:
        return _say(program, error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return _say(program, "interrupted", INTERRUPTED)
    except BrokenPipeError:
        # The reader (head, less) went away; point stdout at nothing so that the exit flush stays silent.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        # Without a name it is mostly the output, which leads to a full disk or to a closed terminal.
        where = error.filename or "the output, or a file"
        return _say(program, f"{where}: {error.strerror or error}", FAILED)
    except Exception as error:
        if os.environ.get("ANTIPHON_DEBUG"):
            raise
        hint = "set ANTIPHON_DEBUG=1 for the details"
        return _say(program, f"unexpected {type(error).__name__}: {error} ({hint})", FAILED)


def _say(program: str, message: str, exit_code: int) -> int:
    for line in message.splitlines():
        print(f"{program}: {' '.join(line.split())}", file=sys.stderr)
    return exit_code
