"""Folders and files are looked through; one that is broken costs itself alone."""

from pathlib import Path

import pytest

from antiphon.errors import WrongUse
from antiphon.listen.key import Key
from antiphon_training.corpus.own_files import own_files, read_own
from toy_songs import toy_abc
from toy_takes import phrase, take


def test_scores_and_takes_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "songs.abc").write_text(toy_abc(3))
    notes = [(4 * k, 4, 60 + k) for k in range(9)]
    (tmp_path / "deep" / "er" / "take.mid").write_bytes(take([phrase(notes, Key(0, "major"))] * 2, "4/4"))
    (tmp_path / "lyrics.txt").write_text("la la la")
    found = own_files([tmp_path])
    assert (len(found.scores), len(found.phrases), found.takes) == (3, 2, 1)
    songs, unreadable = read_own(found, 1, None, int)
    assert len(songs) == 3
    assert unreadable == []
    assert len(own_files([tmp_path / "deep" / "songs.abc"]).scores) == 3


def test_a_broken_file_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "songs.abc").write_text(toy_abc(2))
    whole = take([phrase([(0, 4, 60)], Key(0, "major"))], "4/4")
    place = whole.index(b"\x7dZ") + 8
    (tmp_path / "take.mid").write_bytes(whole[:place] + b"\0" + whole[place + 1 :])
    found = own_files([tmp_path])
    assert len(found.scores) == 2
    assert [name for name, _ in found.unreadable] == ["take.mid"]


@pytest.mark.parametrize("lyrics", [True, False])
def test_a_folder_without_songs_is_refused(lyrics: bool, tmp_path: Path) -> None:
    if lyrics:
        (tmp_path / "a.txt").write_text("la la")
    with pytest.raises(WrongUse, match=r"no songs below .*: looked for \.krn .* and takes"):
        own_files([tmp_path])
    with pytest.raises(WrongUse, match="no folder or file at"):
        own_files([tmp_path / "nowhere"])


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("la la")
    with pytest.raises(WrongUse, match=r'a score must be one of .*, got "\.txt"'):
        own_files([tmp_path / "a.txt"])
