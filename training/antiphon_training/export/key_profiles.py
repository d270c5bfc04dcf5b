"""Measures the tables of `antiphon.listen.key_profiles` from prepared songs: which notes speak for which key.

    python -m antiphon_training.export.key_profiles --data DIR [--data DIR …] --out FILE

A folder named twice counts twice. The tables that ship were measured on essen, and twice each on oneills and
ryans (`prepare --recipe seed --corpus`).

They are the weights of a softmax regression over the 24 keys, shared between the tonics: they maximise the
probability of the written keys of the songs of the `train` split.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from antiphon.compose import symbols
from antiphon.events import GridNote
from antiphon.listen.key import ALL_KEYS, Evidence, Key, Mode
from antiphon_training.data.entries import entries

MODES: tuple[Mode, ...] = ("major", "minor")
# What is cut from a song, in steps from its first note: openings, the whole song (None), and later phrases,
# which begin less surely on the notes that songs begin with; these count half.
OPENINGS_STEPS = (16, 32, 64, None)
LATER_STEPS = ((32, 64), (64, 96), (96, 128))
LATER_WEIGHT = 0.5
# Songs in minor are few; players play more of it. They count twice.
MINOR_WEIGHT = 2.0
# How strongly weights are drawn to 0, and the steps of the optimiser. Chosen on the `valid` split.
PENALTY, ITERATIONS, RATE = 10.0, 200, 0.1
# A row of numbers for one melody: sounding, moves, first, last, and 1 for the mode itself.
SOUNDING, MOVES, FIRST, LAST = slice(0, 12), slice(12, 156), slice(156, 168), slice(168, 180)
FEATURES = 181

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class KeyedSong:
    """A song's notes, transposed to C major or A minor, and which of the two."""

    notes: tuple[GridNote, ...]
    home: Key


def keyed_songs(folder: Path, split: str, only_written: bool = False) -> Iterator[KeyedSong]:
    """The songs of one side of a data folder whose tonic is written, and the mode too with `only_written`."""
    for entry, text in entries(folder):
        wanted = ("score",) if only_written else ("score", "tonic")
        if entry["split"] == split and entry["key_from"] in wanted:
            home = Key(9, "minor") if Key.parse(entry["key"]).mode == "minor" else Key(0, "major")
            yield KeyedSong(symbols.decode(symbols.parse(text)), home)


def passage(notes: Sequence[GridNote], begin: int, end: int | None) -> tuple[GridNote, ...]:
    """The notes that begin within steps counted from the first note, the last one cut at `end`; None: all."""
    if not notes or end is None:
        return tuple(notes)
    first, last = notes[0].onset_steps + begin, notes[0].onset_steps + end
    return tuple(
        GridNote(note.onset_steps, min(note.duration_steps, last - note.onset_steps), note.pitch)
        for note in notes
        if first <= note.onset_steps < last
    )


def row(evidence: Evidence) -> Array:
    """One melody's evidence, shape (181,)."""
    found = np.zeros(FEATURES)
    found[SOUNDING] = evidence.sounding
    for (before, after), often in evidence.moves.items():
        found[MOVES.start + 12 * before + after] = often
    found[FIRST.start + evidence.first] = 1.0
    if evidence.last is not None:
        found[LAST.start + evidence.last] = 1.0
    found[-1] = 1.0
    return found


def _seen_from(tonic: int) -> npt.NDArray[np.intp]:
    """Where the number of each pitch class stands in a row that counts from the tonic, shape (181,)."""
    degrees = (np.arange(12) - tonic) % 12
    moves = MOVES.start + 12 * degrees[:, None] + degrees
    return np.concatenate([degrees, moves.ravel(), FIRST.start + degrees, LAST.start + degrees, [180]])


_PLACES = np.stack([_seen_from(tonic) for tonic in range(12)])  # (12, 181)


def _for_all_keys(weights: Array) -> Array:
    """Weights per mode (2, 181) → per key (181, 24), in the order of `ALL_KEYS`."""
    turned: Array = weights[:, _PLACES].reshape(24, FEATURES).T
    return turned


def _for_modes(gradient: Array) -> Array:
    """The way back: what falls on one weight in the 12 tonics is added up."""
    added = np.zeros((2, FEATURES))
    for mode in range(2):
        np.add.at(added[mode], _PLACES, gradient.T[12 * mode : 12 * mode + 12])
    return added


