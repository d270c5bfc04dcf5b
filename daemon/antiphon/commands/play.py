"""`antiphon play`: live, on MIDI ports, until Ctrl-C. Only its options, and what has to be started first."""

from pathlib import Path

import click

from antiphon.commands.options import LateChoice, settings_of, shared
from antiphon.stage.process.first import first_player


@click.command()
@click.option("--bpm", type=float, help="The tempo, in quarter notes a minute.")
@click.option("--clock", type=LateChoice("perform.settings", "SOURCES"), help="The clock to follow.")
@click.option("--in", "inputs", multiple=True, metavar="NAME", help="Listen to this port; may be repeated.")
@click.option("--out", "output", metavar="NAME", help="Answer on this port, instead of a virtual one.")
@click.option("--api", type=LateChoice("stage.ports.systems", "APIS"), help="The MIDI system.")
@click.option("--client-name", metavar="NAME", help="The name of the virtual ports.")
@click.option(
    "--learn",
    type=LateChoice("perform.controls.midi_controls", "LEARNABLE"),
    help="Let the next knob that you move set this.",
)
@click.option("--quiet", is_flag=True, help="Draw nothing; print the first and the last line.")
@click.option("--panel", is_flag=True, help="Serve the panel, too: a page that shows and plays.")
@click.option(
    "--log-level", type=LateChoice("config_sections", "LOG_LEVELS"), help="Log this level and above."
)
@shared("sound", "set", "take", "model", "temperature", "seed", "config")
def play(
    bpm: float | None,
    clock: str | None,
    inputs: tuple[str, ...],
    output: str | None,
    api: str | None,
    client_name: str | None,
    learn: str | None,
    quiet: bool,
    panel: bool,
    log_level: str | None,
    sound: str | None,
    changes: tuple[str, ...],
    take_dir: str | None,
    model: str | None,
    temperature: float | None,
    random_seed: int | None,
    config_file: Path | None,
) -> None:
    """Listen on a MIDI port and answer on another, until Ctrl-C."""
    given = settings_of(model, temperature, take_dir, sound) | {
        "tempo.bpm": bpm,
        "clock.source": clock,
        "midi.inputs": inputs or None,
        "midi.output": output,
        "midi.api": api,
        "midi.client_name": client_name,
        "log.level": log_level,
        "panel.on": panel or None,
    }
    with first_player(api) as (first, serve, heard):
        from antiphon.commands.plan import plan_of

        plan = plan_of(config_file, given, changes, random_seed)
        first.tell(plan.order)
        from antiphon.commands.performance import perform

        perform(first, serve, heard, plan, learn, quiet)
