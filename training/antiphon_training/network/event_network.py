"""The network of the default recipe: an LSTM over notes and rests, and a layer for how long each lasts."""

from typing import Any, NamedTuple

import numpy as np

from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.event_weights import FORM_TABLES, EventWeights
from antiphon.compose.form import LEFT_ROWS, LIKE_ROWS, FormRows
from antiphon.compose.place import BAR_NUMBERS, PLACES
from antiphon.compose.symbols import HOLD, Vocabulary
from antiphon.timebase import STEPS_PER_QUARTER
from antiphon_training.data.event_batches import EventBatch
from antiphon_training.network.network import Loss, Model, Tensor, keras
from antiphon_training.recipe import Recipe

SYMBOL_WIDTH, LENGTH_WIDTH, PLACE_WIDTH, BAR_WIDTH, WITHIN_WIDTH = 96, 32, 64, 16, 16
FORM_WIDTHS = FormRows(left=12, parallel=24, lasting=8, like=4)
LENGTH_UNITS = 128
_NEVER = -1e9  # a logit; infinity would make gradients that are not numbers


def build_event_model(recipe: Recipe, vocabulary: Vocabulary, grid: EventGrid = SIXTEENTHS) -> Model:
    """Inputs (B, T) int32, the first six of an EventBatch, ten where the recipe tells forms → logits
    (B, T, V) and (B, T, classes of lengths).

    The length of the next note is asked for once its symbol is known, so that is heard too, by that layer
    alone. Symbols and places have one embedding each for both layers. A grid of sixteenths has no places
    within the sixteenths, so `within` is an input that nothing hears.
    """
    k = keras()
    names = ("symbols", "lengths", "places", "bars", "within", "next_symbols")
    heard = [k.Input((None,), dtype="int32", name=name) for name in names]
    symbols, lengths, places, bars, within, next_symbols = heard
    told = _form(recipe, vocabulary, grid)
    heard += told.inputs
    of_symbol = k.layers.Embedding(len(vocabulary), SYMBOL_WIDTH, name="symbol_embedding")
    place = k.layers.Embedding(PLACES, PLACE_WIDTH, name="place_embedding")(places)
    length = k.layers.Embedding(grid.classes + 1, LENGTH_WIDTH, name="length_embedding")(lengths)
    bar = k.layers.Embedding(BAR_NUMBERS, BAR_WIDTH, name="bar_embedding")(bars)
    finer = []
    if grid.steps_per_quarter != STEPS_PER_QUARTER:
        rows_within = grid.steps_per_quarter + 1
        finer = [k.layers.Embedding(rows_within, WITHIN_WIDTH, name="within_embedding")(within)]
    rows = k.layers.Concatenate()([of_symbol(symbols), length, place, bar, *finer, *told.rows])
    rows = k.layers.SpatialDropout1D(recipe.embedding_dropout)(rows)
    hidden = k.layers.LSTM(recipe.units, return_sequences=True, name="lstm")(rows)
    hidden = k.layers.Dropout(recipe.dropout)(hidden)
    following = k.layers.Dense(len(vocabulary), name="out")(hidden) + _no_hold(vocabulary)
    lasting = k.layers.Concatenate()([hidden, of_symbol(next_symbols), place, *finer, *told.rows])
    lasting = k.layers.Dense(LENGTH_UNITS, activation="relu", name="length")(lasting)
    lasting = k.layers.Dropout(recipe.length_dropout)(lasting)
    model = k.Model(heard, [following, k.layers.Dense(grid.classes, name="length_out")(lasting)])
    model.compile(k.optimizers.Adam(recipe.learning_rate, global_clipnorm=recipe.clip_norm))
    return model


class _Form(NamedTuple):
    """The inputs that tell of a form, and their rows; nothing where the recipe tells nothing."""

    inputs: list[Tensor]
    rows: list[Tensor]


def _form(recipe: Recipe, vocabulary: Vocabulary, grid: EventGrid) -> _Form:
    if not recipe.knows_form:
        return _Form([], [])
    k = keras()
    sizes = (LEFT_ROWS, len(vocabulary) + 1, grid.classes + 1, LIKE_ROWS)
    inputs = [k.Input((None,), dtype="int32", name=name) for name in FormRows._fields]
    tables = [
        k.layers.Embedding(rows, width, name=f"{name}_embedding")
        for name, rows, width in zip(FormRows._fields, sizes, FORM_WIDTHS, strict=True)
    ]
    return _Form(inputs, [table(rows) for table, rows in zip(tables, inputs, strict=True)])


def _no_hold(vocabulary: Vocabulary) -> Any:
    """No note begins with a hold: added to the logits, shape (V,)."""
    return np.where(np.arange(len(vocabulary)) == vocabulary.id(HOLD), _NEVER, 0.0).astype(np.float32)


class EventNetwork:
    """The network over notes and rests. A batch is an EventBatch."""

    def __init__(self, recipe: Recipe, vocabulary: Vocabulary, grid: EventGrid = SIXTEENTHS) -> None:
        self.model: Model = build_event_model(recipe, vocabulary, grid)

    def signature(self) -> list[Any]:
        import tensorflow as tf

        ids, weights = (tf.TensorSpec((None, None), kind) for kind in (tf.int32, tf.float32))
        return [*[ids] * 11, weights, weights, tf.TensorSpec((None,))]

    def inputs(self, batch: tuple[Tensor, ...]) -> list[Tensor]:
        return list(batch[: len(self.model.inputs)])

    def loss(self, outputs: list[Tensor], batch: tuple[Tensor, ...]) -> Loss:
        k, asked = keras(), EventBatch(*batch)
        nats_of = k.losses.sparse_categorical_crossentropy
        following = nats_of(asked.next_symbols, outputs[0], from_logits=True) * asked.weights
        lasting = nats_of(asked.next_lengths, outputs[1], from_logits=True) * asked.length_weights
        nats = k.ops.sum(following) + k.ops.sum(lasting)
        return Loss(nats, k.ops.sum(asked.weights), k.ops.sum(asked.stream_symbols))

    def weights(self) -> EventWeights:
        return event_weights_of(self.model)


# The layers, and the arrays of `EventWeights` that each holds.
EVENT_LAYERS = {
    "symbol_embedding": ("symbol_embedding",),
    "length_embedding": ("length_embedding",),
    "place_embedding": ("place_embedding",),
    "bar_embedding": ("bar_embedding",),
    "within_embedding": ("within_embedding",),
    "lstm": ("kernel", "recurrent", "bias"),
    "out": ("out_kernel", "out_bias"),
    "length": ("length_kernel", "length_bias"),
    "length_out": ("length_out_kernel", "length_out_bias"),
    **{name: (name,) for name in FORM_TABLES},
}


def event_layers(model: Model) -> dict[str, Any]:
    """The layers of a Keras model of `build_event_model` that hold arrays, by their names."""
    return {layer.name: layer for layer in model.layers if layer.name in EVENT_LAYERS}


def event_weights_of(model: Model) -> EventWeights:
    """The arrays of a Keras model of `build_event_model`."""
    arrays = {
        name: np.asarray(array, np.float32)
        for layer, held in event_layers(model).items()
        for name, array in zip(EVENT_LAYERS[layer], held.get_weights(), strict=True)
    }
    return EventWeights(**arrays)
