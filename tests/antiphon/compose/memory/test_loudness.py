"""The memory is louder where it foresees what is heard and the network does not."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.memory.loudness import Loudness

SURPRISED = np.array([0.9, 0.05, 0.05])
REMEMBERED = np.array([0.0, 0.5, 0.0])


def after(symbol_id, times, expected=SURPRISED, added=REMEMBERED):
    loudness = Loudness()
    for _ in range(times):
        loudness.hear(symbol_id, expected, added)
    return loudness.factor


def test_it_begins_as_loud_as_it_was_fitted():
    assert Loudness().factor == 1.0


def test_what_the_memory_alone_foresees_makes_it_louder():
    assert 1 < after(1, 1) < after(1, 5) < after(1, 20)


def test_what_the_memory_alone_did_not_foresee_makes_it_softer():
    assert after(0, 5) < after(0, 1) < 1


def test_a_memory_that_says_nothing_stays_as_it_is():
    assert after(0, 10, added=np.zeros(3)) == 1.0


def test_what_neither_foresees_makes_it_softer_and_is_no_mistake():
    assert after(0, 10, expected=np.array([0.0, 0.5, 0.5])) < 1


def test_a_phrase_is_strange_where_the_memory_alone_foresees_it():
    loudness = Loudness()
    assert loudness.strangeness == 0
    for _ in range(50):
        loudness.hear(1, SURPRISED, REMEMBERED)
    assert 0.5 < loudness.strangeness < 1


def test_a_new_phrase_begins_anew():
    loudness = Loudness()
    loudness.hear(1, SURPRISED, REMEMBERED)
    loudness.begin()
    assert loudness.factor == 1.0


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1e3), st.floats(0, 1)), max_size=60))
def test_it_stays_within_its_limits(heard):
    loudness = Loudness()
    for symbol_id, added, expected in heard:
        of_all = np.array([expected, (1 - expected) / 2, (1 - expected) / 2])
        loudness.hear(symbol_id, of_all, np.array([added, 0.0, added / 2]))
        assert 0.49 < loudness.factor < 32.01
