import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import GridNote
from antiphon.listen.key import Key
from antiphon.perform.answer_reports import Heard
from antiphon.perform.reports import Followed
from antiphon.stage.takes.tempo_map import TempoMap
from antiphon.timebase import Grid


def heard(grid, first, answer):
    return Heard(grid.time_s(answer), (GridNote(first, 4, 60),), Key(0, "major"), grid, answer, 16)


def test_one_tempo():
    tempo = TempoMap(100)
    tempo.begin(7.0)
    assert tempo.ticks(7.0) == 0
    assert tempo.ticks(7.6) == 480
    assert tempo.ticks(6.4) == -480
    assert tempo.changes() == [(0, 100)]


def test_the_first_phrase_says_where_the_first_downbeat_was():
    tempo = TempoMap(100)
    tempo.begin(7.0)
    tempo.learn(heard(Grid(120, origin_s=6.5), 2, 16))
    assert tempo.ticks(6.75) == 240
    assert [ticks for ticks, _ in tempo.changes()] == [240]
    assert tempo.changes()[0][1] == pytest.approx(120)


def test_bars_stay_bars_when_the_tempo_changes():
    """A phrase at 120 from second 0 with its answer at bar 2, then one at 90 whose bar 5 is at second 20."""
    tempo = TempoMap(120)
    first, second = Grid(120, 0.0), Grid(90, 20.0 - Grid(90).time_s(64))
    tempo.learn(heard(first, 0, 16))
    tempo.learn(heard(second, 64, 80))
    for grid, steps in (
        (first, 0),
        (first, 8),
        (first, 16),
        (second, 64),
        (second, 70),
        (second, 80),
        (second, 99),
    ):
        assert tempo.ticks(grid.time_s(steps)) == 120 * steps
    assert [ticks for ticks, _ in tempo.changes()] == [0, 1920, 7680]
    # 12 quarters fill the 18 seconds between.
    assert [bpm for _, bpm in tempo.changes()] == pytest.approx([120, 40, 90])


PHRASES = st.lists(
    st.tuples(st.floats(20, 300), st.floats(0, 60), st.integers(0, 400), st.integers(1, 200)),
    min_size=1,
    max_size=8,
)


def learned(phrases):
    tempo = TempoMap(120)
    tempo.begin(0.0)
    for bpm, origin_s, first, length in phrases:
        tempo.learn(heard(Grid(bpm, origin_s), first, first + length))
    return tempo


@given(PHRASES, st.floats(-10, 300), st.lists(st.floats(0, 300), min_size=1, max_size=9))
def test_what_is_forgotten_does_not_move_anything_later(phrases, at_s, later_s):
    whole, rest = learned(phrases), learned(phrases)
    rest.forget_before(at_s)
    assert [rest.ticks(at_s + s) for s in later_s] == [whole.ticks(at_s + s) for s in later_s]
    places = [place_s for place_s, *_ in rest.as_json()[2]]
    assert sum(place_s <= at_s for place_s in places) <= 1


def test_two_answers_that_are_yet_to_come_are_both_kept():
    """The second phrase was heard before the first answer began."""
    tempo, grid = TempoMap(120), Grid(120, 0.0)
    tempo.learn(heard(grid, 0, 64))
    tempo.learn(heard(grid, 20, 80))
    tempo.forget_before(3.0)
    assert [ticks for _, ticks, _ in tempo.as_json()[2]] == [0, 64 * 120, 80 * 120]


@given(
    PHRASES,
    st.lists(st.floats(-100, 500), min_size=2, max_size=20),
)
def test_time_never_runs_backwards(phrases, moments):
    tempo = learned(phrases)
    ticks = [tempo.ticks(moment) for moment in sorted(moments)]
    assert ticks == sorted(ticks)
    assert all(bpm > 0 for _, bpm in tempo.changes())
    places = [place for place, _ in tempo.changes()]
    assert places == sorted(set(places))


def test_the_external_beats_are_the_files_beats():
    tempo = TempoMap(100)
    tempo.begin(0.3)  # a guess, which the external bars put right
    tempo.follow(Followed(1.0, Grid(120, 0.0), 0.0, False))
    assert tempo.ticks(1.0) == 960
    assert tempo.ticks(0.5) == 480
    # From second 2 on at 60.
    tempo.follow(Followed(2.0, Grid(60, -2.0), 0.0, False))
    assert tempo.ticks(2.0) == 1920
    assert tempo.ticks(3.0) == 2400
    assert [bpm for _, bpm in tempo.changes()] == pytest.approx([120, 60])


def test_after_a_jump_the_file_is_in_time_again_from_the_next_beat():
    tempo = TempoMap(120)
    tempo.follow(Followed(0.0, Grid(120, 0.0), 0.0, False))
    # At second 2, where a bar begins, the external song goes on in the middle of a beat.
    jumped = Grid(120, 2.0 - 18 * 0.125)
    tempo.follow(Followed(2.0, jumped, 16.0, True))
    assert tempo.ticks(2.0) == 1920
    for steps in (20, 24, 32):
        assert tempo.ticks(jumped.time_s(steps)) == 120 * steps
