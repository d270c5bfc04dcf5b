"""`antiphon models`: the models that ship, and how good they are."""

import json

import click

from antiphon import bundle
from antiphon.bundle import Card, Figures
from antiphon.commands.options import shared


@click.command()
@click.option("--long", is_flag=True, help="Print the corpus and its licence, too.")
@shared("json")
def models(long: bool, as_json: bool) -> None:
    """List the models that ship, and how well they predict songs that they did not learn from."""
    cards = [bundle.read_card(bundle.find(name)) for name in bundle.shipped_names()]
    if as_json:
        click.echo(json.dumps([card.model_dump(mode="json") for card in cards]))
        return
    for card in cards:
        figures = next((f for f in card.figures if f.split == "test"), None)
        click.echo(f"{card.name:<10} {card.description}  [{_measured(figures)}]{_critic(card)}")
        if long:
            click.echo(f"{'':<10} {card.corpus.title}: {card.corpus.licence}")


def _critic(card: Card) -> str:
    return "" if card.critic_sha256 is None else ", with a critic"


def _measured(figures: Figures | None) -> str:
    if figures is None:
        return ""
    said = f"{figures.bits_per_onset:.2f} bits a note on {figures.songs} held-out songs"
    remembering = figures.bits_per_onset_with_memory
    return said if remembering is None else f"{said}, {remembering:.2f} with memory"
