"""Bits of songs in numpy are those of the daemon's steps and of Keras's loss."""

import numpy as np
import pytest

from antiphon.compose.event_grid import SIXTEENTHS
from antiphon.compose.events_model import EventModel
from antiphon.compose.form import NO_FORM, Form
from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.symbols import Vocabulary, parse
from antiphon_training.data.event_batches import padded
from antiphon_training.data.song_events import EventSong, event_song
from antiphon_training.network.event_network import EventNetwork
from antiphon_training.recipe import RECIPES
from antiphon_training.score.event_bits import song_bits
from toy_songs import SCALE

VOCABULARY = Vocabulary.of([SCALE])
HOLD, END = VOCABULARY.id("_"), VOCABULARY.id("/")
SONGS = [
    event_song(parse(stream), VOCABULARY, bars)
    for stream, bars in (
        ("60 _ _ _ 62 _ 64 _ r _ 65 _ _ _ _ _ 67", Bars("3/4", -4)),
        ("71 " + "_ " * 31 + "72 _", NO_BARS),
        ("r", Bars("4/4")),
    )
]


@pytest.fixture(scope="module")
def network() -> EventNetwork:
    network = EventNetwork(RECIPES["default"].with_settings(units=12), VOCABULARY)
    rng = np.random.default_rng(0)
    network.model.set_weights([rng.normal(0, 0.4, array.shape) for array in network.model.get_weights()])
    return network


def stepped_bits(network: EventNetwork, song: EventSong, form: Form) -> float:
    model, ids = EventModel(network.weights(), HOLD, END), song.ids(HOLD)
    model.reset(song.bars)
    model.hear(END)
    model.tell(form)
    first = -np.log2(model.expected()[[*ids, END][0]])
    return first - sum(
        np.log2(model.step(int(now))[after]) for now, after in zip(ids, [*ids[1:], END], strict=True)
    )


@pytest.mark.parametrize("form", [NO_FORM, Form(17, False, 4), Form(30, True)])
def test_they_are_the_bits_of_the_stream_stepped_symbol_by_symbol(network: EventNetwork, form: Form) -> None:
    found = song_bits(network.weights(), [song.told(form, SIXTEENTHS) for song in SONGS], HOLD, END)
    assert found == pytest.approx([stepped_bits(network, song, form) for song in SONGS], rel=1e-5)


def test_they_are_the_loss_that_is_trained(network: EventNetwork) -> None:
    batch = padded(SONGS, END)
    loss = network.loss(network.model(network.inputs(batch), training=False), batch)
    found = song_bits(network.weights(), SONGS, HOLD, END)
    assert float(loss.nats) / np.log(2) == pytest.approx(found.sum(), rel=1e-5)
    assert float(loss.symbols) == sum(song.steps + 1 for song in SONGS)
    assert float(loss.terms) == sum(len(song.symbols) + 1 for song in SONGS)
