"""Layers that fit each other, and a stack that is written and read by the names of its arrays."""

from dataclasses import replace

import numpy as np
import pytest

from antiphon.compose.lstm_weights import LstmStackWeights, multiplications, stack_names
from fakes import random_stack, random_weights


def test_a_stack_is_its_arrays_by_name():
    weights = random_stack(7, (5, 3))
    assert list(weights.arrays()) == stack_names(2)
    back = LstmStackWeights.of(weights.arrays())
    for name, array in weights.arrays().items():
        assert (back.arrays()[name] == array).all()
    assert (back.kind, back.symbols, back.units) == ("lstm-stack", 7, 3)


def test_layers_that_do_not_fit_are_named():
    weights = random_stack(7, (5, 3))
    with pytest.raises(ValueError, match="kernel_2 must have 5 rows, as many as layer 1 has units, got 7"):
        replace(weights, layers=(weights.layers[0], random_stack(7, (3, 3)).layers[0]))
    with pytest.raises(ValueError, match="a stack must have 2–8 layers, got 1"):
        replace(weights, layers=weights.layers[:1])
    with pytest.raises(ValueError, match="a stack must have 2–8 layers, got 9"):
        random_stack(7, (3,) * 9)
    with pytest.raises(ValueError, match=r"out_bias must have shape \(7,\), got \(6,\)"):
        replace(weights, out_bias=weights.out_bias[:-1])
    broken = np.full_like(weights.layers[1].bias, np.inf)
    with pytest.raises(ValueError, match="bias holds a number that is not finite"):
        replace(weights.layers[1], bias=broken)


def test_the_first_layer_looks_its_input_up():
    assert multiplications(random_weights(7, units=4)) == 4 * 16
    assert multiplications(random_stack(7, (4, 3))) == 4 * 16 + 4 * 12 + 3 * 12
