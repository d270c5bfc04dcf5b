"""Makes a voice that can answer from a model, and warms it before it plays. Knows no port."""

import gc
import math
from collections.abc import Sequence
from typing import get_args

import numpy as np

from antiphon.compose.context import Context
from antiphon.compose.events_model import EventModel
from antiphon.compose.form import NO_FORM
from antiphon.compose.model import Model
from antiphon.compose.symbols import regridded
from antiphon.harmony.chord_hmm import theory_table
from antiphon.harmony.theory import ChordTable
from antiphon.listen.repertoire import Repertoire
from antiphon.listen.rhythm import Kind, log_waits
from antiphon.perform.answer.programs import Voice
from antiphon.slices import finish
from antiphon.trained_model import TrainedModel

_WARM_STEPS, _WARM_ROWS = 64, 16


def make_voice(
    chosen: TrainedModel,
    context: Context | None,
    remembered: Sequence[str] = (),
    chords: ChordTable | None = None,
) -> Voice:
    """The voice of a model that plays alone; `context` as its card says unless given."""
    return make_voices((chosen,), context, remembered, chords)[0]


def make_voices(
    models: Sequence[TrainedModel],
    context: Context | None,
    remembered: Sequence[str] = (),
    chords: ChordTable | None = None,
) -> list[Voice]:
    """The voices of models that play together.

    `remembered` is what an earlier session of theirs kept: symbols, GAP for each step between two songs, on
    the grid that they share. `chords` is what they know of chords; None: theory.
    """
    steps, table = math.lcm(*(model.steps_per_quarter for model in models)), chords or theory_table()
    kept = [regridded(remembered, steps, model.steps_per_quarter) for model in models]
    return [_voice(model, context, each, table) for model, each in zip(models, kept, strict=True)]


def _voice(
    chosen: TrainedModel, context: Context | None, remembered: Sequence[str], chords: ChordTable
) -> Voice:
    memory, vocabulary = chosen.memory(), chosen.vocabulary
    if memory is not None:
        gap = len(vocabulary)
        memory.restore([vocabulary.id(vocabulary.nearest(s)) if s else gap for s in remembered])
    model, repertoire, steps = chosen.model(context), Repertoire(chosen.starts), chosen.steps_per_quarter
    return Voice(model, vocabulary, steps, chosen.name, memory, repertoire, chosen.critic, chords)


def touch(model: Model) -> None:
    """Use everything that playing uses, so that the first answer is as quick as the tenth."""
    for kind in get_args(Kind):
        log_waits(kind)
    for _ in range(_WARM_STEPS):
        model.step(0)
    if isinstance(model, EventModel):
        rows, every = model.rows(_WARM_ROWS, 1, NO_FORM), np.arange(_WARM_ROWS)
        rows.expected(every, np.zeros_like(every))
        finish(rows.begin(every, np.zeros_like(every)))
    model.reset()


def warm(*models: Model) -> None:
    """`touch` all models before the music begins, and let the garbage collector know them."""
    for model in models:
        touch(model)
    # All objects of now stay until the end: the collector need not look at them again while notes are due.
    gc.collect()
    gc.freeze()
