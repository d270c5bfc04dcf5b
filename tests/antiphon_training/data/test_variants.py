"""Duplicates, clusters of variants and the split."""

from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antiphon_training.data.variants import Together, cluster_names, digest, runs, split_of, trimmed


def stream(pitches):
    return tuple(str(pitch) for pitch in pitches)


def test_rests_around_a_song_do_not_matter_and_those_within_do():
    song = ("60", "_", "r", "_", "62", "_")
    assert trimmed(("r", "_", *song, "r", "_", "r")) == song
    assert digest(("r", *song)) == digest(song)
    assert digest(song) != digest(("60", "_", "62", "_"))
    assert trimmed(("r", "_")) == ()


def tuples(found):
    return {tuple(int(each) - 128 for each in int(run).to_bytes(8, "big")) for run in found}


def test_runs_are_of_eight_intervals_and_do_not_know_the_key():
    song = [*range(60, 69), 60]
    assert tuples(runs(stream(song))) == {(1,) * 8, (1,) * 7 + (-8,)}
    assert runs(stream(song)).tolist() == runs(stream(pitch + 5 for pitch in song)).tolist()
    assert runs(stream(song[:8])).tolist() == []


@given(st.lists(st.integers(0, 127), max_size=40))
def test_runs_are_all_there_each_once_and_in_order(pitches):
    steps = [b - a for a, b in pairwise(pitches)]
    found = runs(stream(pitches))
    assert tuples(found) == {tuple(steps[i : i + 8]) for i in range(len(steps) - 7)}
    assert found.tolist() == sorted(set(found.tolist()))


def names_of(streams):
    """The cluster of each song."""
    found = [runs(each) for each in streams]
    flat = np.concatenate([*found, np.empty(0, np.uint64)]).astype(np.uint64)
    return cluster_names([digest(each) for each in streams], flat, np.array([len(each) for each in found]))


def test_sections_of_a_song_belong_together_and_so_do_those_of_a_song_that_shares_one():
    together = Together()
    for source, index in (("a§1", 0), ("b", 1), ("a§2", 2), ("c§1", 2), ("c§2", 3), ("d§1", 4)):
        together.add(source, index)
    assert together.pairs().T.tolist() == [[0, 2], [2, 3]]
    names = ["f", "e", "d", "c", "b"]
    none = np.empty(0, np.uint64)
    found = cluster_names(names, none, np.zeros(5, np.int64), together.pairs())
    assert found == ["c", "e", "c", "c", "b"]
    assert cluster_names(names, none, np.zeros(5, np.int64), Together().pairs()) == names


songs = st.lists(
    st.lists(st.integers(60, 63), min_size=1, max_size=14).map(stream), min_size=1, max_size=8, unique=True
)


@given(songs, st.randoms(use_true_random=False))
def test_a_cluster_and_its_split_do_not_depend_on_the_order_of_songs(given_songs, random):
    shuffled = random.sample(given_songs, len(given_songs))
    names = dict(zip(given_songs, names_of(given_songs), strict=True))
    assert dict(zip(shuffled, names_of(shuffled), strict=True)) == names


def test_the_split_is_near_80_10_10_and_will_always_be_the_same():
    names = [digest((str(pitch), *("_",) * steps)) for pitch in range(100) for steps in range(20)]
    counts = Counter(map(split_of, names))
    assert 1500 < counts["train"] < 1700
    assert 150 < counts["valid"] < 250
    assert 150 < counts["test"] < 250
    assert [name for name in "abcdefghijklmnop" if split_of(name) == "test"] == ["a", "o"]


def test_a_song_of_sixteenths_has_one_name_on_every_grid_and_a_triplet_another():
    song = ("60", "_", "62", "r", "64", "_", "_")
    finer = tuple(word for symbol in song for word in (symbol, *["_"] * 5))
    assert digest(finer, 24) == digest(song)
    assert digest(("r", "_", *finer), 24) == digest(song)
    triplet = (*["60", *["_"] * 7], *["62", *["_"] * 7], *["64", *["_"] * 7])
    assert digest(triplet, 24) != digest(triplet[::8], 4)
