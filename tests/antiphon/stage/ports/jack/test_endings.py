"""Which messages are sent again after JACK lost time."""

from hypothesis import given
from hypothesis import strategies as st

from antiphon.stage.ports.jack.endings import Endings


def sent_again(endings, now_s, output=0):
    endings.time_was_lost(now_s)
    return list(endings.of(output)) if endings.due(now_s) else None


def test_a_note_that_ended_is_ended_again_and_one_that_sounds_is_not():
    endings = Endings()
    for at_s, message in enumerate(
        [(0x93, 60, 64), (0x83, 60, 0), (0x90, 60, 64), (0x90, 62, 9), (0x90, 62, 0)]
    ):
        endings.follow(0, at_s / 10, bytes(message))
    endings.follow(1, 0.5, b"\x80\x40\x00")
    assert sent_again(endings, 0.6) == [b"\x83\x3c\x00", b"\x90\x3e\x00"]


def test_pedals_are_sent_again_and_no_other_controller():
    endings = Endings()
    for message in (
        b"\xb0\x40\x7f",
        b"\xb0\x40\x00",
        b"\xb0\x07\x64",
        b"\xb0\x60\x00",
        b"\xe0\x00\x40",
        b"\xc0\x05",
    ):
        endings.follow(0, 0.0, message)
    assert sent_again(endings, 0.1) == [b"\xb0\x40\x00"]


def test_what_ended_long_ago_is_not_sent_again():
    endings = Endings()
    endings.follow(0, 0.0, b"\x80\x3c\x00")
    endings.follow(0, 1.0, b"\x80\x3e\x00")
    assert sent_again(endings, 2.5) == [b"\x80\x3e\x00"]


def test_they_are_sent_twice_after_the_last_moment_that_was_lost():
    endings = Endings()
    assert not endings.due(0.0)
    endings.time_was_lost(1.0)
    endings.time_was_lost(1.01)
    assert [endings.due(1.0 + wait / 100) for wait in range(16)] == [wait in (1, 11) for wait in range(16)]
    assert not endings.due(9.0)


def test_a_server_that_loses_time_again_and_again_is_not_flooded():
    endings, sent = Endings(), 0
    for number in range(100):  # a period of 2.7 ms each time
        endings.time_was_lost(number * 0.0027)
        sent += endings.due(number * 0.0027)
    assert sent == 6


notes = st.tuples(st.sampled_from([0x80, 0x90]), st.integers(60, 62), st.integers(0, 1))


@given(st.lists(notes, max_size=30))
def test_what_is_sent_again_never_ends_what_sounds(messages):
    endings, sounding = Endings(), set()
    for status, pitch, velocity in messages:
        endings.follow(0, 0.0, bytes([status, pitch, velocity]))
        (sounding.add if status == 0x90 and velocity else sounding.discard)(pitch)
    again = {message[1] for message in sent_again(endings, 0.1)}
    assert again == {pitch for _, pitch, _ in messages} - sounding
