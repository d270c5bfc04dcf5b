"""One step of the layer is the textbook's; a softmax sums to one, however large its logits are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.lstm import LstmState, prepared, softmax

UNITS = 3


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def textbook(carry, gates):
    """Hochreiter and Schmidhuber's step, in float64; gates in Keras's order i f c o."""
    i, f, c, o = np.split(gates.astype(float), 4)
    after = sigmoid(f) * carry + sigmoid(i) * np.tanh(c)
    return sigmoid(o) * np.tanh(after), after


@given(st.lists(st.integers(0, 2**16), min_size=1, max_size=5))
def test_steps_are_those_of_the_textbook(seeds):
    state, carry = LstmState(UNITS), np.zeros(UNITS)
    for seed in seeds:
        gates = np.random.default_rng(seed).normal(0, 2, 4 * UNITS).astype(np.float32)
        hidden, carry = textbook(carry, gates)
        state.follow(state, prepared(gates))
        assert state.hidden == pytest.approx(hidden, abs=1e-5)
        assert state.carry == pytest.approx(carry, abs=1e-5)


def test_a_state_may_follow_another_one_which_stays():
    before, after = LstmState(UNITS), LstmState(UNITS)
    before.carry += 0.5
    after.follow(before, prepared(np.ones(4 * UNITS, np.float32)))
    assert (before.carry == 0.5).all()
    assert (before.hidden == 0).all()
    assert after.hidden == pytest.approx(textbook(np.full(UNITS, 0.5), np.ones(4 * UNITS))[0], abs=1e-6)


def test_a_reset_forgets():
    state = LstmState(UNITS)
    state.follow(state, prepared(np.ones(4 * UNITS, np.float32)))
    state.reset()
    assert (state.hidden == 0).all()
    assert (state.carry == 0).all()


@given(st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=9))
def test_a_softmax_sums_to_one(logits):
    said = softmax(np.array(logits, np.float32))
    assert said.dtype == np.float64
    assert said.sum() == pytest.approx(1.0)
    assert said[logits.index(max(logits))] == said.max()
