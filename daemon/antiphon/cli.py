"""`antiphon`: the command line. Each process that plays imports this module first, so it imports little."""

import sys
from collections.abc import Sequence

from antiphon.signals import ending_at_once


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code."""
    with ending_at_once():
        from antiphon.command_line import run
        from antiphon.commands.group import antiphon
    sys.exit(run(antiphon, "antiphon", arguments))
