"""Songs on one grid, measured by models that have another."""

import numpy as np
import pytest

from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.place import Bars
from antiphon.compose.symbols import Vocabulary, parse, regridded
from antiphon.errors import Failure
from antiphon_training.score.evaluate import measure
from antiphon_training.score.evaluated_model import EvaluatedModel, HeldOut
from fakes import random_event_weights
from toy_songs import SCALE

VOCABULARY = Vocabulary.of([SCALE])
FINE = EventGrid(24, (6, 8, 12, 24))
EIGHTHS = parse("60 _ 62 _ 64 _ 65 _ 67 _ _ _")
TRIPLETS = parse(" ".join(f"{pitch} " + "_ " * 7 for pitch in (60, 62, 64)))
SONG, TRIPLET_SONG = (HeldOut(stream, Bars("4/4", 0, 24)) for stream in (regridded(EIGHTHS, 4, 24), TRIPLETS))


def model(grid: EventGrid = SIXTEENTHS) -> EvaluatedModel:
    weights = random_event_weights(len(VOCABULARY), grid=grid)
    return EvaluatedModel("toy", weights, VOCABULARY, "stream", 64, grid=grid)


def test_a_song_goes_to_a_grid_that_can_say_it_and_to_no_other() -> None:
    assert SONG.on_grid(4) == HeldOut(EIGHTHS, Bars("4/4", 0, 4))
    assert TRIPLET_SONG.on_grid(4) is None
    assert TRIPLET_SONG.on_grid(12) is not None
    assert [model().says(SONG), model().says(TRIPLET_SONG)] == [True, False]
    assert [model(FINE).says(SONG), model(FINE).says(TRIPLET_SONG)] == [True, True]
    assert not model(EventGrid(24, (6, 12))).says(TRIPLET_SONG)


def test_a_model_of_sixteenths_needs_the_same_bits_for_a_song_on_any_grid() -> None:
    there = HeldOut(EIGHTHS, Bars("4/4", 0, 4))
    np.testing.assert_array_equal(model().bits([SONG]), model().bits([there]))
    with pytest.raises(Failure, match="its grid cannot say 1 of the songs"):
        model().bits([SONG, TRIPLET_SONG])


def test_models_are_measured_on_what_all_of_them_can_say() -> None:
    report = measure([model(), model(FINE)], [SONG, TRIPLET_SONG], "songs", None)
    assert (report.songs, report.left_out, report.onsets) == (1, 1, 5)
    assert measure([model(FINE)], [SONG, TRIPLET_SONG], "songs", None).left_out == 0
