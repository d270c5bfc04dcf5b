import numpy as np
import pytest

from antiphon.harmony.chord import Chord
from antiphon.harmony.theory import PLACES, STEPS, function_of, theory

TABLE = theory()


def test_shares_sum_to_one():
    for shares in (TABLE.usual, TABLE.moves, TABLE.scale, TABLE.heard, TABLE.bass):
        assert np.allclose(shares.sum(axis=-1), 1)
        assert (shares > 0).all()


def test_the_tables_have_the_shapes_they_say():
    shapes = (2, 24), (2, len(STEPS), 24, 24), (2, len(PLACES), 24), (3, 2, 12), (2, 12), (2, 12), (2, 12)
    tables = (TABLE.usual, TABLE.moves, TABLE.places, TABLE.melody, TABLE.scale, TABLE.heard, TABLE.bass)
    assert tuple(table.shape for table in tables) == shapes


@pytest.mark.parametrize(("step", "changes"), [("within", 0.4), ("bar line", 0.65)])
def test_a_chord_changes_about_once_a_bar(step, changes):
    stays = TABLE.moves[:, STEPS.index(step)].diagonal(axis1=1, axis2=2)
    assert np.allclose(stays, 1 - changes)


def test_functions_of_major_and_minor():
    assert [function_of(chord, False) for chord in (Chord(0), Chord(5), Chord(2, True), Chord(7))] == [
        0,
        1,
        1,
        2,
    ]
    assert [function_of(chord, True) for chord in (Chord(0, True), Chord(0), Chord(7), Chord(3))] == [
        0,
        3,
        2,
        3,
    ]
