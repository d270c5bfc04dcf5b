import pytest

from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.perform.reports import Ended, Pressed, Received, Released, Sent
from antiphon.perform.take_records import Closed, Lost, last_moment, moment_of

ON, OFF = Timed(3.0, NoteOn(60, 80)), Timed(4.0, NoteOff(60))


@pytest.mark.parametrize(
    ("record", "at_s"),
    [
        (Received(ON), 3.0),
        (Sent(ON, 0.1), 3.0),
        (Released(OFF), 4.0),
        (Ended(5.0, 2.0), 5.0),
        (Pressed(6.0, "panic"), 6.0),
    ],
)
def test_what_happened_has_a_moment(record, at_s):
    assert moment_of(record) == at_s


@pytest.mark.parametrize("record", [Lost(3), Closed()])
def test_what_a_take_says_of_itself_has_none(record):
    assert moment_of(record) is None
    assert last_moment(2.0, record) == 2.0


def test_a_session_has_reached_the_latest_moment_but_not_that_of_a_note_that_the_next_one_ended():
    assert last_moment(2.0, Received(ON)) == 3.0
    assert last_moment(3.5, Received(ON)) == 3.5
    assert last_moment(2.0, Released(OFF)) == 2.0
