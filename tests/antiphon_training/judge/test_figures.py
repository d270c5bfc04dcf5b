"""Every figure of a set of answers, worked out by hand."""

import pytest

from antiphon_training.judge.copying import Copied
from antiphon_training.judge.figures import ROWS, Judged, figures
from toy_answers import quarters, toy_answer

NOTHING = Copied(0, 0)
PHRASE = quarters([60, 62])


def figure(name: str, *judged: Judged) -> float | None:
    return figures(judged)[name]


def judged(answer: str, copied: Copied = NOTHING, **about: object) -> Judged:
    return Judged(toy_answer(PHRASE, answer, **about), copied)


def test_range_is_a_mean_and_rests_and_density_are_of_all_steps() -> None:
    two = (judged("60 _ _ _ 67 _ r _"), judged("60 62 64 65"))
    assert figure("range", *two) == (7 + 5) / 2
    assert figure("rests", *two) == pytest.approx(2 / 12)
    assert figure("notes_in_16_steps", *two) == 16 * 6 / 12


@pytest.mark.parametrize(
    ("key", "last", "tonic", "chord"),
    [
        ("G major", 72, 1, 1),
        ("C major", 67, 0, 1),
        ("C major", 69, 0, 0),
        ("E minor", 69, 1, 1),
        ("A minor", 64, 0, 1),
        ("A minor", 67, 0, 0),
    ],
)
def test_endings_are_on_the_tonic_or_on_its_chord(key: str, last: int, tonic: int, chord: int) -> None:
    found = figures([judged(quarters([62, last]), key=key)])
    assert (found["ends_on_tonic"], found["ends_on_chord"]) == (tonic, chord)


def test_the_ends_of_songs_are_counted_apart() -> None:
    two = (judged(quarters([62, 60])), judged(quarters([60, 62]), ends_song=False))
    assert figure("ends_on_tonic", *two) == 0.5
    assert figure("song_ends_on_tonic", *two) == figure("song_ends_on_chord", *two) == 1.0
    assert figure("song_ends_on_tonic", two[1]) is None


@pytest.mark.parametrize(("key", "share"), [("C major", 3 / 4), ("A minor", 1 / 4)])
def test_the_scale_of_minor_has_both_sixths_and_both_sevenths(key: str, share: float) -> None:
    assert figure("off_scale", judged(quarters([60, 66, 68, 70]), key=key)) == share


def test_copies_are_counted_from_sixteen_notes_and_beyond_two_bars() -> None:
    two = (judged("60 _ _ _", Copied(16, 8)), judged("60 _ _ _", Copied(6, 9)))
    found = figures(two)
    assert (found["copied_notes"], found["most_copied_notes"]) == (11, 16)
    assert (found["copies_16_notes"], found["copies_over_2_bars"]) == (0.5, 0.5)


def test_repetition_is_of_all_runs_and_bars_together() -> None:
    tune = quarters([60, 62])
    two = (judged(tune), judged(quarters([60, 64])))
    assert figure("bars_again_2", *two) == 3 / 4
    assert figure("bars_again_8", *two) is None
    assert figure("self_repetition", *two) is None


def test_every_row_is_a_figure_and_nothing_has_none_of_them() -> None:
    found = figures([])
    assert list(found) == [row.name for row in ROWS]
    assert set(found.values()) == {None}
