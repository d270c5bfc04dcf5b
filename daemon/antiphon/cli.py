"""`antiphon`: the command line. Each process that plays imports this module first, so it imports little."""

import signal
import sys


def main(arguments: list[str] | None = None) -> None:
    """Run a command and leave with its exit code."""
    # An import is no place for a KeyboardInterrupt: until the command runs, Ctrl-C ends the process quietly.
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interruptible:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from antiphon.command_line import run
    from antiphon.commands.group import antiphon

    if interruptible:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(run(antiphon, "antiphon", arguments))
