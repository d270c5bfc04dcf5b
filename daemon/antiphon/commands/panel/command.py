"""`antiphon panel`: play in a browser. Only its options, and what has to be started first."""

from functools import partial
from pathlib import Path

import click

from antiphon.commands.options import settings_of, shared
from antiphon.stage.process.first import first_player


@click.command()
@click.option("--no-browser", is_flag=True, help="Open no browser; print the address as one line of JSON.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port of the page; 0: 8317, or a free one.")
@click.option("--lan", is_flag=True, help="Phones of your network may open it, with the token that is shown.")
@click.option("--client-name", metavar="NAME", help="The name of the virtual ports.")
@shared("sound", "set", "take", "model", "temperature", "seed", "config")
def panel(
    no_browser: bool,
    port: int | None,
    lan: bool,
    client_name: str | None,
    sound: str | None,
    changes: tuple[str, ...],
    take_dir: str | None,
    model: str | None,
    temperature: float | None,
    random_seed: int | None,
    config_file: Path | None,
) -> None:
    """Play in your browser, with MIDI ports or without, until Ctrl-C.

    The page shows the music, plays it, and has keys and knobs. Where Antiphon runs already, its panel is
    opened.
    """
    given = settings_of(model, temperature, take_dir, sound) | {
        "panel.on": True,
        "panel.port": port,
        "panel.lan": lan or None,
        "midi.client_name": client_name,
    }
    with first_player(None) as (first, serve, heard):
        from antiphon.commands.plan import plan_of

        plan = plan_of(config_file, given, changes, random_seed)
        first.tell(plan.order)
        from antiphon.commands.panel.shown import running_panel, show
        from antiphon.commands.performance import perform

        if (address := running_panel(plan.settings.midi.client_name)) is not None:
            show(address, not no_browser)
            return
        shown = partial(show, browser=not no_browser)
        perform(first, serve, heard, plan, None, True, shown, alone=True)
