"""What was heard before is counted, by hand in small songs."""

from hypothesis import given
from hypothesis import strategies as st

from antiphon_training.judge.repetition import repeated_bars, repeated_runs
from toy_answers import quarters, toy_answer


def test_a_run_that_the_phrase_had_counts_at_any_pitch() -> None:
    answer = toy_answer(quarters([60, 62, 64]), quarters([67, 69, 71, 60]))
    # Intervals 2 2 | 3 2 2 −11: runs of two that begin in the answer are (2 2) and (2 −11).
    assert repeated_runs(answer, 2) == (1, 2)
    assert repeated_runs(answer, 3) == (0, 1)


def test_a_run_that_the_answer_itself_had_counts() -> None:
    answer = toy_answer(quarters([60]), quarters([62, 65, 62, 65, 62]))
    # In the answer 3 −3 3 −3: runs of two (3 −3), (−3 3), (3 −3).
    assert repeated_runs(answer, 2) == (1, 3)


def test_the_runs_of_the_phrase_alone_are_not_counted() -> None:
    answer = toy_answer(quarters([60, 62, 60, 62, 60, 62]), quarters([67]))
    assert repeated_runs(answer, 2) == (0, 0)


def test_a_run_is_of_eight_intervals_unless_said() -> None:
    tune = [60, 61, 63, 66, 70, 75, 69, 64, 60]
    assert repeated_runs(toy_answer(quarters(tune), quarters(tune))) == (1, 1)
    assert repeated_runs(toy_answer(quarters(tune), quarters([*tune[:8], 61]))) == (0, 1)


def test_a_bar_is_compared_with_the_one_so_many_before() -> None:
    answer = toy_answer("60 _ _ _ 62 _ 64 _", "60 _ _ _ 60 _ _ _ 62 _ 64 _ 62 _ 65 _")
    assert [repeated_bars(answer, lag) for lag in (1, 2, 3, 4)] == [(1, 4), (1, 4), (2, 3), (0, 2)]
    assert repeated_bars(answer, 8) == (0, 0)


def test_bars_begin_after_the_pickup_and_a_part_of_one_is_none() -> None:
    answer = toy_answer("67 60 _ _ _", "60 _ _ _ 60 _", pickup_steps=1)
    assert repeated_bars(answer, 1) == (1, 1)


@given(st.lists(st.integers(60, 64), min_size=1, max_size=12), st.lists(st.integers(60, 64), min_size=9))
def test_an_answer_that_says_its_phrase_again_has_all_runs_but_those_over_its_beginning(
    before: list[int], tune: list[int]
) -> None:
    repeated, total = repeated_runs(toy_answer(quarters([*before, *tune]), quarters(tune)))
    assert repeated == total == len(tune) - 8
