"""Few songs are split so that one is held out, and old songs are heard as much as own ones."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from antiphon.errors import Failure
from antiphon_training.corpus.sections import whole_of
from antiphon_training.corpus.songs import ParsedSong, Section, Sound
from antiphon_training.data.own_songs import (
    SONGS_AN_EPOCH,
    dataset_of,
    few_split,
    own_songs,
    to_learn,
)

CORPUS = {"name": "mine", "title": "my songs", "licence": "mine"}


def song(number: int, notes: int = 12) -> ParsedSong:
    sounds = tuple(Sound(float(k), 1.0, (1.0,), 60 + (k * (number + 3) + number) % 13) for k in range(notes))
    return ParsedSong(f"song {number}", f"song {number}", sounds, ("4/4",), 0.0, "C major")


@pytest.mark.parametrize(
    ("clusters", "sizes"),
    [(2, (1, 1, 0)), (9, (8, 1, 0)), (19, (18, 1, 0)), (20, (16, 2, 2)), (100, (80, 10, 10))],
)
def test_at_least_one_is_held_out(clusters: int, sizes: tuple[int, int, int]) -> None:
    names = [f"{number:064x}" for number in range(clusters)]
    found = Counter(few_split(names).values())
    assert (found["train"], found["valid"], found["test"]) == sizes
    assert few_split(reversed(names)) == few_split(names)


def test_variants_and_duplicates_stay_on_one_side() -> None:
    found = own_songs([song(1), song(1), song(2), song(3)], [], [("bad.abc", "is empty")])
    assert found.duplicates == 1
    assert len(found.songs) == 3
    assert len(found.of("valid")) >= 1
    assert found.refusals.counts == {"unreadable": 1}


def test_sections_of_one_song_stay_on_one_side() -> None:
    songs = []
    for number in range(1, 12):
        notes = song(number, 24).sounds
        moved = (replace(sound, onset=sound.onset + 12) for sound in notes[12:])
        sections = tuple(Section(begin, begin + 12, "4/4", 0.0, 0, "C major") for begin in (0.0, 24.0))
        songs.append(replace(song(number), sounds=(*notes[:12], *moved), sections=sections))
    found = own_songs(songs, [], [])
    assert len(found.songs) > 20
    sides = {(whole_of(one.source), one.split) for one in found.songs}
    assert len(sides) == 11


def test_a_phrase_may_be_shorter_than_a_song() -> None:
    short = [song(number, notes=5) for number in range(3)]
    with pytest.raises(Failure, match=r"two different songs.*; 0 can be used; left out: too few notes 3"):
        own_songs(short, [], [])
    assert len(own_songs([], short, []).songs) == 3


def test_one_song_is_too_few() -> None:
    with pytest.raises(Failure, match=r"needs two different songs, .*; 1 can be used"):
        own_songs([song(1), song(1)], [], [])


def test_own_and_old_songs_weigh_alike() -> None:
    own = own_songs([song(number) for number in range(1, 7)], [], []).songs
    old = own_songs([song(number, 20) for number in range(7, 40)], [], []).songs
    found = to_learn(own, old)
    for split in ("train", "valid"):
        mine = [one for one in found if one.split == split and one in own]
        theirs = [one for one in found if one.split == split and one in old]
        assert len(theirs) == len([one for one in old if one.split == split])
        assert abs(len(mine) - len(theirs)) <= len([one for one in own if one.split == split]) / 2
    alone = to_learn(own, [])
    assert len([one for one in alone if one.split == "valid"]) == len([o for o in own if o.split == "valid"])
    assert abs(len([one for one in alone if one.split == "train"]) - SONGS_AN_EPOCH) < len(own)


def test_vocabularies_are_joined(tmp_path: Path) -> None:
    own = own_songs([song(1), song(2)], [], []).songs
    found = dataset_of(own, tmp_path, CORPUS, ("40", "/", "_"))
    assert "40" in found.vocabulary
    assert all(symbol in found.vocabulary for one in own for symbol in one.stream)
