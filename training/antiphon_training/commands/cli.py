"""`antiphon-train`: prepare → fit → evaluate → export."""

import sys
from collections.abc import Sequence

import click

from antiphon.command_line import run
from antiphon_training.commands import judging, making


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def antiphon_train() -> None:
    """Make a model from songs: learn; or prepare, fit, export and critic. Measure it: evaluate, listen."""


for each in (
    making.prepare,
    making.encode,
    making.fit,
    making.export,
    making.learn,
    making.import_model,
    making.harmony,
    judging.critic,
    judging.evaluate,
    judging.listen,
):
    antiphon_train.add_command(each)


def main(arguments: Sequence[str] | None = None) -> None:
    sys.exit(run(antiphon_train, "antiphon-train", arguments))
