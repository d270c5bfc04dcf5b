"""A trial has every set of answers and, where there are any, other songs beside them."""

from collections.abc import Sequence

import pytest

from antiphon_training.judge.answers import JudgedAnswer
from antiphon_training.judge.openings import Opening
from antiphon_training.judge.trained import trial
from antiphon_training.judge.trained.auc import Area
from antiphon_training.judge.trained.judged import Verdict
from antiphon_training.judge.trained.trial import ANOTHER_SONG, Trial, enough, folds_in, other_songs
from toy_answers import quarters, toy_opening

PHRASE = quarters([60, 62, 64, 65])


def phrase(last: int, key: str = "C major", bars: int = 4) -> Opening:
    return toy_opening(PHRASE, quarters([60, 62, 64, last][-bars:]), key=key)


PHRASES = [
    ("a", phrase(60)),
    ("a", phrase(61)),
    ("b", phrase(62)),
    ("c", phrase(63, "A minor")),
    ("d", phrase(64, bars=3)),
]


def test_another_song_is_of_another_cluster_in_the_same_mode_and_as_long() -> None:
    found = other_songs(PHRASES)
    assert list(found) == [0, 1, 2]  # the third is alone in minor, the fourth with its length
    assert [found[place].opening for place in (0, 1, 2)] == [PHRASES[place][1] for place in (0, 1, 2)]
    assert found[0].stream == found[1].stream == PHRASES[2][1].continuation
    assert found[2].stream in (PHRASES[0][1].continuation, PHRASES[1][1].continuation)


def test_judges_need_songs_of_two_clusters() -> None:
    assert enough(PHRASES)
    assert not enough(PHRASES[:2])
    assert not enough([])


def test_a_trial_asks_about_each_set_and_about_other_songs(monkeypatch: pytest.MonkeyPatch) -> None:
    area = Area(0.5, 0.4, 0.6, 5)
    asked = []

    def judged(
        true: Sequence[JudgedAnswer], ours: Sequence[JudgedAnswer], clusters: Sequence[str], *others: object
    ) -> object:
        assert others[0] is trial.JUDGES
        asked.append((len(true), [answer.stream for answer in ours], list(clusters)))
        return {"boosting": Verdict(area, area, None), "GRU": Verdict(area, area, area)}

    monkeypatch.setattr(trial, "judged", judged)
    answers = [JudgedAnswer(opening, opening.continuation) for _, opening in PHRASES]
    found = trial.trial(PHRASES, {"essen": answers})
    assert (found.phrases, list(found.verdicts)) == (5, ["essen", ANOTHER_SONG])
    assert asked[0] == (5, [answer.stream for answer in answers], ["a", "a", "b", "c", "d"])
    assert (asked[1][0], asked[1][2]) == (3, ["a", "a", "b"])


def test_the_steps_of_a_trial_are_folds_of_both_judges_twice() -> None:
    assert folds_in(PHRASES, 1) == 2 * 2 * 4 + 2 * 2 * 2
    assert folds_in(PHRASES, 3) == 3 * 2 * 2 * 4 + 2 * 2 * 2


def test_the_table_has_a_row_a_judge_and_view() -> None:
    area = Area(0.868, 0.845, 0.89, 5)
    of_all = {"boosting": Verdict(area, area, None), "GRU": Verdict(area, area, area)}
    text = trial.table(Trial(5, {"essen": of_all}))
    rows = [line.split() for line in text.splitlines()]
    assert rows[0][-1] == "essen"
    assert rows[1] == ["boosting,", "whole", "answers", "0.868", "(0.845–0.890)"]
    assert rows[3][-1] == "–"
    assert len(rows) == 7
