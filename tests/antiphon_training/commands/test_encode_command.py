import os

import pytest

from antiphon.errors import Failure, WrongUse
from antiphon_training.commands.encode_command import encode_file, lines
from antiphon_training.corpus.scores import MAX_SCORE_BYTES

TWO_TUNES = "X:1\nT:One\nM:2/4\nL:1/8\nK:G\nG2 B2|d4|\n\nX:2\nT:Two\nK:C\nC4|\n"


def test_the_first_song_of_a_book_in_its_own_key(tmp_path):
    path = tmp_path / "book.abc"
    path.write_text(TWO_TUNES)
    one = {
        "source": "book.abc#1",
        "title": "One",
        "notes": [[1.0, 67], [1.0, 71], [2.0, 74]],
        "track": None,
        "symbols": "67 _ _ _ 71 _ _ _ 74 _ _ _ _ _ _ _",
        "key": "G major",
        "key_from": "tonic",
        "meter": "2/4",
        "pickup": 0.0,
        "refused": "3 notes, fewer than 8",
    }
    songs = encode_file(path)
    assert songs == {**one, "songs": songs["songs"]}
    assert songs["songs"][0] == one
    assert (songs["songs"][1]["title"], songs["songs"][1]["notes"]) == ("Two", [[2.0, 60]])
    assert lines(songs).splitlines()[1] == "60 _ _ _ _ _ _ _"


def test_triplets_are_said_as_they_are_and_rounded_in_the_symbols(tmp_path):
    path = tmp_path / "triplet.abc"
    path.write_text("X:1\nM:2/4\nL:1/8\nK:C\n(3CDE F2|G4|\n")
    song = encode_file(path)
    assert song["notes"] == [[0.333333, 60], [0.333333, 62], [0.333333, 64], [1.0, 65], [2.0, 67]]
    assert song["symbols"] == "60 62 _ 64 65 _ _ _ 67 _ _ _ _ _ _ _"


def test_a_song_that_cannot_be_read_is_refused_beside_one_that_can(tmp_path):
    path = tmp_path / "book.abc"
    path.write_text("X:1\nT:No key\nABC|\n" + TWO_TUNES.replace("X:1", "X:3"))
    songs = encode_file(path)
    assert songs["title"] == "One"
    assert list(songs["songs"][0]) == ["source", "refused"]
    assert lines(songs).splitlines()[0].startswith("refused: ")


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
    with pytest.raises(Failure, match=r"long\.xml: a phrase may have 1–1024 quarters, got 100000"):
        encode_file(path)
    path.write_bytes(bytes(MAX_SCORE_BYTES + 1))
    with pytest.raises(Failure, match=r"long\.xml: is larger than 4 MiB"):
        encode_file(path)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "x.krn")
    with pytest.raises(Failure, match="is not a regular file"):
        encode_file(tmp_path / "x.krn")
