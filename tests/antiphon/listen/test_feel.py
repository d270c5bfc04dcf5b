"""What is learned from phrases whose habits are known."""

import random

import pytest

from antiphon.events import GridNote, PlayedNote
from antiphon.listen import feel
from antiphon.listen.feel import Feel
from antiphon.listen.feel_grid import OFFBEAT, FeelGrid
from antiphon.slices import finish
from antiphon.timebase import Grid, Meter
from feel_performer import Player, perform

EIGHTHS = tuple(GridNote(2 * n, 2, 60 + (5 * n) % 7) for n in range(32))


def matched(notes, played, step_s=0.125):
    return finish(feel.matched(notes, played, step_s))


def heard(player, phrases=1, notes=EIGHTHS, meter="4/4", bpm=120.0, follows=False, seed=0):
    known, grid = Feel(), Grid(bpm, 1.0)
    places = FeelGrid.of(grid, Meter.parse(meter))
    for number in range(phrases):
        played = perform(player, notes, Meter.parse(meter), bpm, 1.0, seed + number)
        found = finish(feel.hear(known, matched(notes, played, grid.step_s), places, grid, follows))
        known = found.feel
    return found


@pytest.mark.parametrize("swing", [1.0, 1.5, 2.0, 2.5])
@pytest.mark.parametrize("follows", [False, True])
def test_swing_is_learned(swing, follows):
    assert heard(Player(swing=swing), 2, follows=follows).feel.swing_ratio == pytest.approx(swing, abs=0.1)


def test_a_tempo_that_drifts_is_no_swing_and_no_push():
    for seed in range(5):
        found = heard(Player(drift=0.08), 2, follows=True, seed=10 * seed).feel
        assert found.swing_ratio == pytest.approx(1.0, abs=0.03)
        assert found.push.coefficients == pytest.approx([0.0] * 4, abs=0.005)


@pytest.mark.parametrize("late_s", [-0.02, 0.02])
def test_push_and_drag_are_by_the_grid_and_no_swing(late_s):
    found = heard(Player(swing=1.6, late_s=late_s), 4).feel
    assert found.push.coefficients[0] == pytest.approx(late_s, abs=0.003)
    assert found.swing_ratio == pytest.approx(1.6, abs=0.1)


def test_where_the_player_sets_the_tempo_nobody_is_late():
    found = heard(Player(swing=1.6, late_s=0.02), 4, follows=True).feel
    assert found.push.coefficients.tolist() == [0.0] * 4


def test_in_compound_time_nothing_swings():
    assert heard(Player(swing=2.0), 3, meter="6/8").feel.swing_ratio == 1.0


def test_eighths_beside_shorter_notes_say_nothing_of_swing():
    """Four sixteenths are played evenly by those who swing their eighths, too."""
    sixteenths = tuple(GridNote(n, 1, 60 + n % 5) for n in range(64))
    assert heard(Player(swing=2.0), 2, sixteenths).feel.swing_ratio == 1.0


def test_loudness_is_learned_by_place_by_height_and_by_length():
    chance = random.Random(2)
    lengths = [2, 2, 4, 2, 1, 1, 4] * 8
    begins = [sum(lengths[:n]) for n in range(len(lengths))]
    notes = [GridNote(b, d, chance.randint(55, 76)) for b, d in zip(begins, lengths, strict=True)]
    player = Player(loud=(12.0, 2.0, -8.0, -4.0), by_octave=8.0, by_doubling=3.0)
    downbeat, beat, offbeat, between, octave, doubling = (
        float(by) for by in heard(player, 4, notes).feel.loudness.coefficients
    )
    assert downbeat - offbeat == pytest.approx(20.0, abs=4.0)
    assert beat - between == pytest.approx(6.0, abs=4.0)
    assert (octave, doubling) == (pytest.approx(8.0, abs=2.5), pytest.approx(3.0, abs=2.0))


def test_one_velocity_for_all_is_no_dynamics():
    found = heard(Player(velocity=127, velocity_noise=0.0), 3)
    assert found.feel.loudness.coefficients.tolist() == [0.0] * feel.LOUDNESS_FEATURES
    assert found.loudness_row[OFFBEAT] == 0.5


def test_short_notes_that_are_more_detached_are_learned():
    notes = [GridNote(8 * n + into, long, 62) for n in range(8) for into, long in ((0, 2), (2, 2), (4, 4))]
    found = heard(Player(gates=(0.9, 0.2)), 3, notes)
    assert found.feel.gates.coefficients[0] == pytest.approx(0.2, abs=0.04)
    assert (found.gate, found.doublings) == (pytest.approx(0.77, abs=0.03), pytest.approx(-0.67, abs=0.03))


def test_notes_are_matched_with_those_that_were_played_for_them():
    """Passed over: a chord's lower notes, and a note of another voice that has a pitch of the melody."""
    notes = [GridNote(0, 4, 67), GridNote(4, 4, 64), GridNote(8, 4, 67)]
    played = [
        PlayedNote(60, 70, 0.0, 0.5),
        PlayedNote(67, 80, 0.01, 0.5),
        PlayedNote(64, 50, 0.1, 0.4),
        PlayedNote(64, 81, 0.5, 0.9),
        PlayedNote(67, 82, 1.0, 1.5),
    ]
    assert [one.played.velocity for one in matched(notes, played)] == [80, 81, 82]


def test_a_note_that_nobody_played_is_left_out():
    played = [PlayedNote(60, 70, 0.0, 0.5)]
    assert [one.note.pitch for one in matched([GridNote(0, 4, 60), GridNote(4, 4, 61)], played)] == [60]
    assert matched([], played) == []
