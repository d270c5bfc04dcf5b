"""The daemon's numpy arithmetic on notes and rests is Keras's: whole distributions, step by step."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.event_weights import EventWeights
from antiphon.compose.events_model import EventModel
from antiphon.compose.form import NO_FORM, Form
from antiphon.compose.lstm import softmax
from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.symbols import Vocabulary, parse
from antiphon_training.data.event_batches import padded
from antiphon_training.data.song_events import EventSong, event_song
from antiphon_training.network.event_network import EventNetwork, event_weights_of
from antiphon_training.network.network import Model, keras
from antiphon_training.recipe import RECIPES
from toy_songs import SCALE

VOCABULARY = Vocabulary.of([SCALE])
HOLD, END = VOCABULARY.id("_"), VOCABULARY.id("/")
STREAM = parse("60 _ _ _ 62 r 64 _ _ 65 _ _ _ _ _ _ _ 67 _ 60")
FINE = EventGrid(12, (1, 2, 3, 4, 6, 8, 12))


def random_network(random_seed: int, grid: EventGrid = SIXTEENTHS) -> EventNetwork:
    keras().utils.set_random_seed(random_seed)
    network = EventNetwork(RECIPES["default"].with_settings(units=12), VOCABULARY, grid)
    rng = np.random.default_rng(random_seed)
    network.model.set_weights([rng.normal(0, 0.4, array.shape) for array in network.model.get_weights()])
    return network


def logits(model: Model, song: EventSong, grid: EventGrid = SIXTEENTHS) -> tuple[np.ndarray, np.ndarray]:
    following, lasting = model(list(padded([song], END, grid)[: len(model.inputs)]), training=False)
    return np.asarray(following)[0], np.asarray(lasting)[0]


def following_by_keras(
    model: Model,
    stream: tuple[str, ...],
    bars: Bars,
    grid: EventGrid = SIXTEENTHS,
    form: Form = NO_FORM,
) -> np.ndarray:
    """What Keras says after a stream: its last note goes on, or it is over and the next symbol follows."""
    song = event_song(stream, VOCABULARY, bars).told(form, grid)
    following, lasting = logits(model, song, grid)
    n = len(song.symbols)
    chances, lengths = softmax(following[n]), softmax(lasting[n - 1])
    kind = grid.class_of(int(song.lengths[-1]))
    over = lengths[kind] / lengths[kind:].sum()
    chances *= over
    chances[HOLD] = 1.0 - over
    return chances


@pytest.mark.parametrize("bars", [NO_BARS, Bars("3/4", -4), Bars("2/2", 3), Bars("5/4")])
@pytest.mark.parametrize("random_seed", range(2))
def test_stepped_in_numpy_it_is_keras_at_every_step(random_seed: int, bars: Bars) -> None:
    network = random_network(random_seed)
    stepped = EventModel(network.weights(), HOLD, END)
    stepped.reset(bars)
    assert stepped.step(END)[HOLD] == 0.0
    for place, symbol in enumerate(STREAM, start=1):
        ours = stepped.step(VOCABULARY.id(symbol))
        assert ours.sum() == pytest.approx(1.0, abs=1e-9)
        assert np.abs(ours - following_by_keras(network.model, STREAM[:place], bars)).max() < 1e-5


@pytest.mark.parametrize("bars", [Bars("", 0, 12), Bars("3/4", -4, 12), Bars("6/8", 7, 12)])
def test_on_a_finer_grid_too_wherever_a_note_may_end(bars: Bars) -> None:
    network = random_network(3, FINE)
    stepped = EventModel(network.weights(), HOLD, END, FINE)
    stepped.reset(bars)
    stepped.step(END)
    for place, symbol in enumerate(STREAM, start=1):
        ours = stepped.step(VOCABULARY.id(symbol))
        if not stepped.must_hold:
            theirs = following_by_keras(network.model, STREAM[:place], bars, FINE)
            assert np.abs(ours - theirs).max() < 1e-5


@pytest.mark.parametrize("form", [Form(40), Form(12, True, 4), Form(None, False, 3)])
def test_told_of_a_form_it_is_keras_too(form: Form) -> None:
    network, bars = random_network(4, FINE), Bars("3/4", -4, 12)
    stepped = EventModel(network.weights(), HOLD, END, FINE)
    stepped.reset(bars)
    stepped.hear(END)
    stepped.tell(form)
    for place, symbol in enumerate(STREAM, start=1):
        stepped.hear(VOCABULARY.id(symbol))
        if not stepped.must_hold:
            theirs = following_by_keras(network.model, STREAM[:place], bars, FINE, form)
            assert np.abs(stepped.expected() - theirs).max() < 1e-5


def test_before_the_first_note_it_is_keras_too() -> None:
    network, bars = random_network(0), Bars("3/4", -4)
    stepped = EventModel(network.weights(), HOLD, END)
    stepped.reset(bars)
    expected = softmax(logits(network.model, event_song(STREAM, VOCABULARY, bars))[0][0])
    assert np.abs(stepped.step(END) - expected).max() < 1e-5


def test_the_length_of_a_note_follows_from_what_came_before_it_its_symbol_and_its_place() -> None:
    model = random_network(1).model
    streams = ["60 62 64 _ 65", "60 62 64 _ 67", "60 62 65 _ 65", "60 67 64 _ 65"]
    songs = [event_song(parse(stream), VOCABULARY, Bars("4/4")) for stream in streams]
    lasting = [logits(model, song)[1][2] for song in songs]
    same = [np.allclose(lasting[0], other, atol=1e-6) for other in lasting]
    assert same == [True, True, False, False]
    elsewhere = logits(model, songs[0].in_bars(Bars("4/4", 1)))[1][2]
    assert not np.allclose(lasting[0], elsewhere, atol=1e-6)


def test_its_weights_are_the_arrays_of_its_layers_and_survive_a_file(tmp_path: Path) -> None:
    network = random_network(2)
    network.model.save(tmp_path / "model.keras")
    read = keras().models.load_model(tmp_path / "model.keras", compile=False)
    song = event_song(STREAM, VOCABULARY, Bars("4/4"))
    for ours, theirs in zip(logits(network.model, song), logits(read, song), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for name in EventWeights.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(event_weights_of(read), name), getattr(network.weights(), name))


def test_the_default_network_has_the_sizes_of_the_recipe() -> None:
    weights = EventNetwork(RECIPES["default"], VOCABULARY).weights()
    assert weights.units == 256
    widths = [table.shape[1] for table in weights.tables]
    assert (widths, len(weights.length_bias)) == ([96, 32, 64, 16, 0, 12, 24, 8, 4], 128)


def test_a_recipe_that_tells_no_forms_has_no_inputs_for_them() -> None:
    silent = replace(RECIPES["default"], close_told=0.0, open_told=0.0, phrase_told=0.0)
    network = EventNetwork(silent.with_settings(units=12), VOCABULARY)
    assert not network.weights().knows_form
    assert len(network.model.inputs) == 6
