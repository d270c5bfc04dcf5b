"""The table says every figure that it should, and – where there is none."""

from antiphon_training.judge.comparison import AnswerSet, judge
from antiphon_training.judge.comparison_table import table
from antiphon_training.judge.copying import CopyIndex
from antiphon_training.judge.figures import ROWS
from toy_answers import quarters, toy_answer

TRUE = [toy_answer(quarters([60, 62]), quarters([64, 65, last])) for last in (60, 67)]


def lines() -> dict[str, list[str]]:
    """The table's rows: the words after each label, of the last table that has it."""
    comparison = judge(
        [AnswerSet("mine", TRUE)], AnswerSet("real", TRUE), AnswerSet("others", TRUE[:1]), CopyIndex([])
    )
    labels = {row.label for row in ROWS} | {"pitch class", "duration"}
    text = table(comparison)
    assert "\x1b" not in text
    assert "mine (2)" in text
    return {
        label: line[len(label) :].split()
        for line in text.splitlines()
        for label in labels
        if line.startswith(f"{label} ")
    }


def test_figures_are_side_by_side() -> None:
    found = lines()
    assert found["range in semitones"] == ["4.0", "5.0", "4.0"]
    assert found["ends on the tonic"] == ["50.0%", "100.0%", "50.0%"]
    assert found["bars like the one 8 before"] == ["–", "–", "–"]
    assert "bars like the one 3 before" not in found


def test_the_true_ones_are_compared_half_with_half() -> None:
    assert lines()["duration"] == ["0.000", "0.000", "0.000–0.000"]  # bits away, below the overlaps
