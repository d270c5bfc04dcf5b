"""The most expected of several answers: the one that the others agree with most.

Candidates are samples of what the model expects. The one that shares most notes with all of them makes the
expected score of its notes the highest: minimum Bayes risk decoding (Kumar & Byrne 2004). Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.answer_features.parts import AnswerFrame
from antiphon.events import GridNote
from antiphon.slices import Sliced

# So many log odds for each share of the notes: chance only decides between answers that are nearly alike.
SHARPNESS = 1000.0


@dataclass(frozen=True, slots=True)
class Agreement:
    """Asked as a critic is; needs neither the phrase nor a model.

    The last of the answers are copies of what was played, with these weights; all others together weigh 1.
    `sharpness`: log odds for each share of the notes that is agreed on.
    """

    copies: Sequence[float] = ()
    sharpness: float = SHARPNESS

    def log_odds_in_slices(
        self,
        phrase: Sequence[GridNote],  # noqa: ARG002 - a critic is told of it
        answers: Sequence[Sequence[GridNote]],
        frame: AnswerFrame,  # noqa: ARG002
    ) -> Sliced[NDArray[np.float64]]:
        """Log odds (N,): the higher, the more notes of all answers have their onset and pitch in this one."""
        places = [{(note.onset_steps, note.pitch) for note in answer} for answer in answers]
        samples = len(places) - len(self.copies)
        weights = np.array([*[1 / max(1, samples)] * samples, *self.copies])
        agreement = np.zeros(len(places))
        for number, own in enumerate(places):
            shared = np.array([_shared(own, other) for other in places])
            agreement[number] = shared @ weights / weights.sum() if self.copies else np.mean(shared)
            yield
        return self.sharpness * agreement


def _shared(one: set[tuple[int, int]], other: set[tuple[int, int]]) -> float:
    """F1 of the notes that both have: 0–1."""
    return 2 * len(one & other) / max(1, len(one) + len(other))
