"""All features of an answer in the order in which a critic knows them, computed in small parts."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.answer_features import context, ending, figures, form, harmony, pitch, rhythm
from antiphon.compose.answer_features.parts import AnswerFrame, Part, answer_part, phrase_part
from antiphon.events import GridNote
from antiphon.slices import Sliced
from antiphon.timebase import Meter

VERSION = 1  # another one where any feature changes: a critic knows what it learned from
Measured = NDArray[np.float32]
Named = dict[str, float]
_GROUPS: tuple[Callable[[Part, Part], Named], ...] = (
    rhythm.measure,
    pitch.measure,
    form.measure,
    figures.measure,
    harmony.measure,
    ending.measure,
)


def measure(
    phrase: Sequence[GridNote], answers: Sequence[Sequence[GridNote]], frame: AnswerFrame
) -> Sliced[Measured]:
    """The features (N, F) of N answers, in small parts: each a few tenths of a millisecond at most."""
    theirs = phrase_part(phrase, frame)
    known = list(context.measure(theirs, frame).values())
    yield
    rows = []
    for answer in answers:
        ours = answer_part(answer, frame)
        row = list(known)
        for group in _GROUPS:
            row += group(theirs, ours).values()
            yield
        rows.append(row)
    return np.array(rows, np.float32).reshape(len(answers), len(NAMES))


def named(phrase: Sequence[GridNote], answer: Sequence[GridNote], frame: AnswerFrame) -> Named:
    """The features of one answer by name."""
    theirs, ours = phrase_part(phrase, frame), answer_part(answer, frame)
    found = context.measure(theirs, frame)
    for group in _GROUPS:
        found |= group(theirs, ours)
    return found


NAMES = tuple(named((), (), AnswerFrame(4, Meter(), 16, 32, "major", False)))
