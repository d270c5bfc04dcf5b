"""The choices of a session, and which of them were hurried."""

from antiphon.perform.answer.ahead import Choices


def test_choices_are_counted_and_those_that_were_hurried_are_known():
    choices = Choices()
    choices.hurried[1] = 17
    assert [choices.next() for _ in range(3)] == [(0, None), (1, 17), (2, None)]
