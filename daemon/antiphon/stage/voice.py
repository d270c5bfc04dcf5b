"""A bundle becomes a voice that can answer, and is warmed before it plays. Knows no port."""

import gc
from collections.abc import Sequence

from antiphon.bundle import Bundle
from antiphon.compose.model import Context, Model
from antiphon.perform.answer.programs import Voice

_WARM_STEPS = 64


def make_voice(chosen: Bundle, context: Context | None, remembered: Sequence[str] = ()) -> Voice:
    """The answering voice of a bundle; `context` as its card says unless given.

    `remembered` is what an earlier session kept: symbols, "" for each step between two songs.
    """
    memory, vocabulary, card = chosen.memory(), chosen.vocabulary, chosen.card
    if memory is not None:
        gap = len(vocabulary)
        memory.restore([vocabulary.id(vocabulary.nearest(s)) if s else gap for s in remembered])
    return Voice(chosen.model(context), vocabulary, card.steps_per_quarter, card.name, memory)


def warm(*models: Model) -> None:
    """Touch everything that playing touches, so that the first answer is as quick as the tenth."""
    for model in models:
        for _ in range(_WARM_STEPS):
            model.step(0)
        model.reset()
    # What lives now lives until the end: the collector need not look at it again while notes are due.
    gc.collect()
    gc.freeze()
