"""What rows have said, and how it was drawn."""

import math

import numpy as np
import pytest

from antiphon.compose.sampling import Draw, SamplingSettings, adaptive_temperature
from antiphon.compose.side_by_side.said_rows import NOT_ASKED, SaidRows

HOLD, SETTINGS = 2, SamplingSettings()


def test_a_row_holds_for_certain_until_something_is_said():
    said = SaidRows(2, 4, HOLD, SETTINGS)
    said.ids[1, 1], said.how[1, 1] = 0, (1.5, 0.9, 0.25)
    certain = Draw(HOLD, 0.0, adaptive_temperature(0.0, SETTINGS), 1.0)
    assert said.draws(0, 0, 4, set()) == (certain,) * 4
    assert said.draws(1, 0, 3, {1}) == (certain, Draw(0, 1.5, 0.9, 0.25), certain)
    assert [draw.quoted for draw in said.draws(1, 0, 3, {1})] == [False, True, False]


def test_of_a_hold_that_was_not_asked_the_entropy_is_that_of_a_hold_or_not():
    said = SaidRows(1, 2, HOLD, SETTINGS)
    said.how[0, 0] = NOT_ASKED, NOT_ASKED, 0.75
    said.how[0, 1] = NOT_ASKED, NOT_ASKED, 1.0
    first, second = said.draws(0, 0, 2, set())
    entropy = -0.75 * math.log(0.75) - 0.25 * math.log(0.25)
    assert (first.symbol_id, first.probability) == (HOLD, 0.75)
    assert first.entropy == pytest.approx(entropy)
    assert first.temperature == pytest.approx(adaptive_temperature(entropy, SETTINGS))
    assert (second.entropy, second.probability) == (0.0, 1.0)
    assert np.isnan(said.how[0, 0, 0])
