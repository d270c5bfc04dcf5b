"""The kinds of network there are: what each of them is built as and what it hears, in one table."""

from collections.abc import Callable
from typing import NamedTuple

from antiphon.compose.context import Context
from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.symbols import Vocabulary
from antiphon.errors import Failure
from antiphon_training.data.batches import Feed, songs_feed, windows_feed
from antiphon_training.data.dataset import Dataset
from antiphon_training.data.event_batches import events_feed
from antiphon_training.network.event_network import EventNetwork
from antiphon_training.network.network import Network, SymbolNetwork
from antiphon_training.recipe import NetworkKind, Recipe


class NetworkAndFeed(NamedTuple):
    """An untrained network, and its material."""

    network: Callable[[Recipe, Vocabulary, EventGrid], Network]
    feed: Callable[[Recipe, Dataset], Feed]


def _symbol_network(recipe: Recipe, vocabulary: Vocabulary, grid: EventGrid) -> Network:  # noqa: ARG001
    """Symbols say lengths step by step, so that no table of lengths is needed."""
    return SymbolNetwork(recipe, vocabulary)


NETWORK_KINDS: dict[tuple[NetworkKind, Context], NetworkAndFeed] = {
    ("lstm", "window"): NetworkAndFeed(_symbol_network, windows_feed),
    ("lstm", "stream"): NetworkAndFeed(_symbol_network, songs_feed),
    ("events", "stream"): NetworkAndFeed(EventNetwork, events_feed),
}


def network_for(recipe: Recipe, vocabulary: Vocabulary, grid: EventGrid = SIXTEENTHS) -> Network:
    return NETWORK_KINDS[recipe.network, recipe.context].network(recipe, vocabulary, grid)


def feed_for(recipe: Recipe, dataset: Dataset) -> Feed:
    """The material of a recipe: training songs to learn from, validation songs to be measured on.

    Raises Failure where either has no song.
    """
    for split in ("train", "valid"):
        if not dataset.songs_of(split):
            raise Failure(f"{dataset.folder}: no song is in the {split} split; prepare more songs")
    return NETWORK_KINDS[recipe.network, recipe.context].feed(recipe, dataset)
