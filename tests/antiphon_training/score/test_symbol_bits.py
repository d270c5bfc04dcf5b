"""Bits in batches are those of the daemon's own models, step by step."""

from itertools import pairwise

import numpy as np
import pytest

from antiphon.compose.lstm_weights import LstmWeights
from antiphon.compose.model import Model, StreamModel, WindowModel
from antiphon.compose.symbols import END, Vocabulary
from antiphon_training.score.symbol_bits import Network
from fakes import random_stack
from toy_songs import random_weights

VOCABULARY = Vocabulary(("60", "62", "64", "/", "_", "r"))
END_ID = VOCABULARY.id(END)
SONGS = [np.array(song, np.int32) for song in ([0, 4, 1, 4, 2], [2], [], [1, 1, 0, 4, 4, 4, 2, 5, 4])]


def stepped(model: Model, song: np.ndarray) -> float:
    """A song's bits by the daemon's own stepping."""
    model.reset()
    text = [END_ID, *song.tolist(), END_ID]
    return float(sum(-np.log2(model.step(heard)[asked]) for heard, asked in pairwise(text)))


def test_a_streams_bits_are_those_of_the_daemons_model_in_the_order_of_the_songs() -> None:
    weights = random_weights(len(VOCABULARY), 8)
    expected = [stepped(StreamModel(weights), song) for song in SONGS]
    found = Network(weights, "stream", 64, END_ID).bits(SONGS)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_several_layers_are_heard_one_above_another() -> None:
    weights = random_stack(len(VOCABULARY), (8, 6, 5))
    for context, model in (("stream", StreamModel(weights)), ("window", WindowModel(weights, 4, END_ID))):
        found = Network(weights, context, 4, END_ID).bits(SONGS)  # type: ignore[arg-type]
        np.testing.assert_allclose(found, [stepped(model, song) for song in SONGS], atol=1e-4)


def test_a_windows_bits_are_those_of_the_daemons_model() -> None:
    weights = random_weights(len(VOCABULARY), 8)
    expected = [stepped(WindowModel(weights, 4, END_ID), song) for song in SONGS]
    found = Network(weights, "window", 4, END_ID).bits(SONGS)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def uniform_weights(symbols: int) -> LstmWeights:
    return LstmWeights(
        *(np.zeros(shape, np.float32) for shape in ((symbols, 16), (4, 16), (16,), (4, symbols), (symbols,)))
    )


@pytest.mark.parametrize("context", ["stream", "window"])
def test_a_network_that_knows_nothing_needs_log2_of_the_vocabulary(context: str) -> None:
    network = Network(uniform_weights(8), context, 4, 5)  # type: ignore[arg-type]
    assert network.bits(SONGS).tolist() == [3.0 * (len(song) + 1) for song in SONGS]
