"""`antiphon`: the command line, put together."""

import os

# One melody needs one core; more BLAS threads only cost memory and wake-ups. Before numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
from collections.abc import Sequence

import click

from antiphon.commands.demo import demo
from antiphon.commands.doctor import doctor
from antiphon.commands.generate import generate
from antiphon.commands.models import models
from antiphon.commands.panic import panic
from antiphon.commands.play import play
from antiphon.commands.ports import ports
from antiphon.commands.replay import replay
from antiphon.commands.running import set_one, status, stop
from antiphon.commands.service import service
from antiphon.commands.takes import takes
from antiphon.errors import run


@click.group(
    commands=[
        demo,
        doctor,
        generate,
        models,
        panic,
        play,
        ports,
        replay,
        service,
        set_one,
        status,
        stop,
        takes,
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="antiphon", message="%(package)s %(version)s")
def antiphon() -> None:
    """You play a phrase; Antiphon answers it, live, in your key and on your beat."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code."""
    sys.exit(run(antiphon, "antiphon", arguments))
