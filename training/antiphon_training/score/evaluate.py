"""Bits that a model needs for held-out songs, per symbol and per note onset, next to models it must beat.

A song's bits are those of its symbols and of one `/`. No TensorFlow.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from antiphon.compose.place import NO_BARS
from antiphon.compose.symbols import END, Vocabulary, is_pitch
from antiphon.errors import Failure, WrongUse
from antiphon.timebase import STEPS_PER_QUARTER
from antiphon_training.data.batches import song_ids
from antiphon_training.data.dataset import Dataset, load_dataset, read_songs
from antiphon_training.score.baselines import KN_ORDER, KneserNey, SteppedKneserNey, Uniform, Unigram
from antiphon_training.score.evaluated_model import EvaluatedModel, HeldOut
from antiphon_training.score.memory_weights import Floats, Tune, bits_remembering, fit, gather

# So many songs of another split say how much a memory weighs beside the n-gram model.
_SONGS_OF_EXPERIENCE = 150


@dataclass(frozen=True, slots=True)
class Score:
    """A model's bits for a set of songs."""

    model: str
    bits_per_symbol: float
    bits_per_onset: float


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured on which songs.

    `unknown`: symbols the model does not know, taken for the nearest. `left_out`: songs that the grid of one
    of the models, or its table of lengths, cannot say.
    """

    songs_from: str
    songs: int
    symbols: int
    onsets: int
    unknown: int
    scores: tuple[Score, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Beside:
    """What the baselines learn from: songs for the n-grams, and others for the weight of a memory."""

    train: Sequence[HeldOut]
    valid: Sequence[HeldOut]


def held_out(dataset: Dataset, split: str) -> list[HeldOut]:
    """The songs of one side of the split."""
    return [HeldOut(song.stream, dataset.bars_of(song)) for song in dataset.of(split)]


def count_onsets(songs: Sequence[HeldOut]) -> int:
    return sum(is_pitch(symbol) for song in songs for symbol in song.stream)


def score(name: str, bits: Floats, songs: Sequence[HeldOut]) -> Score:
    """A model's score from the bits of each song. Where there is no note, bits per onset are infinite."""
    total, onsets = float(bits.sum()), count_onsets(songs)
    per_onset = total / onsets if onsets else float("inf")
    return Score(name, total / sum(len(song.stream) + 1 for song in songs), per_onset)


def measure(
    models: Sequence[EvaluatedModel], songs: Sequence[HeldOut], songs_from: str, beside: Beside | None
) -> Report:
    """Score the networks in their order, then the baselines, which have the first one's vocabulary.

    `beside` None: no baselines. Raises Failure where there are no songs.
    """
    given = len(songs)
    songs = [song for song in songs if all(what.says(song) for what in models)]
    if not songs:
        raise Failure(f"{songs_from}: no songs to evaluate on")
    scores = [found for what in models for found in _scores(what, songs)]
    if beside is not None:
        scores += baselines(beside, songs, models[0].vocabulary)
    unknown = sum(
        symbol not in what.vocabulary for what in models for song in songs for symbol in song.stream
    )
    symbols = sum(len(song.stream) + 1 for song in songs)
    onsets, left_out = count_onsets(songs), given - len(songs)
    return Report(songs_from, len(songs), symbols, onsets, unknown, tuple(scores), left_out)


def _scores(what: EvaluatedModel, songs: Sequence[HeldOut]) -> list[Score]:
    """Without and with its memory, and where it can be told of a song's form, once more told."""
    found = []
    for told in (False, True) if what.knows_form else (False,):
        name = f"{what.name}, told its form" if told else what.name
        found.append(score(name, what.bits(songs, told), songs))
        with_memory = what.bits_remembering(songs, told)
        if with_memory is not None:
            found.append(score(_remembering(name), with_memory, songs))
    return found


def _remembering(name: str) -> str:
    return f"{name}, with memory"


def baselines(beside: Beside, songs: Sequence[HeldOut], vocabulary: Vocabulary) -> list[Score]:
    """The strongest first."""
    symbols, end_id = len(vocabulary), vocabulary.id(END)
    train = song_ids([song.stream for song in beside.train], vocabulary)
    ids = song_ids([song.stream for song in songs], vocabulary)
    ngrams = KneserNey(train, symbols, end_id)
    name = f"Kneser–Ney, order {KN_ORDER}"
    return [
        *_with_memory(name, ngrams, beside, songs, vocabulary),
        score(name, ngrams.bits(ids), songs),
        score("unigram", Unigram(train, symbols, end_id).bits(ids), songs),
        score("uniform", Uniform(symbols).bits(ids), songs),
    ]


def _with_memory(
    name: str, ngrams: KneserNey, beside: Beside, songs: Sequence[HeldOut], vocabulary: Vocabulary
) -> list[Score]:
    """With the memory that the networks have; nothing where no songs can say how much it weighs."""
    known = [song for song in beside.valid[:_SONGS_OF_EXPERIENCE] if song.stream]
    if not known:
        return []
    stepped = SteppedKneserNey(ngrams)
    experience = fit(gather(stepped, _tunes(known, vocabulary), vocabulary))
    bits = bits_remembering(stepped, experience, _tunes(songs, vocabulary), vocabulary)
    return [score(_remembering(name), bits, songs)]


def _tunes(songs: Sequence[HeldOut], vocabulary: Vocabulary) -> list[Tune]:
    return [Tune(vocabulary.ids(song.stream), song.bars) for song in songs]


def evaluate(models: Sequence[EvaluatedModel], data: Path | None, songs: Path | None, split: str) -> Report:
    """The bits part of the `evaluate` command. Raises WrongUse where neither data nor songs are named."""
    if data is None and songs is None:
        raise WrongUse("name held-out songs: --data DIR, --songs DIR or both")
    dataset: Dataset | None = load_dataset(data) if data else None
    beside = None
    if dataset and dataset.steps_per_quarter == STEPS_PER_QUARTER:  # an n-gram of finer steps knows no notes
        beside = Beside(held_out(dataset, "train"), held_out(dataset, "valid"))
    if songs:
        return measure(models, [HeldOut(stream, NO_BARS) for stream in read_songs(songs)], str(songs), beside)
    assert dataset is not None
    return measure(models, held_out(dataset, split), f"{data}, {split}", beside)


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
        if report.left_out:
            console.print(f"left out: {report.left_out} songs that do not fit all the grids")
        if report.unknown:
            console.print(
                f"{report.unknown} symbols unknown to the model were taken for the nearest it knows"
            )
    return text.get()


def as_json(report: Report) -> str:
    return json.dumps(asdict(report), indent=1, ensure_ascii=False) + "\n"
