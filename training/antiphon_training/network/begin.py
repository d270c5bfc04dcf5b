"""A network begins where another one ended: its arrays, in a vocabulary that may know more symbols."""

from dataclasses import replace

import numpy as np

from antiphon.compose.events_model import EventWeights
from antiphon.compose.lstm import Floats
from antiphon.compose.symbols import Vocabulary
from antiphon_training.network.event_network import event_layers
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
        out_kernel=np.ascontiguousarray(weights.out_kernel[:, places]),
        out_bias=weights.out_bias[places] - np.float32(_UNSEEN) * unseen,
    )


def _rows(table: Floats, places: list[int]) -> Floats:
    return np.ascontiguousarray(table[places])


def begin_with(model: Model, weights: EventWeights) -> None:
    """Give a Keras model of `build_event_model` these arrays; they must be of its sizes."""
    arrays = [getattr(weights, name) for name in weights.__dataclass_fields__]
    for layer in event_layers(model):
        count = len(layer.get_weights())
        layer.set_weights(arrays[:count])
        arrays = arrays[count:]
