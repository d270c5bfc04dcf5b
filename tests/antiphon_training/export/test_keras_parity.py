"""Probabilities of Keras and of the daemon are compared where they should agree; differences are found."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from antiphon.compose.event_weights import EventWeights
from antiphon_training.data.dataset import Dataset, load_dataset
from antiphon_training.data.song_events import event_songs
from antiphon_training.export.keras_parity import keras_chances, largest_difference
from antiphon_training.network.network_kinds import network_for
from antiphon_training.recipe import RECIPES
from toy_songs import toy_data


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return load_dataset(toy_data(tmp_path / "data"))


@pytest.mark.parametrize("name", RECIPES)
def test_an_untrained_network_agrees_with_its_own_weights_and_not_with_others(
    name: str, dataset: Dataset
) -> None:
    recipe = RECIPES[name].with_settings(units=8)
    network = network_for(recipe, dataset.vocabulary)
    weights = network.weights()
    asked = recipe.context, recipe.window_length, dataset
    assert largest_difference(network.model, weights, *asked) < 1e-6
    other = replace(weights, recurrent=weights.recurrent + 0.05 * np.sign(weights.recurrent))
    assert largest_difference(network.model, other, *asked) > 1e-5


def test_a_wrong_length_layer_is_found_too(dataset: Dataset) -> None:
    network = network_for(RECIPES["default"].with_settings(units=8), dataset.vocabulary)
    weights = network.weights()
    assert isinstance(weights, EventWeights)
    other = replace(
        weights, length_out_bias=weights.length_out_bias + np.linspace(0, 0.1, 33, dtype=np.float32)
    )
    assert largest_difference(network.model, other, "stream", 64, dataset) > 1e-4


def test_without_songs_nothing_agrees(dataset: Dataset) -> None:
    network = network_for(RECIPES["default"].with_settings(units=8), dataset.vocabulary)
    untested = replace(dataset, songs=tuple(dataset.of("train")))
    assert largest_difference(network.model, network.weights(), "stream", 64, untested) == float("inf")


def test_a_song_of_notes_longer_than_the_network_knows_is_passed_over(dataset: Dataset) -> None:
    network = network_for(RECIPES["default"].with_settings(units=8), dataset.vocabulary)
    song = replace(dataset.of("test")[0], stream=("60", *["_"] * 40))
    assert largest_difference(
        network.model, network.weights(), "stream", 64, replace(dataset, songs=(song,))
    ) == float("inf")


def test_the_chances_of_a_note_are_those_of_its_symbol_and_of_its_length(dataset: Dataset) -> None:
    network = network_for(RECIPES["default"].with_settings(units=8), dataset.vocabulary)
    song, end_id = event_songs(dataset, "test")[0], dataset.vocabulary.id("/")
    chances = keras_chances(network.model, song, end_id)
    assert chances.shape == (song.stream_symbols,)
    assert ((chances > 0) & (chances < 1)).all()
