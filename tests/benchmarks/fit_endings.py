"""How songs end, as the numbers in compose/endings.py.

    python tests/benchmarks/fit_endings.py --data FOLDER

FOLDER is what `antiphon-train prepare` wrote; the songs of its part `train` count, cut as for a critic: four
bars that end the song, and four bars after which it goes on. It needs what the extra `train` installs.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from prepared import ROOT  # noqa: F401 - it finds the packages
from sklearn.linear_model import LogisticRegression

from antiphon.compose import endings
from antiphon.compose.answer_features.parts import AnswerFrame
from antiphon.events import GridNote
from antiphon_training.critic.cuts import cuts_of
from antiphon_training.data.dataset import load_dataset
from antiphon_training.judge.answers import phrase_and_frame, shifted

Ending = tuple[Sequence[GridNote], AnswerFrame]


def endings_of(folder: Path) -> list[Ending]:
    """Of what follows each cut, if it is longer than two bars, the notes and the frame."""
    cuts = [
        cut for cut in cuts_of(load_dataset(folder), "train") if len(cut.continuation) > 2 * cut.bar_steps
    ]
    frames = [phrase_and_frame(cut, cut.ends_song)[1] for cut in cuts]
    return [(shifted(cut.continuation, frame.start), frame) for cut, frame in zip(cuts, frames, strict=True)]


def log_odds(found: Sequence[Ending]) -> np.ndarray:
    """As `endings.TABLE`: what says that the song is over."""
    rows = [endings.of_answer(notes, frame) for notes, frame in found]
    asked = np.zeros((len(rows), len(endings.TABLE)))
    for number, row in enumerate(rows):
        asked[number, row] = 1
    over = [frame.closes for _, frame in found]
    return LogisticRegression(max_iter=500).fit(asked, over).coef_[0]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    found = endings_of(parser.parse_args().data)
    over = sum(frame.closes for _, frame in found)
    print(f"{over} ends of songs and {len(found) - over} other ends of four bars")
    print("log odds:", np.round(log_odds(found), 2).tolist())


if __name__ == "__main__":
    main()
