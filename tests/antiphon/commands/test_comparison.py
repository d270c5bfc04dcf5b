"""How a replay compares, in words: what was recorded, what comes now, and what may explain it."""

import pytest

from antiphon.commands.comparison import as_plain, in_words
from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.perform.comparison import Comparison, Difference
from antiphon.stage.machine.arithmetic import Arithmetic

THEN = Arithmetic("1.26.0", "openblas 0.3.23", "x86_64 Old")
NOW = Arithmetic("2.1.0", "openblas 0.3.27", "x86_64 Old")
DIFFERENT = Comparison(3, 1, Difference(2, 1.5, Timed(1.25, NoteOff(60)), Timed(1.5, NoteOn(61, 70))))


def test_the_same_is_one_line_whatever_it_was_computed_with():
    assert in_words(Comparison(3), THEN, NOW) == "Identical: 3 events."
    assert as_plain(Comparison(3), THEN, NOW)["identical"] is True


@pytest.mark.parametrize(
    ("recorded_with", "said"),
    [
        (NOW, "numpy, BLAS and processor are the same as then."),
        (None, "The take does not name the numpy, BLAS and processor that it was made with."),
        (
            THEN,
            "numpy was 1.26.0, here it is 2.1.0; blas was openblas 0.3.23, here it is openblas 0.3.27.",
        ),
    ],
)
def test_a_difference_says_whether_the_arithmetic_differs(recorded_with, said):
    assert in_words(DIFFERENT, recorded_with, NOW) == (
        "Different after 3 events (1 notes were dropped as late when it was recorded), in bar 2, beat 1.5: "
        f"recorded the end of C4 at 1.2500 s, now C#4 at 1.5000 s, velocity 70.\n{said}"
    )


def test_an_event_that_only_one_side_has():
    found = Comparison(0, 0, Difference(1, 1.0, None, Timed(1.0, NoteOn(60, 1))))
    assert "recorded nothing, now C4 at" in in_words(found, None, NOW)
    plain = as_plain(found, None, NOW)
    assert (plain["difference"]["recorded"], plain["arithmetic"]["recorded"]) == (None, None)
