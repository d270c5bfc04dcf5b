import os

import pytest

from antiphon.errors import Failure, WrongUse
from antiphon_training.commands.encode_command import encode_file
from antiphon_training.corpus.scores import MAX_SCORE_BYTES

TWO_TUNES = "X:1\nT:One\nM:2/4\nL:1/8\nK:G\nG2 B2|d4|\n\nX:2\nT:Two\nK:C\nC4|\n"


def test_the_first_song_of_a_book_in_its_own_key(tmp_path):
    path = tmp_path / "book.abc"
    path.write_text(TWO_TUNES)
    assert encode_file(path) == {
        "title": "One",
        "symbols": "67 _ _ _ 71 _ _ _ 74 _ _ _ _ _ _ _",
        "key": "G major",
        "key_from": "tonic",
        "meter": "2/4",
    }


def test_what_is_off_the_grid_is_said(tmp_path):
    path = tmp_path / "triplet.abc"
    path.write_text("X:1\nM:2/4\nL:1/8\nK:C\n(3CDE F2|G4|\n")
    with pytest.raises(Failure, match=r"triplet\.abc: a note at or of 1/3 quarters"):
        encode_file(path)


def test_other_files(tmp_path):
    with pytest.raises(WrongUse, match=r'a score must be one of .*, got "\.txt"'):
        encode_file(tmp_path / "x.txt")
    (tmp_path / "empty.krn").write_text("")
    with pytest.raises(Failure, match=r"empty\.krn: "):
        encode_file(tmp_path / "empty.krn")


LONG_REST = """<score-partwise version="3.1">
<part-list><score-part id="P"><part-name/></score-part></part-list>
<part id="P"><measure number="1"><attributes><divisions>1</divisions></attributes>
<note><pitch><step>C</step><octave>4</octave></pitch><duration>1</duration></note>
<note><rest/><duration>99999</duration></note></measure></part></score-partwise>"""


def test_a_rest_without_end_and_a_file_beyond_measure_are_refused(tmp_path):
    path = tmp_path / "long.xml"
    path.write_text(LONG_REST)
    with pytest.raises(Failure, match=r"long\.xml: a phrase may have 1–4096 steps, got 400000"):
        encode_file(path)
    path.write_bytes(bytes(MAX_SCORE_BYTES + 1))
    with pytest.raises(Failure, match=r"long\.xml: is larger than 4 MiB"):
        encode_file(path)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "x.krn")
    with pytest.raises(Failure, match="is not a regular file"):
        encode_file(tmp_path / "x.krn")
