"""The piano roll in text: golden pictures, and what holds for any notes."""

from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import GridNote
from antiphon.files.text_roll import bar_numbers, note_name, piano_roll

TUNE = [GridNote(0, 4, 67), GridNote(4, 2, 71), GridNote(6, 2, 71), GridNote(8, 8, 74), GridNote(16, 4, 66)]
NOTES = st.lists(st.builds(GridNote, st.integers(0, 80), st.integers(1, 20), st.integers(0, 127)))


def test_note_names():
    assert [note_name(pitch) for pitch in (0, 21, 60, 66, 127)] == ["C-1", "A0", "C4", "F#4", "G9"]


def test_the_picture_of_a_tune():
    assert piano_roll(TUNE, 0, 30, {71}) == [
        "     │               │        ",
        " D5  │       ▀▀▀▀▀▀▀▘│        ",
        "▸B4  │   ▄▖▄▖        │        ",
        "     │               │        ",
        " G4  ▄▄▄▖            │        ",
        " F#4 │               ▀▀▀▘     ",
    ]
    assert bar_numbers(0, 30) == "     1               2        "


def test_from_a_later_bar_and_twice_as_wide():
    assert piano_roll(TUNE[3:], 12, 25, rows=5, columns_per_step=2) == [
        " D5  ▄▄▄▄▄▄▄▖│           ",
        "             │           ",
        "             │           ",
        "             │           ",
        " F#4         ▄▄▄▄▄▄▄▖    ",
    ]
    assert bar_numbers(12, 25, columns_per_step=2) == "             2           "


def test_in_three_four_a_bar_has_twelve_steps():
    assert bar_numbers(12, 32, 12) == "     2           3           4  "
    assert piano_roll([], 12, 32, rows=1, steps_per_bar=12) == ["     │           │           │  "]


def test_four_octaves_share_the_lines_there_are():
    lines = piano_roll([GridNote(0, 2, 36), GridNote(2, 2, 60), GridNote(4, 2, 84)], 0, 12, rows=4)
    assert lines == [" C6  │   ▀▘ ", "     │      ", " C4  │ ▀▘   ", " C2  ▄▖     "]


@given(NOTES, st.integers(0, 60), st.integers(20, 120), st.integers(1, 12), st.integers(1, 2))
def test_every_picture_has_its_size_and_names_what_sounds(notes, start, width, rows, columns_per_step):
    sounding = {note.pitch for note in notes[:1]}
    lines = piano_roll(notes, start, width, sounding, rows=rows, columns_per_step=columns_per_step)
    assert [len(line) for line in lines] == [width] * rows
    assert len(bar_numbers(start, width, 16, columns_per_step)) == width
    pointed = [line[1:5].strip() for line in lines if line.startswith("▸")]
    assert pointed == [note_name(pitch) for pitch in sounding]


@given(NOTES.filter(bool))
def test_every_note_is_seen(notes):
    lines = piano_roll(notes, 0, 120, rows=64)
    for note in notes:
        assert any(line[5 + note.onset_steps] not in " │" for line in lines)
