"""`antiphon-train fit` without chance, as a process of its own among several that train together.

    python fit_worker.py DIE_IN_EPOCH [fit's own options…]

Dropout would hide other units on each device. DIE_IN_EPOCH 0: it does not.
"""

import os
import sys
from dataclasses import replace

from antiphon.command_line import run
from antiphon_training.commands.cli import antiphon_train
from antiphon_training.fit.progress import TrainingBar
from antiphon_training.recipe import RECIPES

WITHOUT_CHANCE = dict.fromkeys(("dropout", "weight_dropout", "embedding_dropout", "length_dropout"), 1e-9)
# Of 24 songs, the last batch has 3: with two devices one of them gets a row that counts for nothing.
RECIPE = replace(RECIPES["stream"], units=8, batch=7, learning_rate=0.02, **WITHOUT_CHANCE)


def _die_in(epoch_to_die_in: int) -> None:
    def batch(_: TrainingBar, epoch: int, *_more: object) -> None:
        if epoch == epoch_to_die_in:
            os._exit(9)

    TrainingBar.batch = batch  # type: ignore[method-assign]


if __name__ == "__main__":
    RECIPES["stream"] = RECIPE
    _die_in(int(sys.argv[1]))
    sys.exit(run(antiphon_train, "antiphon-train", ["fit", "--recipe", "stream", *sys.argv[2:]]))
