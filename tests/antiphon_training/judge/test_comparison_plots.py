"""The page of plots is drawn, whatever there is to draw."""

import struct

import pytest

from antiphon_training.judge.answers import Reply
from antiphon_training.judge.comparison import Replies, judge
from antiphon_training.judge.comparison_plots import plots
from antiphon_training.judge.copying import CopyIndex
from toy_replies import quarters, toy_reply

LONG = toy_reply(quarters(range(60, 72)), quarters(range(60, 72)))
SHORT = toy_reply("60 _ _ _", "60 _ _ _")


@pytest.mark.parametrize("replies", [[LONG, LONG], [SHORT]], ids=["much", "hardly anything"])
@pytest.mark.parametrize("bundles", [1, 8])
def test_the_page_is_a_picture_of_its_size(replies: list[Reply], bundles: int) -> None:
    answers = [Replies(f"bundle {number}", replies) for number in range(bundles)]
    index = CopyIndex([reply.whole for reply in replies])
    drawn = plots(judge(answers, Replies("true", replies), Replies("others", replies), index), "Title")
    assert drawn.startswith(b"\x89PNG")
    assert struct.unpack(">II", drawn[16:24]) == (2000, 1100)
