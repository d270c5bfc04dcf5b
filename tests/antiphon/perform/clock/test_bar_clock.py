"""Where the bars are, and who says so: what moves the grid, and by how much."""

import pytest

from antiphon.events import Lead, PlayedNote
from antiphon.perform.clock.bar_clock import BarClock
from antiphon.perform.settings import ClockSettings, TempoSettings
from antiphon.perform.transport import Transport
from antiphon.timebase import Grid, Meter

FIXED, FOLLOW = TempoSettings("fixed", 120.0), TempoSettings("follow", 120.0)
INTERNAL, LINK = ClockSettings(), ClockSettings(source="link")
METER = Meter.parse("4/4")
LEFT = Transport(Grid(100.0, 3.0), METER)


def lead(at_s, quarters, bpm=120.0, rolling=True):
    return Lead(at_s, quarters, bpm, rolling, True, METER, "link")


def test_the_first_note_is_the_first_downbeat_and_no_later_one_is():
    time = BarClock(FIXED, INTERNAL, 4)
    assert (time.transport, time.steps_at(1.0), time.changes(1.0, False, True)) == (None, None, [])
    time.begin(5.0)
    time.begin(9.3)
    assert time.transport == Transport(Grid(120.0, 5.0), METER)
    assert time.steps_at(5.5) == pytest.approx(4.0)


def test_what_an_earlier_session_left_goes_on():
    time = BarClock(FIXED, INTERNAL, 4, LEFT)
    time.begin(9.3)
    assert time.transport == LEFT


@pytest.mark.parametrize(
    ("tempo", "clock", "led", "follows"),
    [(FIXED, INTERNAL, False, False), (FOLLOW, INTERNAL, False, True), (FOLLOW, LINK, True, False)],
)
def test_one_leads(tempo, clock, led, follows):
    time = BarClock(tempo, clock, 4)
    assert (time.led, time.follows_player) == (led, follows)


@pytest.mark.parametrize(
    ("before", "after", "bpm"),
    [
        (FIXED, TempoSettings("fixed", 60.0), 60.0),
        (FOLLOW, TempoSettings("fixed", 120.0), 120.0),  # what was followed is given up
        (FIXED, FIXED, 100.0),  # nothing is changed, and another's grid goes on
        (FIXED, FOLLOW, 100.0),
    ],
)
def test_another_tempo_goes_on_from_where_we_are(before, after, bpm):
    time = BarClock(before, INTERNAL, 4, LEFT)
    here = LEFT.grid.steps_at(7.0)
    shift = time.set(after, 7.0)
    assert time.transport.grid.bpm == bpm
    assert time.steps_at(7.0) == pytest.approx(here)
    assert not shift.jumped
    if bpm == 100.0:
        assert shift.moved_s is None
    else:
        assert shift.moved_s(7.0) == pytest.approx(7.0)
        # What was due a second later is due at the same place in the bar.
        assert shift.moved_s(8.0) == pytest.approx(7.0 + 100.0 / bpm)


def test_where_the_external_clock_leads_a_tempo_of_ours_waits():
    time = BarClock(FIXED, LINK, 4)
    time.follow(lead(1.0, 0.0), 1.0)
    before = time.transport
    assert time.set(TempoSettings("fixed", 60.0), 2.0).moved_s is None
    assert time.transport == before


def test_the_external_clock_is_followed_and_says_where_it_jumped():
    time = BarClock(FIXED, LINK, 4)
    assert not time.follow(time.hear(lead(1.0, 0.0)), 1.0).jumped
    assert time.steps_at(2.0) == pytest.approx(8.0)
    faster = time.follow(time.hear(lead(2.0, 2.0, bpm=240.0)), 2.0)
    assert not faster.jumped
    assert faster.moved_s(3.0) == pytest.approx(2.5)
    jump = time.follow(time.hear(lead(3.0, 7.0, bpm=240.0)), 3.0)
    assert jump.jumped
    assert jump.moved_s is None


def test_what_is_told_of_the_bars():
    time = BarClock(FIXED, LINK, 4)
    time.follow(time.hear(lead(1.0, 0.0)), 1.0)
    (told,) = time.changes(1.0, False, False)
    assert (told.grid, told.jumped) == (time.transport.grid, False)
    assert time.changes(1.1, False, False) == []  # nothing new
    ours = BarClock(FIXED, INTERNAL, 4, LEFT)
    assert [one.grid for one in ours.changes(5.0, False, True)] == [LEFT.grid]


def test_who_does_not_lead_is_not_heard():
    time = BarClock(FIXED, INTERNAL, 4)
    assert time.hear(lead(1.0, 0.0)) is None
    time.choose(LINK)
    assert time.hear(lead(1.0, 0.0)) is not None


def test_a_phrase_is_as_it_was_played_where_nobody_leads():
    played = [PlayedNote(60, 80, 1.0, 1.5)]
    assert BarClock(FIXED, INTERNAL, 4, LEFT).straight(played) == tuple(played)


def test_a_phrase_through_a_change_of_tempo_is_laid_on_the_grid_as_it_is_now():
    time = BarClock(FIXED, LINK, 4)
    time.follow(time.hear(lead(1.0, 0.0)), 1.0)
    time.follow(time.hear(lead(2.0, 2.0, bpm=240.0)), 2.0)
    # Quarters before and after the change, as they would have been at the new tempo.
    played = [PlayedNote(60, 80, 1.5, 2.0), PlayedNote(62, 80, 2.0, 2.25)]
    straight = time.straight(played)
    lengths = [note.release_s - note.onset_s for note in straight]
    assert lengths == pytest.approx([0.25, 0.25])


def test_a_plan_holds_until_it_is_withdrawn_and_stays_once_it_is_committed():
    time = BarClock(FOLLOW, INTERNAL, 4, LEFT)
    planned = Transport(Grid(110.0, 3.1), Meter(3, 4))
    time.plan(planned)
    assert time.transport == planned
    time.withdraw()
    assert time.transport == LEFT
    time.plan(planned)
    time.commit()
    time.withdraw()
    assert time.transport == planned


def test_an_external_clock_needs_no_plan():
    time = BarClock(FOLLOW, LINK, 4)
    time.follow(lead(1.0, 0.0), 1.0)
    before = time.transport
    time.plan(Transport(Grid(90.0), METER))
    assert time.transport == before


def test_a_player_who_is_accompanied_moves_the_bars():
    time = BarClock(FOLLOW, INTERNAL, 4)
    time.begin(5.0)
    assert time.accompany(Transport(Grid(120.0, 5.0), METER), 7.0) == []
    (told,) = time.accompany(Transport(Grid(118.0, 5.0), METER), 7.0)
    assert (told.at_s, told.grid.bpm, told.jumped) == (7.0, 118.0, False)
    assert time.transport.grid.bpm == 118.0
    (told,) = time.accompany(Transport(Grid(118.0, 4.0), METER), 8.0)
    assert told.jumped


def test_an_external_clock_is_not_moved_by_who_is_accompanied():
    time = BarClock(FOLLOW, LINK, 4)
    time.follow(lead(1.0, 0.0), 1.0)
    before = time.transport
    assert time.accompany(LEFT, 2.0) == []
    assert time.transport == before
