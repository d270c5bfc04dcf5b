"""Is the daemon's arithmetic that of Keras? Asked of held-out songs before a bundle is written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.context import Context
from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.event_weights import EventWeights
from antiphon.compose.events_model import EventModel
from antiphon.compose.form import NO_FORM, Form
from antiphon.compose.lstm import softmax
from antiphon.compose.lstm_weights import SymbolWeights
from antiphon.compose.model import StreamModel, WindowModel
from antiphon.compose.side_by_side.event_rows import OFF_TABLE_END
from antiphon.compose.symbols import END, HOLD, Vocabulary
from antiphon.weights import Weights
from antiphon_training.data.batches import Ids, song_ids
from antiphon_training.data.dataset import Dataset
from antiphon_training.data.event_batches import padded
from antiphon_training.data.forms import usual_form
from antiphon_training.data.song_events import EventSong, event_songs
from antiphon_training.network.network import Model

SONGS_COMPARED = 8
Probabilities = NDArray[np.float64]


def largest_difference(
    model: Model, weights: Weights, context: Context, window_length: int, dataset: Dataset
) -> float:
    """Of a probability between a Keras model and its weights stepped in numpy, over songs of the test split.

    Infinity where there is nothing to compare.
    """
    return max(_differences(model, weights, context, window_length, dataset), default=float("inf"))


def _differences(
    model: Model, weights: Weights, context: Context, window_length: int, dataset: Dataset
) -> Iterator[float]:
    vocabulary = dataset.vocabulary
    if isinstance(weights, EventWeights):
        grid = dataset.event_grid
        for event_song in _ended_by_network(event_songs(dataset, "test"), grid)[:SONGS_COMPARED]:
            for form in _forms(event_song) if weights.knows_form else [NO_FORM]:
                yield event_difference(model, weights, vocabulary, event_song, grid, form)
        return
    for song in song_ids(dataset.songs_of("test")[:SONGS_COMPARED], vocabulary):
        yield symbol_difference(model, weights, context, window_length, vocabulary.id(END), song)


def _forms(song: EventSong) -> list[Form]:
    """What is told of a song: nothing, its close, and phrases with an open end."""
    form = usual_form(song.steps, song.bars)
    return [NO_FORM, form, replace(form, open_end=True, end_step=song.steps // 2)]


def symbol_difference(
    model: Model, weights: SymbolWeights, context: Context, window_length: int, end_id: int, song: Ids
) -> float:
    """Of any symbol's probability, over a whole song (stream) or over its windows (window)."""
    heard = np.concatenate([[end_id], song]).astype(np.int32)
    if context == "stream":
        ours, theirs = _steps(StreamModel(weights), heard), _keras(model, weights, heard[None])[0]
    else:
        ours = _steps(WindowModel(weights, window_length, end_id), heard)
        before = np.concatenate([np.full(window_length - 1, end_id, np.int32), heard])
        theirs = _keras(model, weights, np.lib.stride_tricks.sliding_window_view(before, window_length))
    return float(np.abs(ours - theirs).max()) if ours.shape == theirs.shape else float("inf")


def _steps(model: StreamModel | WindowModel | EventModel, ids: Iterable[int]) -> Probabilities:
    return np.array([model.step(int(symbol)) for symbol in ids])


def _keras(model: Model, weights: SymbolWeights, ids: Ids) -> NDArray[np.float32]:
    return np.asarray(model(np.eye(weights.symbols, dtype=np.float32)[ids], training=False))


def _ended_by_network(songs: Sequence[EventSong], grid: EventGrid) -> list[EventSong]:
    """Songs in which the network says of every note when it ends; longer ones end by the daemon's chance."""
    return [song for song in songs if set(song.lengths.tolist()) <= set(grid.lengths)]


def event_difference(
    model: Model,
    weights: EventWeights,
    vocabulary: Vocabulary,
    song: EventSong,
    grid: EventGrid = SIXTEENTHS,
    form: Form = NO_FORM,
) -> float:
    """Of the probability of each symbol of a song's stream, and of the `/` after it, told a form."""
    hold_id, end_id = vocabulary.id(HOLD), vocabulary.id(END)
    stepped, ids = EventModel(weights, hold_id, end_id, grid), song.ids(hold_id)
    stepped.reset(song.bars)
    stepped.hear(end_id)
    stepped.tell(form)
    following = np.array([stepped.expected(), *_steps(stepped, ids)])
    song = song.told(form, grid)
    ours = following[np.arange(len(following)), [*ids, end_id]]
    return float(np.abs(ours - keras_chances(model, song, end_id, grid)).max())


def keras_chances(model: Model, song: EventSong, end_id: int, grid: EventGrid = SIXTEENTHS) -> Probabilities:
    """What Keras gives each symbol of a song's stream and its `/`, shape (steps + 1,).

    A note ends with the chance of its length among that and all longer ones, and goes on with the rest.
    """
    batch = padded([song], end_id, grid)
    heard = list(batch[: len(model.inputs)])
    following, lasting = (np.asarray(logits)[0] for logits in model(heard, training=False))
    chances, over = [], 1.0
    for place, length in enumerate(song.lengths.tolist()):
        chances.append(over * softmax(following[place])[song.symbols[place]])
        ends = dict(zip(grid.lengths, _hazards(softmax(lasting[place])), strict=False))
        chances += [1.0 - ends.get(steps, OFF_TABLE_END) for steps in range(1, length)]
        over = ends[length]
    chances.append(over * softmax(following[len(song.lengths)])[end_id])
    return np.array(chances)


def _hazards(lengths: Probabilities) -> Probabilities:
    return np.array([chance / lengths[place:].sum() for place, chance in enumerate(lengths)])
