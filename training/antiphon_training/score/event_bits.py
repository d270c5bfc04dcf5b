"""Bits that a network over notes and rests needs for songs, many songs at once in numpy; no TensorFlow.

A note's symbol and length together cost what the symbols of its steps cost one by one, so these are bits of
the symbol stream. (Of a note that is longer than the longest length of the table, how much longer is not
counted: the daemon takes that to be a matter of chance.)
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.event_weights import EventWeights
from antiphon.compose.side_by_side.event_rows import OFF_TABLE_END
from antiphon_training.data.batches import SCORED_AT_ONCE, Ids, alike
from antiphon_training.data.event_batches import EventBatch, padded
from antiphon_training.data.song_events import EventSong

Floats = NDArray[np.float64]
States = NDArray[np.float32]


def song_bits(
    weights: EventWeights, songs: Sequence[EventSong], hold_id: int, end_id: int, grid: EventGrid = SIXTEENTHS
) -> Floats:
    """Bits of each song and the `/` at its end, in their order."""
    bits = np.zeros(len(songs))
    for part in alike([len(song.symbols) for song in songs], SCORED_AT_ONCE, None):
        bits[part] = _batch_bits(weights, padded([songs[i] for i in part], end_id, grid), hold_id)
    return bits + [_off_the_table(song, grid) for song in songs]


def _off_the_table(song: EventSong, grid: EventGrid) -> float:
    """Bits for the notes that end where the table has no length, beside those of the nearest length."""
    longest = grid.lengths[-1]
    off = [length for length in song.lengths.tolist() if length <= longest and not grid.may_end(length)]
    return -len(off) * math.log2(OFF_TABLE_END)


def _batch_bits(weights: EventWeights, batch: EventBatch, hold_id: int) -> Floats:
    nats = np.zeros(len(batch.symbols))
    for step, hidden in enumerate(_hidden_states(weights, batch)):
        following = hidden @ weights.out_kernel + weights.out_bias
        following[:, hold_id] = -np.inf  # no note begins with a hold
        nats += batch.weights[:, step] * _chosen_nats(following, batch.next_symbols[:, step])
        lasting = _length_logits(weights, batch, step, hidden)
        nats += batch.length_weights[:, step] * _chosen_nats(lasting, batch.next_lengths[:, step])
    return np.asarray(nats / np.log(2), np.float64)


def _hidden_states(weights: EventWeights, batch: EventBatch) -> Iterator[States]:
    """The LSTM's hidden state (B, U) after each of the T events, from a zero state."""
    hidden = carry = np.zeros((len(batch.symbols), weights.units), np.float32)
    for step in range(batch.symbols.shape[1]):
        heard = _embedded(weights, batch, step)
        i, f, c, o = np.split(heard @ weights.kernel + hidden @ weights.recurrent + weights.bias, 4, axis=1)
        carry = _sigmoid(f) * carry + _sigmoid(i) * np.tanh(c)
        hidden = _sigmoid(o) * np.tanh(carry)
        yield hidden


def _embedded(weights: EventWeights, batch: EventBatch, step: int) -> States:
    rows = (
        weights.symbol_embedding[batch.symbols[:, step]],
        weights.length_embedding[batch.lengths[:, step]],
        weights.place_embedding[batch.places[:, step]],
        weights.bar_embedding[batch.bars[:, step]],
        weights.within_embedding[batch.within[:, step]],
        *_told(weights, batch, step),
    )
    return np.concatenate(rows, axis=1)


def _told(weights: EventWeights, batch: EventBatch, step: int) -> list[States]:
    if not weights.knows_form:
        return []
    told = (batch.left, batch.parallel, batch.lasting, batch.like)
    return [table[rows[:, step]] for table, rows in zip(weights.form_tables, told, strict=True)]


def _length_logits(weights: EventWeights, batch: EventBatch, step: int, hidden: States) -> States:
    symbol = weights.symbol_embedding[batch.next_symbols[:, step]]
    place = weights.place_embedding[batch.places[:, step]]
    within = weights.within_embedding[batch.within[:, step]]
    heard = np.concatenate([hidden, symbol, place, within, *_told(weights, batch, step)], axis=1)
    lasting = heard @ weights.length_kernel + weights.length_bias
    logits: States = np.maximum(lasting, 0.0) @ weights.length_out_kernel + weights.length_out_bias
    return logits


def _sigmoid(values: States) -> States:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * values), np.float32)


def _chosen_nats(logits: States, chosen: Ids) -> Floats:
    """−ln of what the softmax of logits (B, …) gives each of `chosen` (B,)."""
    wide = logits.astype(np.float64)
    wide -= wide.max(axis=1, keepdims=True)
    return np.asarray(np.log(np.exp(wide).sum(axis=1)) - wide[np.arange(len(chosen)), chosen], np.float64)
