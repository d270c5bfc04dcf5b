"""Hits of a continuation, as the benchmark counts them."""

import pytest

from antiphon_training.judge.answers import JudgedAnswer
from antiphon_training.judge.continuation import continued, hits
from toy_answers import quarters, toy_opening

TRUE = [(0, 60), (4, 62), (8, 64), (12, 65)]


@pytest.mark.parametrize(
    ("made", "f1"),
    [
        (TRUE, 1.0),
        ([(onset + 2, pitch + 5) for onset, pitch in TRUE], 1.0),  # all moved in time and pitch
        (TRUE[:3], 0.8),  # recall 2/3, precision 1
        ([(0, 60), (4, 62), (9, 64), (14, 66)], 1 / 3),
        ([(0, 60)], 0.0),
        ([], 0.0),
    ],
)
def test_f1_by_hand(made: list[tuple[int, int]], f1: float) -> None:
    part, of = hits(TRUE, made)
    assert part / of == pytest.approx(f1)


def test_only_ten_quarters_count() -> None:
    opening = toy_opening("60 _ _ _", quarters(range(60, 72)))
    same_so_long = JudgedAnswer(opening, tuple(quarters([*range(60, 70), 40, 30]).split()))
    assert continued(same_so_long) == (18, 18)
