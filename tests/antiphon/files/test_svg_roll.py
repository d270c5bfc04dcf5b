"""The piano roll in SVG: well-formed, with every note in its place."""

from xml.etree import ElementTree

import pytest

from antiphon.errors import Failure
from antiphon.events import GridNote
from antiphon.files.svg_roll import ANSWER_COLOUR, PHRASE_COLOUR, piano_roll_svg, write_picture

SVG = "{http://www.w3.org/2000/svg}"
PHRASE = [GridNote(0, 4, 67), GridNote(4, 4, 69), GridNote(8, 8, 71)]
ANSWER = [GridNote(16, 8, 72), GridNote(24, 4, 67)]


def drawn(svg, colour):
    """(x, y, width, name) of the notes of one colour."""
    group = ElementTree.fromstring(svg).find(f"{SVG}g[@fill='{colour}']")
    return [
        (float(r.get("x")), float(r.get("y")), float(r.get("width")), r.findtext(f"{SVG}title"))
        for r in group
    ]


def test_every_note_is_drawn_in_the_colour_of_its_voice():
    svg = piano_roll_svg(PHRASE, ANSWER, 16, "Answer")
    assert [name for *_, name in drawn(svg, PHRASE_COLOUR)] == ["G4", "A4", "B4"]
    assert [name for *_, name in drawn(svg, ANSWER_COLOUR)] == ["C5", "G4"]


def test_higher_is_up_later_is_right_and_longer_is_wider():
    notes = drawn(piano_roll_svg(PHRASE, ANSWER, 16, ""), PHRASE_COLOUR)
    assert [x for x, *_ in notes] == sorted(x for x, *_ in notes)
    assert [y for _, y, *_ in notes] == sorted((y for _, y, *_ in notes), reverse=True)
    assert notes[2][2] > notes[1][2] == notes[0][2]


def test_bars_are_numbered_and_cs_are_named():
    texts = [
        t.text for t in ElementTree.fromstring(piano_roll_svg(PHRASE, ANSWER, 16, "T")).iter(f"{SVG}text")
    ]
    assert texts == ["T", "phrase", "answer", "C5", "1", "2"]


def test_a_title_is_text_and_nothing_more():
    root = ElementTree.fromstring(piano_roll_svg(PHRASE, [], 16, '<script> & "quotes"'))
    assert root.findtext(f"{SVG}title") == '<script> & "quotes"'


@pytest.mark.parametrize("notes", [[], [GridNote(0, 1, 0)], [GridNote(5, 99, 127)]])
def test_no_notes_and_the_ends_of_the_range_are_drawn(notes):
    assert len(drawn(piano_roll_svg(notes, [], 12, "x"), PHRASE_COLOUR)) == len(notes)


def test_the_picture_is_written_or_refused_by_name(tmp_path):
    write_picture(tmp_path / "p.svg", PHRASE, ANSWER, 16, "Größe")
    assert (tmp_path / "p.svg").read_text(encoding="utf-8") == piano_roll_svg(PHRASE, ANSWER, 16, "Größe")
    with pytest.raises(Failure, match=r"none/p\.svg: cannot be written"):
        write_picture(tmp_path / "none" / "p.svg", PHRASE, ANSWER, 16, "")
