"""What is taken for a hold without asking is what a draw would give."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.sampling import SamplingSettings, draw_rows
from antiphon.compose.side_by_side.sure_holds import sure_holds

SETTINGS = st.builds(
    SamplingSettings,
    temperature=st.floats(0.1, 3),
    sure_factor=st.floats(0.5, 2),
    unsure_factor=st.floats(0.5, 2),
    softness=st.sampled_from([0.0, 0.1, 1.0]),
    min_temperature=st.sampled_from([0.1, 0.8]),
    max_temperature=st.sampled_from([0.9, 2.0]),
    min_p=st.sampled_from([0.0, 0.1]),
    top_p=st.sampled_from([1.0, 0.8]),
)


@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=8),
    st.lists(st.just(0.0) | st.floats(1e-3, 3), min_size=8, max_size=8),
    st.floats(1e-3, 30),
    st.integers(0, 7),
    st.floats(0, 1, exclude_max=True),
    st.floats(1, 3),
    SETTINGS,
)
def test_a_hold_that_is_sure_is_drawn(others, weights, held, hold, chance, loose, settings):
    """`others` are their likelihoods beside `held`, that of the hold; the bound is `loose`."""
    size, hold = len(others) + 1, hold % (len(others) + 1)
    row, weight = np.insert(np.array(others), hold, held), np.array([*weights, 1.0])[:size]
    weight[hold] = weight[hold] or 1.0
    against = np.array([loose * sum(others) / held])
    most = np.array([np.delete(weight, hold).max() / weight[hold]])
    chances = np.array([chance])
    if sure_holds(against, most, chances, settings, size)[0]:
        assert draw_rows((row / row.sum())[None], settings, weight[None], chances).ids.tolist() == [hold]


def test_most_draws_of_a_hold_that_is_all_but_certain_are_sure_and_none_of_one_that_is_not():
    chances, once = np.linspace(0, 1, 1001)[:-1], np.ones(1000)
    likely = sure_holds(0.001 * once, once, chances, SamplingSettings(), 45)
    assert 0.98 < likely.mean() < 1
    assert not sure_holds(once, once, chances, SamplingSettings(), 45).any()
    assert not sure_holds(0.001 * once, np.inf * once, chances, SamplingSettings(), 45).any()
