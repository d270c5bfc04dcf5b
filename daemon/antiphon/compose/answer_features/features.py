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
    call: Sequence[GridNote], answers: Sequence[Sequence[GridNote]], frame: AnswerFrame
) -> Sliced[Measured]:
    """The features (N, F) of N answers, in small parts: each a few tenths of a millisecond at most."""
    phrase = phrase_part(call, frame)
    known = list(context.measure(phrase, frame).values())
    yield
    rows = []
    for answer in answers:
        part = answer_part(answer, frame)
        row = list(known)
        for group in _GROUPS:
            row += group(phrase, part).values()
            yield
        rows.append(row)
    return np.array(rows, np.float32).reshape(len(answers), len(NAMES))


def named(call: Sequence[GridNote], answer: Sequence[GridNote], frame: AnswerFrame) -> Named:
    """The features of one answer by name."""
    phrase, part = phrase_part(call, frame), answer_part(answer, frame)
    found = context.measure(phrase, frame)
    for group in _GROUPS:
        found |= group(phrase, part)
    return found


NAMES = tuple(named((), (), AnswerFrame(4, Meter(), 16, 32, "major", False)))
