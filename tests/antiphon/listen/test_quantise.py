from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import GridNote, PlayedNote
from antiphon.listen.quantise import joined, one_voice
from antiphon.timebase import Grid

GRID = Grid(120, origin_s=1.0)  # a step is 0.125 s


def played(*rows):
    return [
        PlayedNote(pitch, 80, 1.0 + onset * 0.125, 1.0 + release * 0.125) for onset, release, pitch in rows
    ]


def test_a_little_early_and_a_little_late_are_on_the_grid():
    assert one_voice(played((0.2, 3.7, 60), (3.8, 8.3, 62)), GRID) == (GridNote(0, 4, 60), GridNote(4, 4, 62))


def test_of_a_chord_the_highest_note_stays():
    assert one_voice(played((0, 4, 60), (0.1, 4, 67), (0, 4, 64)), GRID) == (GridNote(0, 4, 67),)


def test_a_note_gives_way_to_the_next():
    assert one_voice(played((0, 9, 60), (4, 8, 62)), GRID) == (GridNote(0, 4, 60), GridNote(4, 4, 62))


def test_detached_notes_are_not_rests_and_rests_are():
    assert one_voice(played((0, 1.4, 60), (4, 8, 62)), GRID)[0] == GridNote(0, 1, 60)
    assert one_voice(played((0, 2.1, 60), (4, 8, 62)), GRID)[0] == GridNote(0, 4, 60)
    assert one_voice(played((0, 4, 60), (12, 16, 62)), GRID)[0] == GridNote(0, 4, 60)


def test_what_came_before_the_grid_is_moved_onto_it():
    assert one_voice(played((-3, -1, 60)), GRID)[0].onset_steps == 0


def test_the_last_note_can_be_lengthened():
    notes = (GridNote(0, 4, 60), GridNote(4, 2, 62))
    assert joined(notes, 16) == (GridNote(0, 4, 60), GridNote(4, 12, 62))
    assert joined(notes, 5) == notes
    assert joined((), 5) == ()


@given(
    st.lists(st.tuples(st.floats(0, 60), st.floats(0.01, 30), st.integers(0, 127)), min_size=1, max_size=40)
)
def test_one_voice_whatever_is_played(rows):
    notes = one_voice(played(*((onset, onset + gate, pitch) for onset, gate, pitch in rows)), GRID)
    assert notes
    assert all(a.end_steps <= b.onset_steps for a, b in pairwise(notes))
    steps = {max(0, round(onset)) for onset, _, _ in rows}
    assert len(notes) <= len(steps) + 1
