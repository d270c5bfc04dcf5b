"""What the probabilities of steps are multiplied with is looked up once for each."""

import numpy as np

from antiphon.compose.side_by_side.step_weights import StepWeights

HOLD, WEIGHTS = 1, np.array([2.0, 1.0, 0.5])
FREE, FIRST = np.ones(3), np.array([1.0, 0.0, 1.0])


def test_factors_that_do_not_ask_for_the_pitch_are_asked_once_for_each_step():
    asked = []

    def factors(step, last_pitch):
        asked.append((step, last_pitch))
        return FREE if step else FIRST

    weights = StepWeights(factors, False, 4, WEIGHTS, HOLD)
    places = weights.places(np.array([0, 2, 2, 0, 3]), [60, 60, 61, None, 60])
    assert weights.at(places).tolist() == [
        (WEIGHTS * (FREE if step else FIRST)).tolist() for step in (0, 2, 2, 0, 3)
    ]
    assert sorted(asked) == [(0, None), (2, None), (3, None)]
    assert weights.others[places].tolist() == [np.inf, 2.0, 2.0, np.inf, 2.0]


def test_factors_that_ask_for_the_pitch_are_looked_up_by_it():
    rows = {last: np.array([1.0, 1.0, 1.0 + last]) for last in range(20)}
    weights = StepWeights(lambda _, last: rows[last], True, 4, WEIGHTS, HOLD)
    places = weights.places(np.arange(20) % 4, list(range(20)))
    assert weights.at(places)[:, 2].tolist() == [0.5 * (1 + last) for last in range(20)]
    assert weights.others[places].tolist() == [max(2.0, 0.5 * (1 + last)) for last in range(20)]


def test_what_is_changed_in_a_copy_stays_as_it_was():
    weights = StepWeights(lambda *_: FREE, False, 4, WEIGHTS, HOLD)
    places = weights.places(np.array([1]), [None])
    weights.at(places)[:] = 0.0
    assert weights.at(places).tolist() == [WEIGHTS.tolist()]
