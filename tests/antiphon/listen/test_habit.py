"""What repeats is learned, chance is not, and a new habit takes the place of the old."""

import numpy as np
import pytest

from antiphon.listen.habit import Habit

ONE = Habit.none((10.0,), 5.0)


def ones(values):
    return np.ones((len(values), 1)), np.array(values, float)


def learned(values, habit=ONE):
    return float(habit.hear(*ones(values)).coefficients[0])


def test_nothing_heard_is_no_habit():
    assert ONE.coefficients.tolist() == [0.0]
    assert ONE.hear(np.zeros((0, 1)), np.zeros(0)) is ONE


def test_what_always_happens_is_believed_the_more_the_oftener_it_happens():
    found = [learned([8.0] * often) for often in (1, 3, 10, 50)]
    assert found == sorted(found)
    assert found[0] < 5.0
    assert found[-1] == pytest.approx(8.0, abs=0.1)


def test_chance_is_not_believed():
    chance = np.random.default_rng(3)
    found = [abs(learned(chance.normal(0.0, 10.0, 12))) for _ in range(40)]
    own = [abs(float(np.mean(chance.normal(0.0, 10.0, 12)))) for _ in range(40)]
    assert np.mean(found) < 0.6 * np.mean(own)


def test_a_slip_counts_little():
    steady = [8.0, 7.0, 9.0, 8.0, 7.5, 8.5, 8.0, 8.2]
    assert learned([*steady, 80.0]) == pytest.approx(learned(steady), abs=0.7)


def test_another_habit_takes_the_place_of_the_old_one_at_once():
    before = ONE.hear(*ones([8.0, 7.0, 9.0] * 20))
    assert learned([-8.0, -7.0, -9.0, -8.0] * 2, before) == pytest.approx(-8.0, abs=0.6)
    assert learned([7.0, 9.0, 8.0, 6.0] * 2, before) == pytest.approx(7.9, abs=0.3)


def test_old_observations_count_less_and_less():
    habit = ONE
    for value in [4.0] * 20 + [5.0] * 40:
        habit = habit.hear(*ones([value - 1.0, value + 1.0] * 4))
    assert float(habit.coefficients[0]) == pytest.approx(5.0, abs=0.15)


def test_two_causes_are_told_apart():
    chance = np.random.default_rng(1)
    x = chance.normal(size=(60, 2))
    y = 6.0 * x[:, 0] - 3.0 * x[:, 1] + chance.normal(0.0, 1.0, 60)
    found = Habit.none((10.0, 10.0), 5.0).hear(x, y).coefficients
    assert found == pytest.approx([6.0, -3.0], abs=0.5)
