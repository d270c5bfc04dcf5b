"""Written notes on a grid: exact where the grid can say them, else moved as little as possible."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import GridNote
from antiphon.midi.on_grid import on_grid


def gridded(*notes, steps=4):
    found = on_grid(notes, steps)
    return [(n.onset_steps, n.duration_steps, n.pitch) for n in found.notes], found.moved, found.left_out


def test_triplets_go_to_the_nearest_steps_and_nothing_else_moves():
    third = Fraction(1, 3)
    notes = ((0, 1, 60), *((1 + n * third, third, 62 + n) for n in range(3)), (2, 1, 67))
    assert gridded(*notes) == ([(0, 4, 60), (4, 1, 62), (5, 2, 63), (7, 1, 64), (8, 4, 67)], 2, 0)
    assert gridded(*notes, steps=12)[1:] == (0, 0)


def test_of_three_notes_in_two_steps_one_is_left_out():
    notes = [(n / 6, 1 / 6, 60 + n) for n in range(3)]
    assert gridded(*notes, (0.5, 1, 70)) == ([(0, 1, 60), (1, 1, 61), (2, 4, 70)], 1, 1)


def test_of_two_on_one_step_the_longer_one_stays():
    assert gridded((0, 1, 60), (1, 1 / 24, 61), (1 + 1 / 24, 0.2, 62), (1.25, 1, 63))[0][1] == (4, 1, 62)


def test_a_rest_stays_a_rest():
    assert gridded((0, 0.5, 60), (2, 1, 62)) == ([(0, 2, 60), (8, 4, 62)], 0, 0)


def test_notes_that_overlap_are_refused():
    with pytest.raises(ValueError, match="two notes sound at 1 quarters"):
        gridded((0, 1.5, 60), (1, 1, 62))


SOUNDS = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 16), st.integers(0, 127)), max_size=30)


@given(SOUNDS)
def test_what_the_grid_can_say_comes_back_unchanged(sounds):
    step, notes = 0, []
    for rest, length, pitch in sounds:
        notes.append(GridNote(step + rest, length, pitch))
        step += rest + length
    written = [(n.onset_steps / 4, n.duration_steps / 4, n.pitch) for n in notes]
    found = on_grid(written, 4)
    assert (found.notes, found.moved, found.left_out) == (tuple(notes), 0, 0)


@given(SOUNDS, st.sampled_from([3, 5, 6, 7, 12]))
def test_no_note_is_moved_by_a_step_and_every_note_is_accounted_for(sounds, division):
    at, written = Fraction(0), []
    for rest, length, pitch in sounds:
        at += Fraction(rest, division)
        written.append((at, Fraction(length, division), pitch))
        at += Fraction(length, division)
    found = on_grid(written, 4)
    assert len(found.notes) + found.left_out == len(written)
    places = [4 * onset for onset, _, _ in written]
    for note in found.notes:
        assert min(abs(note.onset_steps - place) for place in places) < 1
    for before, after in zip(found.notes, found.notes[1:], strict=False):
        assert before.end_steps <= after.onset_steps
