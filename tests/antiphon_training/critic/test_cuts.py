"""Songs are cut every four bars, and so that the last answer ends the song."""

from dataclasses import replace

import pytest

from antiphon.listen.key import Key
from antiphon_training.critic.cuts import cuts, cuts_of
from antiphon_training.data.dataset import Song, load_dataset
from toy_songs import toy_data

C_MAJOR = Key.parse("C major")


def song(bars, pickup=(), meter="4/4", bars_off=0, bar=("60", "_", "_", "_") * 4):
    stream = (*pickup, *bar * bars)
    return Song("Song", "toy.abc#1", "train", meter, len(pickup), bars_off, stream)


def numbered(bars):
    """A song each of whose bars begins with another pitch."""
    stream = tuple(
        s for bar in range(bars) for s in (str(40 + bar), "_", "_", "_", *("60", "_", "_", "_") * 3)
    )
    return Song("Song", "toy.abc#1", "train", "4/4", 0, 0, stream)


def test_a_song_is_cut_every_four_bars_and_before_its_last_four():
    found = list(cuts(numbered(14), C_MAJOR, 4))
    begins = [
        (cut.phrase[0], cut.continuation[0], len(cut.continuation) // 16, cut.ends_song) for cut in found
    ]
    assert begins == [
        ("40", "44", 4, False),
        ("44", "48", 4, False),
        ("46", "50", 4, True),
        ("48", "52", 2, True),
    ]
    assert all(len(cut.phrase) == 64 and cut.pickup_steps == 0 for cut in found)


def test_a_short_song_is_cut_in_its_middle():
    (cut,) = cuts(numbered(6), C_MAJOR, 4)
    assert (len(cut.phrase), len(cut.continuation), cut.ends_song) == (48, 48, True)


def test_each_phrase_has_the_songs_pickup():
    one = song(8, pickup=("67", "_", "_", "_"))
    (cut,) = cuts(one, C_MAJOR, 4)
    assert (cut.pickup_steps, cut.phrase[0], len(cut.phrase)) == (4, "67", 68)
    later = list(cuts(song(12, pickup=("67", "_", "_", "_")), C_MAJOR, 4))[1]
    assert (later.pickup_steps, len(later.phrase), later.ends_song) == (4, 68, True)


def test_where_no_note_begins_at_the_pickup_the_phrase_begins_at_the_bar_line():
    held = ("60", "_", "_", "_") * 3 + ("_",) * 4
    one = song(12, pickup=("67", "_", "_", "_"), bar=held)
    later = list(cuts(one, C_MAJOR, 4))[1]
    assert (later.pickup_steps, len(later.phrase)) == (0, 64)


LATE = ("_", "60", "_", "_") * 4


@pytest.mark.parametrize(
    "one",
    [song(8, meter=None), song(8, meter="7"), song(8, bars_off=1), song(1), song(8, bar=LATE)],
    ids=["no meter", "no such meter", "bars off", "one bar", "no note at a bar line"],
)
def test_some_songs_are_not_cut(one):
    assert list(cuts(one, C_MAJOR, 4)) == []


def test_few_notes_are_no_phrase():
    assert list(cuts(song(4, bar=("60",) + ("_",) * 15), C_MAJOR, 4)) == []


def test_the_songs_of_one_side_are_cut_in_their_order(tmp_path):
    dataset = load_dataset(toy_data(tmp_path / "data"))
    found = cuts_of(dataset, "valid")
    sources = dataset.sources_of("valid")
    assert [sources.index(cut.source) for cut in found] == sorted(sources.index(cut.source) for cut in found)
    without = replace(dataset, songs=tuple(replace(one, split="train") for one in dataset.songs))
    assert cuts_of(without, "test") == []
