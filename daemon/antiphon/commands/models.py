"""`antiphon models`: what ships, and how well it does."""

import json

import click

from antiphon import bundle
from antiphon.bundle import Figures
from antiphon.commands.options import shared


@click.command()
@shared("json")
def models(as_json: bool) -> None:
    """List the models that ship, how well they know songs they never met, and the terms of use."""
    cards = [bundle.read_card(bundle.find(name)) for name in bundle.shipped_names()]
    if as_json:
        click.echo(json.dumps([card.model_dump(mode="json") for card in cards]))
        return
    for card in cards:
        figures = next((f for f in card.figures if f.split == "test"), None)
        click.echo(f"{card.name:<10} {card.description}  [{_measured(figures)}]")
        click.echo(f"{'':<10} {card.corpus.title}: {card.corpus.licence}")


def _measured(figures: Figures | None) -> str:
    if figures is None:
        return ""
    said = f"{figures.bits_per_onset:.2f} bits a note on {figures.songs} held-out songs"
    remembering = figures.bits_per_onset_with_memory
    return said if remembering is None else f"{said}, {remembering:.2f} with memory"
