"""Bits that a network over symbols needs for songs, many songs or windows at once in numpy; no TensorFlow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.context import Context
from antiphon.compose.lstm_weights import LstmLayer, SymbolWeights
from antiphon_training.data.batches import Batch, Ids, song_windows, whole_songs

Floats = NDArray[np.float64]
States = NDArray[np.float32]
SONGS_AT_ONCE, WINDOWS_AT_ONCE = 64, 512


@dataclass(frozen=True, slots=True)
class Network:
    """A trained network and how it listens; a model of songs like the baselines are."""

    weights: SymbolWeights
    context: Context
    window_length: int
    end_id: int

    def bits(self, songs: Sequence[Ids]) -> Floats:
        """Bits of each song, in their order."""
        if self.context == "window":
            return np.array([self._window_bits(song) for song in songs])
        order = np.argsort([len(song) + 1 for song in songs], kind="stable")  # as `whole_songs` has them
        found = np.zeros(len(songs))
        batches = whole_songs(songs, self.end_id, SONGS_AT_ONCE, None)
        found[order] = np.concatenate([np.zeros(0), *(self._stream_bits(batch) for batch in batches)])
        return found

    def _stream_bits(self, batch: Batch) -> Floats:
        ids, targets, weights = batch
        bits = np.zeros(len(ids))
        for step, hidden in enumerate(hidden_states(self.weights, ids)):
            bits += weights[:, step] * chosen_bits(self.weights, hidden, targets[:, step])
        return bits

    def _window_bits(self, song: Ids) -> float:
        bits = 0.0
        for ids, targets, _ in song_windows([song], self.end_id, self.window_length, WINDOWS_AT_ONCE):
            *_, last = hidden_states(self.weights, ids)
            bits += float(chosen_bits(self.weights, last, targets).sum())
        return bits


def hidden_states(weights: SymbolWeights, ids: Ids) -> Iterator[States]:
    """The last layer's hidden state (B, U) after each of the T steps of ids (B, T), from a zero state."""
    first, *above = weights.layers
    inputs = first.kernel + first.bias
    states = _states(first, (inputs[ids[:, step]] for step in range(ids.shape[1])))
    for layer in above:
        states = _states(layer, _heard(layer, states))
    return states


def _heard(layer: LstmLayer, below: Iterator[States]) -> Iterator[States]:
    return (hidden @ layer.kernel + layer.bias for hidden in below)


def _states(layer: LstmLayer, inputs: Iterator[States]) -> Iterator[States]:
    """Of one layer; `inputs` (B, 4U) are what its gates hear at each step, their bias included."""
    units = layer.units
    carry: States | None = None
    for heard in inputs:
        if carry is None:
            hidden = carry = np.zeros((len(heard), units), np.float32)
        gates = hidden @ layer.recurrent + heard
        i, f, o = (_sigmoid(gates[:, k * units : (k + 1) * units]) for k in (0, 1, 3))
        carry = f * carry + i * np.tanh(gates[:, 2 * units : 3 * units])
        hidden = o * np.tanh(carry)
        yield hidden


def _sigmoid(values: States) -> States:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * values), np.float32)


def chosen_bits(weights: SymbolWeights, hidden: States, targets: Ids) -> Floats:
    """−log2 of what the softmax gives each target; hidden (B, U), targets (B,)."""
    logits = (hidden @ weights.out_kernel + weights.out_bias).astype(np.float64)
    top = logits.max(axis=1)
    total = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
    return np.asarray((total - logits[np.arange(len(targets)), targets]) / np.log(2), np.float64)
