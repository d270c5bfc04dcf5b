"""Duplicates, clusters of variants and the split."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from antiphon_training.data.variants import (
    cluster_names,
    clusters,
    digest,
    runs,
    share,
    split_of,
    trimmed,
    without_duplicates,
)

run_sets = st.lists(st.frozensets(st.tuples(st.integers(0, 12)), max_size=8), max_size=12)


def stream(pitches):
    return tuple(str(pitch) for pitch in pitches)


def test_rests_around_a_song_do_not_matter_and_those_within_do():
    song = ("60", "_", "r", "_", "62", "_")
    assert trimmed(("r", "_", *song, "r", "_", "r")) == song
    assert digest(("r", *song)) == digest(song)
    assert digest(song) != digest(("60", "_", "62", "_"))
    assert trimmed(("r", "_")) == ()


def test_of_duplicates_the_first_is_kept():
    assert without_duplicates([("60", "_"), ("62",), ("r", "60", "_"), ("62", "r")]) == [0, 1]


def test_runs_are_of_eight_intervals_and_do_not_know_the_key():
    song = [*range(60, 69), 60]
    assert runs(stream(song)) == {(1,) * 8, (1,) * 7 + (-8,)}
    assert runs(stream(song)) == runs(stream(pitch + 5 for pitch in song))
    assert runs(stream(song[:8])) == frozenset()


def test_share_is_measured_on_the_smaller_set():
    assert share(frozenset({(1,), (2,)}), frozenset({(2,), (3,), (4,)})) == 0.5
    assert share(frozenset(), frozenset({(1,)})) == 0.0


def test_songs_are_joined_through_others_and_not_by_too_little():
    a = frozenset((i,) for i in range(4))
    b = frozenset((i,) for i in range(3, 7))
    c = frozenset((i,) for i in range(6, 10))
    little = frozenset((i,) for i in range(9, 14))
    assert clusters([a, b, c, little]) == [0, 0, 0, 0]
    assert clusters([frozenset((i,) for i in range(5)), frozenset((i,) for i in range(4, 9))]) == [0, 1]


@given(run_sets)
def test_clusters_are_the_connected_parts_of_the_pairs_that_share_enough(sets):
    found = clusters(sets)
    expected = list(range(len(sets)))
    for _ in sets:
        for i, a in enumerate(sets):
            for j, b in enumerate(sets):
                if share(a, b) >= 0.25:
                    expected[i] = expected[j] = min(expected[i], expected[j])
    assert found == expected


songs = st.lists(
    st.lists(st.integers(60, 63), min_size=1, max_size=14).map(stream), min_size=1, max_size=8, unique=True
)


@given(songs, st.randoms(use_true_random=False))
def test_a_cluster_and_its_split_do_not_depend_on_the_order_of_songs(given_songs, random):
    shuffled = random.sample(given_songs, len(given_songs))
    names = dict(zip(given_songs, cluster_names(given_songs), strict=True))
    assert dict(zip(shuffled, cluster_names(shuffled), strict=True)) == names


def test_the_split_is_near_80_10_10_and_will_always_be_the_same():
    names = [digest((str(pitch), *("_",) * steps)) for pitch in range(100) for steps in range(20)]
    counts = Counter(map(split_of, names))
    assert 1500 < counts["train"] < 1700
    assert 150 < counts["valid"] < 250
    assert 150 < counts["test"] < 250
    assert [name for name in "abcdefghijklmnop" if split_of(name) == "test"] == ["a", "o"]
