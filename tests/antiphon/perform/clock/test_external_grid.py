"""The external clock's grid: steps go forward only, bars stay bars, and the past is remembered as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import Lead, PlayedNote
from antiphon.perform.clock.external_grid import ExternalGrid, playable
from antiphon.timebase import Meter

BARS = Meter(4, 4)


def follow(course, *leads):
    transport, jumped = None, []
    for lead in leads:
        transport, jump = course.follow(lead, transport, lead.at_s)
        jumped.append(jump)
    return transport, jumped


def test_steps_are_the_external_clocks():
    transport, _ = follow(ExternalGrid(BARS, 4), Lead(5.0, 10.0, 120.0))
    assert transport.grid.steps_at(5.0) == pytest.approx(40)
    assert transport.grid.bpm == 120


def test_a_song_that_begins_before_its_beginning_is_counted_from_a_bar_earlier():
    course = ExternalGrid(BARS, 4)
    transport, _ = follow(course, Lead(5.0, -1.0, 120.0))
    assert transport.grid.steps_at(5.0) == pytest.approx(12)
    assert course.ahead_steps == 16


@pytest.mark.parametrize(
    ("to", "steps", "jumped"),
    [(0.0, 32, False), (4.0, 32, False), (100.0, 32, False), (1.0, 36, True), (9.0, 36, True)],
)
def test_jumps(to, steps, jumped):
    """Two bars were played; the external clock is now somewhere else."""
    course = ExternalGrid(BARS, 4)
    transport, jumps = follow(course, Lead(0.0, 0.0, 120.0), Lead(4.0, to, 120.0))
    assert transport.grid.steps_at(4.0) == pytest.approx(steps)
    assert jumps[-1] is jumped
    assert course.ahead_steps == pytest.approx(steps - 4 * to)


@pytest.mark.parametrize("steps", [4, 12, 24])
@pytest.mark.parametrize(("late_s", "jumped"), [(0.02, False), (-0.02, False), (0.04, True), (-0.04, True)])
def test_a_server_that_loses_a_little_time_has_not_jumped_however_fine_the_grid(steps, late_s, jumped):
    course = ExternalGrid(BARS, steps)
    _, jumps = follow(course, Lead(0.0, 0.0, 120.0), Lead(4.0 + late_s, 8.0, 120.0))
    assert jumps[-1] is jumped


def test_the_meter_may_come_from_the_external_clock():
    transport, _ = follow(ExternalGrid(BARS, 4), Lead(0.0, 0.0, 120.0, meter=Meter(3, 4)))
    assert transport.bar_steps == 12


def test_a_phrase_over_a_change_of_tempo_lies_where_it_was_played():
    course = ExternalGrid(BARS, 4)
    follow(course, Lead(0.0, 0.0, 120.0), Lead(2.0, 4.0, 60.0))
    # Beats 3 and 4 at 120, beats 5 and 6 at 60.
    played = [PlayedNote(60, 80, at_s, at_s + 0.25) for at_s in (1.0, 1.5, 2.0, 3.0)]
    straight = course.straightened(played)
    assert [note.onset_s for note in straight] == pytest.approx([0.0, 1.0, 2.0, 3.0])
    assert straight[0].release_s == pytest.approx(0.5)
    assert [course.steps_at(note.onset_s) for note in played] == pytest.approx([8, 12, 16, 20])


def test_what_is_forgotten_does_not_change_what_follows():
    course = ExternalGrid(BARS, 4)
    follow(course, *(Lead(n / 10, n / 5, 120.0) for n in range(50)))
    course.forget_before(4.0)
    assert course.steps_at(4.5) == pytest.approx(36)


def test_it_tells_of_a_jump_at_once_and_of_a_moving_tempo_at_beats():
    course, transport, told = ExternalGrid(BARS, 4), None, []
    for n in range(97):
        at_s = n / 48 if n < 48 else 1 + (n - 48) / 52
        lead = Lead(at_s, n / 24, 120.0 if n < 48 else 130.0)
        transport, jumped = course.follow(lead, transport, at_s)
        told += course.report(at_s, jumped)
    assert [round(f.at_s, 3) for f in told] == [0.0, 1.019]
    transport, jumped = course.follow(Lead(2.0, 9.0, 120.0), transport, 2.0)
    assert [f.jumped for f in course.report(2.0, jumped)] == [True]


@pytest.mark.parametrize(
    ("lead", "is_playable"),
    [
        (Lead(0, 0, 120.0), True),
        (Lead(0, 0, 120.0, rolling=False), False),
        (Lead(0, 0, 19.99), True),
        (Lead(0, 0, 310.0), False),
        (Lead(0, 0, float("nan")), False),
        (Lead(0, float("nan"), 120.0), False),
        (Lead(0, float("-inf"), 120.0), False),
        (Lead(0, 1e8, 120.0), False),
    ],
)
def test_what_can_be_played_at(lead, is_playable):
    assert playable(lead) is is_playable


@given(
    st.lists(
        st.tuples(st.floats(0, 5), st.floats(-10, 1000), st.floats(20, 300), st.booleans()),
        min_size=1,
        max_size=20,
    )
)
def test_steps_never_go_back_and_bars_are_the_external_clocks(moves):
    course, transport, at_s = ExternalGrid(BARS, 4), None, 0.0
    for gap_s, quarters, bpm, placed in moves:
        at_s += gap_s
        was = None if transport is None else transport.grid.steps_at(at_s)
        transport, _ = course.follow(Lead(at_s, quarters, bpm, placed=placed), transport, at_s)
        here = transport.grid.steps_at(at_s)
        assert here >= (0 if was is None else was) - 0.26
        if placed:
            off = (here - 4 * quarters) % 16
            assert min(off, 16 - off) < 1e-6
