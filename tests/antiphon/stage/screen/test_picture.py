"""The picture: what part of a phrase it shows. How it looks is tested with the screen."""

from antiphon.events import GridNote
from antiphon.stage.screen.picture import coloured, window


def test_the_window_keeps_the_end_of_a_long_phrase_in_view():
    assert window([], 75, 16) == (0, 1)
    assert window([GridNote(36, 4, 60)], 75, 16) == (32, 1)
    assert window([GridNote(36, 4, 60)], 115, 16) == (32, 2)
    assert window([GridNote(0, 64, 60), GridNote(64, 30, 60)], 75, 16) == (32, 1)


def test_notes_and_the_names_of_those_that_sound_have_the_colour_of_their_side():
    line = coloured("▸C4  │  ▀▀▀▘ ", "red")
    assert [(span.start, span.end, str(span.style)) for span in line.spans] == [
        (8, 12, "red"),
        (0, 5, "bold red"),
    ]
