"""Judges tell what differs from what does not, and never judge a song that they learned from."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pytest

from antiphon_training.judge.answers import JudgedAnswer
from antiphon_training.judge.trained.boosting import BoostedTrees
from antiphon_training.judge.trained.judged import crossed, folds_of, judged, steps_of
from antiphon_training.judge.trained.line import Exchange
from toy_answers import quarters, toy_answer

PHRASE = quarters([60, 62, 64, 65])
SONGS = 60
BOOSTING = {"boosting": partial(BoostedTrees, trees=20)}  # enough for songs as short as these


def answers(random_seed: int, pitches: Sequence[int]) -> list[JudgedAnswer]:
    rng = np.random.default_rng(random_seed)
    return [toy_answer(PHRASE, quarters(rng.choice(pitches, 4))) for _ in range(SONGS)]


TRUE = answers(1, [60, 62, 64, 67])
CLUSTERS = [str(song // 2) for song in range(SONGS)]


def test_what_is_alike_is_about_a_half_and_what_is_far_is_near_one() -> None:
    alike = judged(TRUE, answers(2, [60, 62, 64, 67]), CLUSTERS, BOOSTING)["boosting"]
    far = judged(TRUE, answers(3, [61, 66, 70]), CLUSTERS, BOOSTING)["boosting"]
    assert 0.3 < alike.whole.auc < 0.7
    assert alike.whole.low < 0.5 < alike.whole.high
    assert far.whole.auc > 0.95
    assert far.first_bars.auc > 0.95
    assert far.where_songs_end is not None
    assert far.where_songs_end.auc > 0.95


def test_what_only_the_last_bar_tells_the_first_three_do_not() -> None:
    last = [JudgedAnswer(answer.opening, (*answer.stream[:12], "73", "_", "_", "_")) for answer in TRUE]
    found = judged(TRUE, last, CLUSTERS, BOOSTING)["boosting"]
    assert found.whole.auc == 1.0
    assert found.first_bars.auc == 0.5


def test_where_no_song_ends_nothing_is_said_of_that() -> None:
    answer = toy_answer(PHRASE, PHRASE, ends_song=False)
    assert judged([answer] * 4, [answer] * 4, "abcd", BOOSTING)["boosting"].where_songs_end is None


def test_variants_share_a_fold_and_folds_are_about_as_large() -> None:
    clusters = ["a"] * 6 + ["b"] * 3 + ["c"] * 3 + list("defghi")
    folds = folds_of(clusters)
    for name in set(clusters):
        assert len({fold for fold, cluster in zip(folds, clusters, strict=True) if cluster == name}) == 1
    assert sorted(np.bincount(folds)) == [3, 3, 3, 3, 6]


class Watching:
    """A judge that remembers what it learned from and was asked."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self.songs = len(exchanges) // 2

    def scores(self, learned: np.ndarray, ours: np.ndarray, asked: np.ndarray) -> np.ndarray:
        assert not {*(learned % self.songs)} & {*(asked % self.songs)}
        assert len(learned) + len(asked) == 2 * self.songs
        return ours[asked].astype(float)


def test_no_song_is_judged_by_a_judge_that_met_it() -> None:
    scores = crossed(Watching([None] * 14), folds_of("aabcdef"), lambda: None)  # type: ignore[list-item]
    assert scores.tolist() == [[0.0] * 7, [1.0] * 7]


def test_every_fold_is_told() -> None:
    told: list[None] = []
    judged(TRUE[:7], TRUE[:7], "aabcdef", {"watching": Watching}, lambda: told.append(None))
    assert len(told) == steps_of({"watching": Watching}, "aabcdef") == 10


@pytest.mark.parametrize("clusters", ["abc", "aaaa"])
def test_songs_of_one_cluster_cannot_be_judged(clusters: str) -> None:
    with pytest.raises(ValueError, match="clusters"):
        judged(TRUE[:4], TRUE[:4], clusters, BOOSTING)
