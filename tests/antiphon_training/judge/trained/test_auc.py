"""The area under the curve, worked out by hand, and an interval that holds it."""

import numpy as np
import pytest

from antiphon_training.judge.trained.auc import area, auc


@pytest.mark.parametrize(
    ("true", "ours", "expected"),
    [
        ([0, 1], [2, 3], 1.0),
        ([2, 3], [0, 1], 0.0),
        ([1, 1], [1, 1], 0.5),
        ([0, 2], [1, 2], 0.625),  # of four pairs two are right, one is a tie
        ([0], [0, 1, 1, -1], 0.625),
    ],
)
def test_the_area_is_the_share_of_pairs_in_the_right_order(
    true: list[float], ours: list[float], expected: float
) -> None:
    assert auc(np.array(true, float), np.array(ours, float)) == expected


def test_the_area_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(2)
    true, ours = np.round(rng.normal(0, 1, 70), 1), np.round(rng.normal(0.3, 1, 50), 1)  # with ties
    expected = roc_auc_score(np.repeat([0, 1], [70, 50]), np.concatenate([true, ours]))
    assert auc(true, ours) == pytest.approx(expected, abs=1e-12)


def test_the_interval_holds_the_area_and_is_wider_where_songs_depend_on_each_other() -> None:
    rng = np.random.default_rng(1)
    true, ours = rng.normal(0, 1, 200), rng.normal(0.5, 1, 200)
    alone = area(true, ours, [str(song) for song in range(200)])
    again = area(true, ours, [str(song) for song in range(200)])
    in_tens = area(
        np.repeat(true[:20], 10), np.repeat(ours[:20], 10), [str(song // 10) for song in range(200)]
    )
    assert alone == again
    assert alone.low < alone.auc < alone.high
    assert alone.answers == 200
    assert 0.08 < alone.high - alone.low < 0.14  # Hanley & McNeil's standard error is 0.028
    assert in_tens.high - in_tens.low > 2 * (alone.high - alone.low)


def test_an_area_is_written_with_its_interval() -> None:
    assert str(area(np.array([0.0, 0.0]), np.array([1.0, 1.0]), ["a", "b"])) == "1.000 (1.000–1.000)"


@pytest.mark.parametrize(("true", "groups"), [([1.0], ["a", "b"]), ([], [])])
def test_scores_that_do_not_fit_are_refused(true: list[float], groups: list[str]) -> None:
    with pytest.raises(ValueError, match=r"true scores"):
        area(np.array(true), np.array(true), groups)
