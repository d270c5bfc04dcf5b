"""`antiphon-train`: prepare → fit → evaluate → export. Heavy imports wait until a command needs them."""

import sys
from collections.abc import Sequence

import click

from antiphon.errors import run


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def antiphon_train() -> None:
    """Turn folk songs into a melody model: prepare, fit, evaluate, export."""


def main(arguments: Sequence[str] | None = None) -> None:
    sys.exit(run(antiphon_train, "antiphon-train", arguments))
