"""How a touch places, accents and detaches a note."""

import pytest

from antiphon.listen.feel_grid import FeelGrid
from antiphon.perform.answer.touch import Touch
from antiphon.timebase import Grid, Meter

PLACES = FeelGrid.of(Grid(120.0), Meter())
STEP_S = 0.125


def touch(**changes):
    return Touch(PLACES, 80, 0.9, **changes)


def test_without_feel_a_note_is_on_its_step():
    plain = touch()
    assert [plain.onset(step, STEP_S) for step in (0, 3, 6)] == [0.0, 3.0, 6.0]
    assert plain.velocity_at(0, 60, 2) == plain.velocity_at(2, 72, None) == 80
    assert plain.ending(4, (0, 0.0), 4.0, 0.9) == 3.6
    assert plain.ending(8, (0, 0.0), 8.0, 0.9) == 7.6  # silent for a tenth of a quarter, however long it is


def test_push_and_drag_are_at_most_30_ms_and_a_sixteenth_of_a_quarter():
    for late_s, steps in ((0.01, 0.08), (-0.01, -0.08), (0.05, 0.24), (-0.05, -0.24)):
        assert touch(pushes_s=(late_s, 0, 0, 0)).onset(4, STEP_S) == pytest.approx(4 + steps)
    assert touch(pushes_s=(0.05, 0, 0, 0)).onset(4, 0.05) == pytest.approx(4.25)


def test_a_note_stays_after_the_one_before_it():
    early = touch(pushes_s=(-0.03, 0, 0, 0))
    assert early.onset(4, STEP_S, (3, 3.9)) == 4.15
    assert early.ending(4, (3, 3.9), None, 0.95) > 3.9


def test_a_swung_note_is_silent_for_its_own_share():
    """The first eighth lasts 3 steps, the second one; half of each sounds."""
    swinging = touch(swing=3.0)
    assert swinging.ending(2, (0, 0.0), 3.0, 0.5) == 1.5
    assert swinging.ending(4, (2, 3.0), None, 0.5) == 3.5


def test_the_gate_depends_on_the_length_within_limits():
    legato = touch(longer=0.2, doublings=-1.0)
    assert [round(legato.gate_of(length), 3) for length in (1, 2, 4, 8)] == [0.7, 0.9, 0.95, 0.95]
    assert touch(longer=0.5, doublings=0.0).gate_of(1) == 0.3


def test_a_velocity_is_one_that_midi_can_say():
    loud = touch(louder=(90.0, 0, -90.0, 0, 0, 0))
    assert [loud.velocity_at(step, 60, 2) for step in (0, 2)] == [127, 1]


def test_a_length_that_is_not_known_yet_is_taken_for_the_usual_one():
    by_length = touch(louder=(0, 0, 0, 0, 0, 8.0), usual=(0, 0, 0, 0, 0, -0.5))
    assert [by_length.velocity_at(0, 60, length) for length in (None, 1, 4)] == [80, 68, 84]


def test_the_register_is_kept_by_octaves_where_it_can_be():
    narrow = touch(lowest=60, highest=71)
    assert [narrow.in_register(pitch) for pitch in (48, 60, 72, 83)] == [60, 60, 60, 71]