def fit(rows: Array, keys: npt.NDArray[np.intp], counts: Array) -> Array:
    """Weights per mode (2, 181) from rows (songs, 181), places in `ALL_KEYS` and how often each counts.

    The problem is convex; Adam with a rate that falls to 0 ends at the one best place.
    """
    weights, mean, square = np.zeros((3, 2, FEATURES))
    for step in range(1, ITERATIONS + 1):
        gradient = _gradient(weights, rows, keys, counts)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        rate = RATE / 2 * (1 + np.cos(np.pi * step / ITERATIONS))
        weights = weights - rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-9)
    return weights


def _gradient(weights: Array, rows: Array, keys: npt.NDArray[np.intp], counts: Array) -> Array:
    scores = rows @ _for_all_keys(weights)
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    chances[np.arange(len(keys)), keys] -= 1
    gradient: Array = (_for_modes(rows.T @ (chances * counts[:, None])) + PENALTY * weights) / counts.sum()
    return gradient


def _passages(song: KeyedSong) -> Iterator[tuple[Evidence, float]]:
    """What a song is cut to, each with how often it counts."""
    often = MINOR_WEIGHT if song.home.mode == "minor" else 1.0
    openings = [(0, end, often) for end in OPENINGS_STEPS]
    later = [(begin, end, often * LATER_WEIGHT) for begin, end in LATER_STEPS]
    for begin, end, weight in (*openings, *later):
        evidence = Evidence.of(passage(song.notes, begin, end), ended=end is None)
        if evidence is not None:
            yield evidence, weight


def measure(songs: Iterable[KeyedSong]) -> Array:
    """The weights per mode (2, 181) of songs. Raises ValueError without any."""
    found = [(row(e), ALL_KEYS.index(s.home), often) for s in songs for e, often in _passages(s)]
    if not found:
        raise ValueError("no song with a written key")
    rows, keys, counts = zip(*found, strict=True)
    return fit(np.array(rows), np.array(keys), np.array(counts))


def _numbers(values: Iterable[float]) -> str:
    return "(" + ", ".join(f"{round(value, 2) + 0.0:.2f}" for value in values) + ")"


def _table(name: str, kind: str, lines: Iterable[str]) -> str:
    entries = "".join(f'    "{mode}": {line},\n' for mode, line in zip(MODES, lines, strict=True))
    return f"{name}: dict[str, {kind}] = {{\n{entries}}}\n"


def _square(values: Array) -> str:
    return "(\n" + "".join(f"        {_numbers(line)},\n" for line in values.reshape(12, 12)) + "    )"


def module_text(weights: Array, sources: Sequence[str]) -> str:
    """The module `antiphon.listen.key_profiles`: weights per mode (2, 181), rounded."""
    arguments = " ".join(f"--data {name}" for name in sources)
    tables = [
        _table("PRIOR", "float", (f"{line[-1]:.2f}" for line in weights)),
        *(
            _table(name, "tuple[float, ...]", (_numbers(line[place]) for line in weights))
            for name, place in (("FIRST", FIRST), ("LAST", LAST), ("SOUNDING", SOUNDING))
        ),
        _table("MOVES", "tuple[tuple[float, ...], ...]", (_square(line[MOVES]) for line in weights)),
    ]
    return _OPENING.format(arguments=arguments) + "\n" + "\n".join(tables)


_OPENING = '''"""How a note of a melody speaks for a key, by semitones above its tonic. Generated, not edited.

    python -m antiphon_training.export.key_profiles
        {arguments}

Weights of a softmax regression over the 24 keys, measured on the written keys of songs of the `train` split,
whole and cut to passages. `antiphon.listen.key.Evidence` says what they are weights of: PRIOR of the mode,
FIRST and LAST note, share of the time SOUNDING, and MOVES from one note (row) to the next (column).
"""
'''


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the module measured on the folders given; with mistakes on the command line, exit with 2."""
    parser = argparse.ArgumentParser(description="Measure the tables of antiphon.listen.key_profiles.")
    parser.add_argument("--data", type=Path, action="append", required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    chosen = parser.parse_args(arguments)
    songs = [song for folder in chosen.data for song in keyed_songs(folder, "train")]
    if not songs:
        parser.error("no song of the train split has a written key")
    text = module_text(measure(songs), [folder.name for folder in chosen.data])
    chosen.out.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
