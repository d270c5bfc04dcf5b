"""`antiphon models`: what ships, and how well it does."""

import json

import click

from antiphon import bundle
from antiphon.commands.options import shared


@click.command()
@shared("json")
def models(as_json: bool) -> None:
    """List the models that ship."""
    cards = [bundle.read_card(bundle.find(name)) for name in bundle.shipped_names()]
    if as_json:
        click.echo(json.dumps([card.model_dump(mode="json") for card in cards]))
        return
    for card in cards:
        figures = next((f for f in card.figures if f.split == "test"), None)
        measured = f"{figures.bits_per_symbol:.3f} bits a symbol on held-out songs" if figures else ""
        click.echo(f"{card.name:<10} {card.description}  [{measured}]")
        click.echo(f"{'':<10} {card.corpus.title}: {card.corpus.licence}")
