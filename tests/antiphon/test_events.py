import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import (
    ControlChange,
    GridNote,
    NoteOff,
    NoteOn,
    PlayedNote,
    ProgramChange,
    fold_pitch,
)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: NoteOn(128), "pitch must be 0–127, got 128"),
        (lambda: NoteOn(60, 0), "velocity must be 1–127, got 0"),
        (lambda: NoteOn(60, 64, 16), "channel must be 0–15, got 16"),
        (lambda: NoteOff(-1), "pitch must be 0–127, got -1"),
        (lambda: ControlChange(128, 0), "control must be 0–127, got 128"),
        (lambda: ControlChange(1, -1), "value must be 0–127, got -1"),
        (lambda: ProgramChange(128), "program must be 0–127, got 128"),
        (lambda: ProgramChange(0, -1), "channel must be 0–15, got -1"),
        (lambda: GridNote(-1, 1, 60), "onset must be 0 steps or more, got -1"),
        (lambda: GridNote(0, 0, 60), "duration must be 1 step or more, got 0"),
    ],
)
def test_nothing_invalid_is_made(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_lengths():
    assert GridNote(3, 4, 60).end_steps == 7
    assert PlayedNote(60, 80, 1.0, 1.5).gate_s == 0.5
    assert GridNote(3, 4, 60).transposed(-5) == GridNote(3, 4, 55)


@given(st.integers(-200, 400))
def test_a_folded_pitch_can_be_said_and_keeps_its_name(pitch):
    folded = fold_pitch(pitch)
    assert 0 <= folded <= 127
    assert (folded - pitch) % 12 == 0
    assert folded == pitch or not 0 <= pitch <= 127
