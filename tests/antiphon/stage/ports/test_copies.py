"""Copies of messages against repetitions, and note-offs that come after the next note-on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import ControlChange, NoteOff, NoteOn, ProgramChange
from antiphon.stage.ports.copies import COPY_S, LATE_S, CopyFilter, LateReleases

DELAYS = st.floats(0.0, 0.02)


def counted(messages):
    """The messages that are no copies, in the order of their moments."""
    copies = CopyFilter()
    ordered = sorted(messages, key=lambda timed: timed[0])
    return [(at_s, event) for at_s, event in ordered if not copies.is_copy(event, at_s)]


def repeated(wait_s, gate_s, times, velocity=80):
    """One pitch struck again and again, in order."""
    strikes = [(n * wait_s, NoteOn(60, velocity)) for n in range(times)]
    return sorted(strikes + [(n * wait_s + gate_s, NoteOff(60)) for n in range(times)], key=lambda t: t[0])


@pytest.mark.parametrize("gate_s", [0.005, 0.015, 0.025, 0.04])
def test_the_fastest_repetition_anybody_plays_is_kept(gate_s):
    played = repeated(0.042, gate_s, 20)
    assert counted(played) == played


@given(st.sampled_from([0.042, 0.06, 0.25]), st.floats(0.1, 0.95), st.data())
def test_of_every_message_that_comes_twice_one_counts(wait_s, share, data):
    played = repeated(wait_s, share * wait_s, 10)
    delay_s = data.draw(DELAYS)
    assert counted(played + [(at_s + delay_s, event) for at_s, event in played]) == played


@given(st.lists(DELAYS, min_size=40, max_size=40))
def test_each_copy_may_have_a_delay_of_its_own(delays):
    played = repeated(0.25, 0.2, 20)
    copied = [(at_s + late_s, event) for (at_s, event), late_s in zip(played, delays, strict=True)]
    assert counted(played + copied) == played


def test_three_inputs_are_one():
    played = repeated(0.1, 0.06, 10)
    assert counted(played * 3) == played


def test_only_as_many_releases_are_copies_as_strikes_were():
    """A pad that triggers twice strikes again at once, harder: both notes are ended."""
    twice = [(0.0, NoteOn(60)), (0.01, NoteOff(60)), (0.02, NoteOn(60, 90)), (0.025, NoteOff(60))]
    copied = [(0.001, NoteOn(60)), (0.011, NoteOff(60))]
    assert counted(twice + copied) == twice


def test_other_velocities_pitches_and_channels_are_other_notes():
    chord = [
        (0.0, NoteOn(60, 80)),
        (0.001, NoteOn(64, 80)),
        (0.002, NoteOn(60, 81)),
        (0.003, NoteOn(60, 81, 1)),
    ]
    assert counted(chord) == chord


def test_a_copy_is_recognised_up_to_its_limit_and_no_further():
    for apart_s, kept in ((COPY_S - 0.001, 1), (COPY_S + 0.001, 2)):
        assert len(counted([(0.0, NoteOn(60)), (apart_s, NoteOn(60))])) == kept


@pytest.mark.parametrize("change", [ControlChange(64, 127, 3), ProgramChange(5)])
def test_a_change_that_says_the_same_at_once_is_a_copy(change):
    assert counted([(0.0, change), (0.02, change), (0.5, change)]) == [(0.0, change), (0.5, change)]
    other = ControlChange(64, 0, 3)
    assert counted([(0.0, change), (0.01, other)]) == [(0.0, change), (0.01, other)]


def test_many_strikes_without_a_release_are_not_kept():
    copies = CopyFilter()
    for n in range(10_000):
        assert not copies.is_copy(NoteOn(60), n * 0.1)
    assert len(copies._pitches[0, 60].struck) < 10


def in_order(messages):
    releases = LateReleases()
    return [(at_s, one) for at_s, event in messages for one in releases.in_order(event, at_s)]


@pytest.mark.parametrize("after_s", [0.0, 0.001, 0.03])
def test_a_release_just_after_the_next_strike_is_the_one_before(after_s):
    on, off = NoteOn(60), NoteOff(60)
    assert in_order([(0.0, on), (0.5, on), (0.5 + after_s, off), (0.9, off)]) == [
        (0.0, on),
        (0.5, off),
        (0.5, on),
        (0.9, off),
    ]


def test_it_is_late_once_and_not_for_long():
    on, off = NoteOn(60), NoteOff(60)
    begun = [(0.0, on), (0.5, off), (0.5, on)]
    assert in_order([(0.0, on), (0.5, on), (0.51, off), (0.52, off)]) == [*begun, (0.52, off)]
    later_s = 0.5 + LATE_S + 0.01
    assert in_order([(0.0, on), (0.5, on), (later_s, off)]) == [*begun, (later_s, off)]


def test_a_note_that_was_struck_again_and_lasts_longer_than_a_late_note_off_comes_is_ended():
    """Some devices send one note-off only where a pitch is struck twice."""
    on, off = NoteOn(60), NoteOff(60)
    assert in_order([(0.0, on), (0.5, on), (0.56, off)])[-1] == (0.56, off)


def test_after_a_key_came_up_in_another_way_its_next_release_is_not_late():
    releases, on, off = LateReleases(), NoteOn(60), NoteOff(60)
    releases.in_order(on, 0.0)
    releases.ended(off)
    assert releases.in_order(on, 0.5) == [on]
    assert releases.in_order(off, 0.52) == [off]


def test_an_ordinary_release_is_never_late():
    ordinary = [
        repeated(0.042, 0.02, 10),
        [(0.0, NoteOff(60)), (0.1, NoteOn(60)), (0.11, NoteOff(60))],
        [(0.0, NoteOn(60)), (0.1, NoteOn(60, channel=1)), (0.11, NoteOff(60))],
    ]
    for played in ordinary:
        assert in_order(played) == played
