"""A network begins where another one ended: its arrays, in a vocabulary that may know more symbols."""

from dataclasses import replace

import numpy as np

from antiphon.compose.event_weights import FORM_TABLES, EventWeights
from antiphon.compose.lstm import Floats
from antiphon.compose.symbols import Vocabulary
from antiphon_training.network.event_network import EVENT_LAYERS, event_layers
from antiphon_training.network.network import Model

# A symbol that the network never saw begins this much less likely than the one it is taken for, in nats.
_UNSEEN = 3.0


def in_vocabulary(weights: EventWeights, old: Vocabulary, new: Vocabulary) -> EventWeights:
    """The same network with the symbols of `new`, which holds all of `old`.

    A pitch that is new begins as the one it was heard as until now (`Vocabulary.nearest`), but rarer.
    """
    places = old.ids(new.symbols)
    unseen = np.array([symbol not in old for symbol in new.symbols], np.float32)
    return replace(
        weights,
        symbol_embedding=_rows(weights.symbol_embedding, places),
        parallel_embedding=_rows(weights.parallel_embedding, [0, *(1 + place for place in places)])
        if weights.parallel_embedding.size
        else weights.parallel_embedding,
        out_kernel=np.ascontiguousarray(weights.out_kernel[:, places]),
        out_bias=weights.out_bias[places] - np.float32(_UNSEEN) * unseen,
    )


def _rows(table: Floats, places: list[int]) -> Floats:
    return np.ascontiguousarray(table[places])


def begin_with(model: Model, weights: EventWeights) -> None:
    """Give a Keras model of `build_event_model` these arrays; they must be of its sizes.

    Where the model hears of forms and the weights do not, its answers begin as theirs, whatever it is told.
    """
    layers = event_layers(model)
    hears = FORM_TABLES[0] in layers
    for name, layer in layers.items():
        if name in FORM_TABLES and not weights.knows_form:
            continue  # what chance gave it; nothing listens to it yet
        arrays = [getattr(weights, each) for each in EVENT_LAYERS[name]]
        if hears and not weights.knows_form and name in ("lstm", "length"):
            arrays[0] = _widened(arrays[0], layer.get_weights()[0].shape[0])
        layer.set_weights(arrays)


def _widened(kernel: Floats, rows: int) -> Floats:
    """With rows of zeros at its end, for inputs that it does not listen to."""
    return np.vstack([kernel, np.zeros((rows - len(kernel), kernel.shape[1]), np.float32)])
