"""Our notes that come back, and the player's that look like them."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import NoteOff, NoteOn
from antiphon.stage.ports.echo import ECHO_S, EchoFilter

NOTES = st.one_of(
    st.builds(NoteOn, st.integers(60, 62), st.integers(70, 72), st.integers(0, 1)),
    st.builds(NoteOff, st.integers(60, 62), st.integers(0, 1)),
)


@pytest.mark.parametrize(
    ("arrived", "after_s", "echo"),
    [
        (NoteOn(60, 80), 0.02, True),
        (NoteOn(60, 80), 0.09, True),
        (NoteOn(60, 80), ECHO_S + 0.01, False),
        (NoteOn(60, 80), 0.15, False),
        (NoteOn(60, 81), 0.02, False),
        (NoteOn(61, 80), 0.02, False),
        (NoteOn(60, 80, 1), 0.02, False),
    ],
)
def test_the_same_note_soon_after_is_an_echo(arrived, after_s, echo):
    ours = EchoFilter()
    ours.sent(NoteOn(60, 80), 1.0)
    assert ours.is_echo(arrived, 1.0 + after_s) == echo


def test_a_note_sent_once_comes_back_once():
    ours = EchoFilter()
    ours.sent(NoteOn(60, 80), 1.0)
    assert [ours.is_echo(NoteOn(60, 80), 1.02) for _ in range(2)] == [True, False]


def test_the_release_of_an_echo_is_an_echo_however_late():
    ours = EchoFilter()
    ours.sent(NoteOn(60, 80), 1.0)
    assert ours.is_echo(NoteOn(60, 80), 1.05)
    assert ours.is_echo(NoteOff(60), 9.0)
    assert not ours.is_echo(NoteOff(60), 9.1)


def test_a_key_that_the_player_holds_is_released_by_the_player():
    ours = EchoFilter()
    assert not ours.is_echo(NoteOn(60, 90), 0.0)
    ours.sent(NoteOn(60, 80), 1.0)
    ours.sent(NoteOff(60), 1.4)
    assert not ours.is_echo(NoteOff(60), 1.45)


def test_of_two_held_the_release_just_after_ours_is_the_echo():
    ours = EchoFilter()
    ours.is_echo(NoteOn(60, 90), 0.0)
    ours.sent(NoteOn(60, 80), 1.0)
    assert ours.is_echo(NoteOn(60, 80), 1.02)
    ours.sent(NoteOff(60), 1.4)
    assert [ours.is_echo(NoteOff(60), 1.42), ours.is_echo(NoteOff(60), 2.0)] == [True, False]


def test_a_key_that_the_player_played_before_does_not_make_an_echo_the_players():
    ours = EchoFilter()
    for moment_s, event in ((0.0, NoteOn(60, 90)), (0.5, NoteOff(60))):
        assert not ours.is_echo(event, moment_s)
    ours.sent(NoteOn(60, 80), 1.0)
    assert ours.is_echo(NoteOn(60, 80), 1.02)
    assert ours.is_echo(NoteOff(60), 2.0)


@given(st.lists(NOTES))
def test_what_was_never_sent_is_never_an_echo(arrivals):
    ours = EchoFilter()
    assert not any(ours.is_echo(event, place / 100) for place, event in enumerate(arrivals))


@given(st.lists(NOTES, max_size=40))
def test_a_perfect_loop_gives_nothing_back(sent):
    ours, heard = EchoFilter(), []
    for place, event in enumerate(sent):
        ours.sent(event, place / 100)
        heard.append(ours.is_echo(event, place / 100 + 0.005))
    ons = [echo for event, echo in zip(sent, heard, strict=True) if isinstance(event, NoteOn)]
    assert all(ons)


def test_what_is_kept_does_not_grow_with_the_notes_that_were_sent():
    """Every channel, pitch and velocity once: what left longer ago than an echo takes is forgotten."""
    ours, at_s = EchoFilter(), 0.0
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for channel in range(2):
        for pitch in range(128):
            for velocity in range(1, 128):
                at_s += 0.01
                ours.sent(NoteOn(pitch, velocity, channel), at_s)
                ours.is_echo(NoteOn(pitch, 128 - velocity, channel), at_s)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 200_000
