"""A prepared data folder in miniature, and random weights: what the training tests train on."""

import json
from pathlib import Path

import numpy as np

from antiphon.compose.lstm_weights import LstmWeights
from antiphon.compose.symbols import Vocabulary

SCALE = ("60", "62", "64", "65", "67", "69", "71", "72")
SPLITS = {"train": 24, "valid": 6, "test": 6}


def toy_song(rng: np.random.Generator) -> tuple[str, ...]:
    """A walk up and down the scale in quarters and eighths: easy to learn, of any length from 12 to 60."""
    place, symbols = int(rng.integers(0, 4)), []
    for _ in range(int(rng.integers(6, 16))):
        symbols += [SCALE[place], *["_"] * (3 if place % 2 else 1)]
        place = (place + int(rng.choice([1, 1, 1, -2]))) % len(SCALE)
    return tuple(symbols)


def toy_abc(songs: int, random_seed: int = 0) -> str:
    """An ABC book of songs."""
    rng = np.random.default_rng(random_seed)
    return "\n".join(_abc(number, toy_song(rng)) for number in range(1, songs + 1))


def _abc(number: int, song: tuple[str, ...]) -> str:
    names = dict(zip(SCALE, ("C", "D", "E", "F", "G", "A", "B", "c"), strict=True))
    starts = [place for place, symbol in enumerate(song) if symbol != "_"]
    lengths = np.diff([*starts, len(song)])
    notes = "".join(f"{names[song[start]]}{length}" for start, length in zip(starts, lengths, strict=True))
    return f"X:{number}\nT:Song {number}\nM:4/4\nL:1/16\nK:C\n{notes}|\n"


def toy_data(folder: Path, random_seed: int = 0) -> Path:
    """Write a data folder as `antiphon-train prepare` does."""
    rng = np.random.default_rng(random_seed)
    songs, about = [], []
    (folder / "songs").mkdir(parents=True)
    for split, count in SPLITS.items():
        for _ in range(count):
            song, index = toy_song(rng), len(songs)
            (folder / "songs" / str(index)).write_text(" ".join(song))
            about.append(_about(index, split, song))
            songs.append(song)
    vocabulary = Vocabulary.of(songs)
    mapping = {symbol: i for i, symbol in enumerate(vocabulary.symbols)}
    (folder / "mapping.json").write_text(json.dumps(mapping))
    trained = songs[: SPLITS["train"]]
    (folder / "train.txt").write_text(" ".join(word for song in trained for word in (*song, *["/"] * 64)))
    (folder / "songs.json").write_text(json.dumps(_catalogue(about)))
    return folder


def _about(index: int, split: str, song: tuple[str, ...]) -> dict[str, object]:
    return {
        "index": index,
        "title": f"Song {index}",
        "source": f"toy.abc#{index}",
        "key": "C major",
        "key_from": "key",
        "shift": 0,
        "meter": "4/4",
        "meters": ["4/4"],
        "pickup_steps": 0,
        "bars_off": 0,
        "cluster": f"{index:064x}",
        "split": split,
        "steps": len(song),
        "notes": sum(symbol.isdigit() for symbol in song),
    }


def _catalogue(about: list[dict[str, object]]) -> dict[str, object]:
    return {
        "format": 1,
        "steps_per_quarter": 4,
        "key_rule": "written",
        "corpus": {"name": "toy", "title": "Toy songs", "licence": "CC0"},
        "sequence_length": 64,
        "loaded": len(about),
        "duplicates": 0,
        "refused": {},
        "songs": about,
    }


def random_weights(symbols: int, units: int, random_seed: int = 0) -> LstmWeights:
    rng = np.random.default_rng(random_seed)
    shapes = ((symbols, 4 * units), (units, 4 * units), (4 * units,), (units, symbols), (symbols,))
    return LstmWeights(*(rng.normal(0, 0.5, shape).astype(np.float32) for shape in shapes))
