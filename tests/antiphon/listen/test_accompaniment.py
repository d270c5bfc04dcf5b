"""What chords and bass notes say of the bars."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import GridNote, PlayedNote
from antiphon.listen.accompaniment import accompanied
from antiphon.listen.bars import places
from antiphon.listen.repertoire import BarPlace
from antiphon.timebase import Meter

FOUR, THREE = Meter(4, 4), Meter(3, 4)
STEP_S = 0.125


def played(notes, late_s=0.0):
    return [
        PlayedNote(n.pitch, 80, 1.0 + STEP_S * n.onset_steps + late_s, 1.0 + STEP_S * n.end_steps)
        for n in notes
    ]


def melody(quarters, begins=0):
    return tuple(GridNote(begins + 4 * n, 4, 72 + n % 3) for n in range(quarters))


def likeliest(meter, notes, everything):
    found = accompanied(places([meter], 0), notes, everything)
    return max(found, key=found.__getitem__)


@pytest.mark.parametrize("into_bar", [0, 4, 8, 12])
def test_chords_fall_on_the_downbeat(into_bar):
    """The melody begins so far into the bar; a chord is held through each bar."""
    notes = melody(16)
    chords = [GridNote(16 * bar - into_bar, 16, pitch) for bar in range(1, 4) for pitch in (48, 52, 55)]
    assert likeliest(FOUR, notes, played([*notes, *chords])) == BarPlace(FOUR, into_bar)


def test_the_bass_falls_on_the_downbeat_and_its_chords_on_the_other_beats():
    notes = melody(12)
    bass = [GridNote(8 + 12 * bar, 2, 43) for bar in range(3)]
    chords = [
        GridNote(8 + 12 * bar + at, 2, pitch) for bar in range(3) for at in (4, 8) for pitch in (55, 59)
    ]
    everything = played([*notes, *bass, *chords], late_s=0.01)
    assert likeliest(THREE, notes, everything) == BarPlace(THREE, 4)


def test_a_melody_alone_and_fewer_than_three_chords_say_nothing():
    notes, options = melody(8), places([FOUR], 0)
    few = played([GridNote(0, 16, 48), GridNote(16, 16, 50)])
    assert set(accompanied(options, notes, played(notes)).values()) == {0.0}
    assert set(accompanied(options, notes, [*played(notes), *few]).values()) == {0.0}


@given(
    st.lists(
        st.builds(PlayedNote, st.integers(30, 80), st.integers(1, 127), st.floats(0, 6), st.floats(6, 8)),
        max_size=30,
    )
)
def test_whatever_is_played_beside_it_gives_a_finite_number_for_each_place(others):
    notes, options = melody(8), places([FOUR, THREE], 0)
    found = accompanied(options, notes, [*played(notes), *others])
    assert set(found) == set(options)
    assert all(-1000 < log < 1000 for log in found.values())
