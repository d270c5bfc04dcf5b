"""Onsets in quarters on the lines that a score would have."""

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.midi.snapping import snapped


def places(*onsets):
    return [float(one.at) for one in snapped(onsets)]


@pytest.mark.parametrize("parts", [4, 3, 6, 8])
def test_each_division_of_a_beat_is_exact(parts):
    onsets = [Fraction(n, parts) for n in range(3 * parts)]
    assert [one.at for one in snapped([float(onset) for onset in onsets])] == onsets


def test_a_triplet_moves_nothing_in_the_beats_around_it():
    assert places(0, 0.5, 1, 4 / 3, 5 / 3, 2, 2.25, 2.5, 3) == pytest.approx(
        [0, 0.5, 1, 4 / 3, 5 / 3, 2, 2.25, 2.5, 3]
    )


def test_an_onset_a_little_early_belongs_to_its_beat():
    assert places(0.02, 0.97, 1.49, 1.96) == [0, 1, 1.5, 2]


@given(st.lists(st.integers(0, 1), min_size=8, max_size=64), st.integers(0, 99))
def test_sixteenths_played_unevenly_are_sixteenths(struck, seed):
    chance = random.Random(seed)
    steps = [step for step, sounds in enumerate(struck) if sounds and step % 4 in (0, 2)]
    onsets = [max(0.0, step / 4 + chance.uniform(-0.03, 0.03)) for step in steps]
    assert places(*onsets) == [step / 4 for step in steps]
