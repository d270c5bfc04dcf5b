"""The page of plots is drawn, whatever there is to draw."""

import struct

import pytest

from antiphon_training.judge.answers import JudgedAnswer
from antiphon_training.judge.comparison import AnswerSet, judge
from antiphon_training.judge.comparison_plots import plots
from antiphon_training.judge.copying import CopyIndex
from toy_answers import quarters, toy_answer

LONG = toy_answer(quarters(range(60, 72)), quarters(range(60, 72)))
SHORT = toy_answer("60 _ _ _", "60 _ _ _")


@pytest.mark.parametrize("judged", [[LONG, LONG], [SHORT]], ids=["much", "hardly anything"])
@pytest.mark.parametrize("bundles", [1, 8])
def test_the_page_is_a_picture_of_its_size(judged: list[JudgedAnswer], bundles: int) -> None:
    answers = [AnswerSet(f"bundle {number}", judged) for number in range(bundles)]
    index = CopyIndex([answer.whole for answer in judged])
    drawn = plots(judge(answers, AnswerSet("true", judged), AnswerSet("others", judged), index), "Title")
    assert drawn.startswith(b"\x89PNG")
    assert struct.unpack(">II", drawn[16:24]) == (2000, 1100)
