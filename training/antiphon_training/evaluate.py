"""Bits that a model needs for held-out songs, per symbol and per note onset, next to models it must beat.

A song's bits are those of its symbols and of one `/`. No TensorFlow: the network is stepped in numpy, many
songs at once.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from antiphon import bundle
from antiphon.compose.model import Context, LstmWeights
from antiphon.compose.symbols import END, Vocabulary, is_pitch
from antiphon.errors import Failure, WrongUse
from antiphon_training import run_folder
from antiphon_training.baselines import KN_ORDER, Baseline, KneserNey, Uniform, Unigram
from antiphon_training.batches import Batch, Ids, song_ids, song_windows, whole_songs
from antiphon_training.dataset import Dataset, load_dataset, read_songs

Floats = NDArray[np.float64]
SONGS_AT_ONCE, WINDOWS_AT_ONCE = 64, 512


@dataclass(frozen=True, slots=True)
class Network:
    """A trained network and how it listens; a model of songs like the baselines are."""

    weights: LstmWeights
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


def hidden_states(weights: LstmWeights, ids: Ids) -> list[NDArray[np.float32]]:
    """The LSTM's hidden state (B, U) after each of the T steps of ids (B, T), from a zero state."""
    batch, units = len(ids), weights.units
    inputs = weights.kernel + weights.bias
    hidden = carry = np.zeros((batch, units), np.float32)
    states = []
    for step in range(ids.shape[1]):
        gates = hidden @ weights.recurrent + inputs[ids[:, step]]
        i, f, o = (_sigmoid(gates[:, k * units : (k + 1) * units]) for k in (0, 1, 3))
        carry = f * carry + i * np.tanh(gates[:, 2 * units : 3 * units])
        hidden = o * np.tanh(carry)
        states.append(hidden)
    return states


def _sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * values), np.float32)


def chosen_bits(weights: LstmWeights, hidden: NDArray[np.float32], targets: Ids) -> Floats:
    """−log2 of what the softmax gives each target; hidden (B, U), targets (B,)."""
    logits = (hidden @ weights.out_kernel + weights.out_bias).astype(np.float64)
    top = logits.max(axis=1)
    total = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
    return np.asarray((total - logits[np.arange(len(targets)), targets]) / np.log(2), np.float64)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is evaluated: a network with its name and vocabulary, out of a bundle or a run folder."""

    name: str
    network: Network
    vocabulary: Vocabulary


def subject(folder_or_name: str) -> Subject:
    """Read a run folder, a bundle's folder or a shipped bundle's name. Raises WrongUse or Failure."""
    if (Path(folder_or_name) / run_folder.RUN_FILE).is_file():
        return _of_run(Path(folder_or_name))
    found = bundle.load(bundle.find(folder_or_name))
    card = found.card
    network = Network(found.weights, card.context, card.window_length, found.vocabulary.id(END))
    return Subject(card.name, network, found.vocabulary)


def _of_run(folder: Path) -> Subject:
    run = run_folder.read_run(folder)
    try:
        vocabulary = Vocabulary(tuple(run["vocabulary"]))
        recipe = run["recipe"]
        context, length = recipe["context"], recipe["window_length"]
    except (KeyError, TypeError, ValueError) as error:
        raise Failure(f"{folder / run_folder.RUN_FILE}: {error}") from None
    network = Network(run_folder.read_weights(folder), context, length, vocabulary.id(END))
    return Subject(folder.name, network, vocabulary)


@dataclass(frozen=True, slots=True)
class Score:
    """A model's bits for a set of songs."""

    model: str
    bits_per_symbol: float
    bits_per_onset: float


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured on which songs. `unknown`: symbols the model does not know, taken for the nearest."""

    songs_from: str
    songs: int
    symbols: int
    onsets: int
    unknown: int
    scores: tuple[Score, ...]


def score(name: str, model: Baseline, ids: Sequence[Ids], onsets: int) -> Score:
    """`onsets`: the notes of all the songs. Where there is none, bits per onset are infinite."""
    bits = float(model.bits(ids).sum())
    symbols = sum(len(song) + 1 for song in ids)
    return Score(name, bits / symbols, bits / onsets if onsets else float("inf"))


def count_onsets(songs: Sequence[Sequence[str]]) -> int:
    return sum(is_pitch(symbol) for song in songs for symbol in song)


def measure(
    what: Subject, songs: Sequence[Sequence[str]], songs_from: str, train: Sequence[Sequence[str]] | None
) -> Report:
    """Score the network, and the baselines trained on the songs of `train` unless that is None."""
    if not songs:
        raise Failure(f"{songs_from}: no songs to evaluate on")
    ids, onsets = song_ids(songs, what.vocabulary), count_onsets(songs)
    models: list[tuple[str, Baseline]] = [(what.name, what.network)]
    if train is not None:
        models += baselines(song_ids(train, what.vocabulary), what.vocabulary)
    unknown = sum(symbol not in what.vocabulary for song in songs for symbol in song)
    scores = tuple(score(name, model, ids, onsets) for name, model in models)
    return Report(songs_from, len(songs), sum(len(song) + 1 for song in songs), onsets, unknown, scores)


def baselines(train: Sequence[Ids], vocabulary: Vocabulary) -> list[tuple[str, Baseline]]:
    """Each with its name, the strongest first."""
    symbols, end_id = len(vocabulary), vocabulary.id(END)
    return [
        (f"Kneser–Ney, order {KN_ORDER}", KneserNey(train, symbols, end_id)),
        ("unigram", Unigram(train, symbols, end_id)),
        ("uniform", Uniform(symbols)),
    ]


def evaluate(folder_or_name: str, data: Path | None, songs: Path | None, split: str) -> Report:
    """The `evaluate` command. Raises WrongUse where neither data nor songs are named."""
    if data is None and songs is None:
        raise WrongUse("name held-out songs: --data DIR, --songs DIR or both")
    what = subject(folder_or_name)
    dataset: Dataset | None = load_dataset(data) if data else None
    train = dataset.songs_of("train") if dataset else None
    if songs:
        return measure(what, read_songs(songs), str(songs), train)
    assert dataset is not None
    return measure(what, dataset.songs_of(split), f"{data}, {split}", train)


def table(report: Report) -> str:
    """The report for a person, with colour on a terminal and plain elsewhere."""
    title = f"{report.songs_from}: songs {report.songs}, symbols {report.symbols}, onsets {report.onsets}"
    rows = Table(box=None, pad_edge=False)
    rows.add_column("model")
    rows.add_column("bits/symbol", justify="right")
    rows.add_column("bits/onset", justify="right")
    for found in report.scores:
        rows.add_row(found.model, f"{found.bits_per_symbol:.4f}", f"{found.bits_per_onset:.3f}")
    console = Console(soft_wrap=True, highlight=False)
    with console.capture() as text:
        console.print(title)
        console.print(rows)
        if report.unknown:
            console.print(
                f"{report.unknown} symbols unknown to the model were taken for the nearest it knows"
            )
    return text.get()


def as_json(report: Report) -> str:
    return json.dumps(asdict(report), indent=1, ensure_ascii=False) + "\n"
