import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.compose.lstm_weights import LstmWeights
from antiphon.compose.model import StreamModel, WindowModel
from fakes import random_stack, random_weights


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def textbook(weights, ids):
    """The LSTM of Hochreiter and Schmidhuber as Keras writes it, in float64 and with nothing clever."""
    heard = np.eye(weights.symbols)[list(ids)]
    for layer in weights.layers:
        heard = textbook_layer(layer, heard)
    logits = heard[-1] @ weights.out_kernel + weights.out_bias
    return np.exp(logits) / np.exp(logits).sum()


def textbook_layer(layer, heard):
    units = layer.units
    h = c = np.zeros(units)
    states = []
    for x in heard:
        z = x @ layer.kernel.astype(float) + h @ layer.recurrent.astype(float) + layer.bias
        gate_in, forget, fresh, out = (z[k * units : (k + 1) * units] for k in range(4))
        c = sigmoid(forget) * c + sigmoid(gate_in) * np.tanh(fresh)
        h = sigmoid(out) * np.tanh(c)
        states.append(h)
    return states


NETWORKS = {
    "one layer": lambda seed: random_weights(7, seed=seed),
    "two layers": lambda seed: random_stack(7, (9, 5), seed),
    "three layers": lambda seed: random_stack(7, (4, 6, 3), seed),
}


@pytest.mark.parametrize("network", NETWORKS)
@settings(deadline=None)
@given(ids=st.lists(st.integers(0, 6), min_size=1, max_size=60), seed=st.integers(0, 100))
def test_the_stream_is_the_textbook_lstm(network, ids, seed):
    weights = NETWORKS[network](seed)
    model = StreamModel(weights)
    for i in ids:
        probabilities = model.step(i)
    assert probabilities == pytest.approx(textbook(weights, ids), abs=1e-5)
    assert probabilities.sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("network", NETWORKS)
@settings(deadline=None)
@given(ids=st.lists(st.integers(0, 6), min_size=1, max_size=30), length=st.integers(1, 9))
def test_the_window_is_the_textbook_lstm_on_the_last_symbols(network, ids, length):
    weights = NETWORKS[network](0)
    model = WindowModel(weights, length, padding_id=3)
    for end in range(1, len(ids) + 1):
        probabilities = model.step(ids[end - 1])
        heard = ([3] * length + ids[:end])[-length:]
        assert probabilities == pytest.approx(textbook(weights, heard), abs=1e-5)


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
