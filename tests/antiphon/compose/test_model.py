import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.compose.model import LstmWeights, StreamModel, WindowModel, build, prime
from fakes import random_weights


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def textbook(weights, ids):
    """The LSTM of Hochreiter and Schmidhuber as Keras writes it, in float64 and with nothing clever."""
    units = weights.units
    h = c = np.zeros(units)
    for i in ids:
        z = weights.kernel[i].astype(float) + h @ weights.recurrent.astype(float) + weights.bias
        gate_in, forget, fresh, out = (z[k * units : (k + 1) * units] for k in range(4))
        c = sigmoid(forget) * c + sigmoid(gate_in) * np.tanh(fresh)
        h = sigmoid(out) * np.tanh(c)
    logits = h @ weights.out_kernel + weights.out_bias
    return np.exp(logits) / np.exp(logits).sum()


@settings(deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=60), st.integers(0, 100))
def test_the_stream_is_the_textbook_lstm(ids, seed):
    weights = random_weights(7, seed=seed)
    model = StreamModel(weights)
    for i in ids:
        probabilities = model.step(i)
    assert probabilities == pytest.approx(textbook(weights, ids), abs=1e-5)
    assert probabilities.sum() == pytest.approx(1.0, abs=1e-12)


@settings(deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=30), st.integers(1, 9))
def test_the_window_is_the_textbook_lstm_on_the_last_symbols(ids, length):
    weights = random_weights(7)
    model = WindowModel(weights, length, padding_id=3)
    for i in ids:
        probabilities = model.step(i)
    heard = ([3] * length + ids)[-length:]
    assert probabilities == pytest.approx(textbook(weights, heard), abs=1e-5)


@pytest.mark.parametrize("context", ["stream", "window"])
def test_reset_forgets(context):
    model = build(random_weights(7), context, 5, end_id=0)
    first = prime(model, [1, 2, 3], end_id=0)
    model.step(4)
    assert (prime(model, [1, 2, 3], end_id=0) == first).all()


def test_probabilities_given_out_are_not_overwritten():
    model = StreamModel(random_weights(7))
    first = model.step(1)
    kept = first.copy()
    model.step(2)
    assert (first == kept).all()


def test_weights_that_do_not_fit_are_named():
    good = random_weights(7)
    with pytest.raises(ValueError, match=r"bias must have shape \(48,\), got \(47,\)"):
        LstmWeights(good.kernel, good.recurrent, good.bias[:-1], good.out_kernel, good.out_bias)
    broken = good.out_bias.copy()
    broken[0] = np.nan
    with pytest.raises(ValueError, match="out_bias holds a number that is not finite"):
        LstmWeights(good.kernel, good.recurrent, good.bias, good.out_kernel, broken)


def test_a_window_holds_something():
    with pytest.raises(ValueError, match="1 symbol or more, got 0"):
        WindowModel(random_weights(7), 0, 0)
