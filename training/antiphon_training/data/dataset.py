"""A data folder read back, and songs from elsewhere to be measured on; always whole songs."""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from antiphon.compose import symbols
from antiphon.compose.event_grid import EventGrid
from antiphon.compose.place import Bars
from antiphon.compose.symbols import Vocabulary
from antiphon.errors import Failure, WrongUse
from antiphon.files.read import read_file
from antiphon_training.data.entries import CATALOGUE_FILE, Entry, entries, read_json

MAX_TEXT_BYTES = 64 << 20  # of many songs
SPLITS = ("train", "valid", "test")
_FEWEST_OF_A_LENGTH = 3  # a rarer length is a slip of the pen, or a song of its own


@dataclass(frozen=True, slots=True)
class Song:
    """One song: its symbols and what the score says of its bars; `meter` as "3/4", None where it has none."""

    title: str
    source: str
    split: str
    meter: str | None
    pickup_steps: int
    bars_off: int
    stream: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data folder. `corpus` says name, title and licence.

    `lengths` are those of a network that learns on; None: those that the training songs have.
    """

    folder: Path
    songs: tuple[Song, ...]
    vocabulary: Vocabulary
    corpus: Mapping[str, str]
    steps_per_quarter: int
    key_rule: str
    sequence_length: int
    filtered: bool = True  # by the durations of the seed recipe
    lengths: tuple[int, ...] | None = None

    def of(self, split: str) -> list[Song]:
        """The songs of one side of the split. Raises ValueError for an unknown side."""
        if split not in SPLITS:
            raise ValueError(f'a split must be {", ".join(SPLITS)}, got "{split}"')
        return [song for song in self.songs if song.split == split]

    def songs_of(self, split: str) -> list[tuple[str, ...]]:
        """The symbol streams of one side of the split."""
        return [song.stream for song in self.of(split)]

    def bars_of(self, song: Song) -> Bars:
        """The bars that a song lies in; none where the score names no meter or its bars do not add up."""
        if song.meter is None or song.bars_off > 0:
            return Bars("", 0, self.steps_per_quarter)
        return Bars(song.meter, -song.pickup_steps, self.steps_per_quarter)

    @property
    def event_grid(self) -> EventGrid:
        """The grid of a network of events that learns from this."""
        if self.lengths is not None:
            return EventGrid(self.steps_per_quarter, self.lengths)
        counts = Counter(length for song in self.of("train") for length in lengths_of(song.stream))
        used = {length for length, often in counts.items() if often >= _FEWEST_OF_A_LENGTH}
        return EventGrid.of_lengths(self.steps_per_quarter, used)

    def sources_of(self, split: str) -> list[str]:
        """Where the songs of one side came from, "erk10.abc#12"."""
        return [song.source for song in self.of(split)]


def lengths_of(stream: Sequence[str]) -> list[int]:
    """The lengths of a song's notes and rests, in steps."""
    begins = [step for step, symbol in enumerate(stream) if symbol != symbols.HOLD]
    return [after - step for step, after in zip(begins, [*begins[1:], len(stream)], strict=True)]


def load_dataset(folder: Path) -> Dataset:
    """Read a data folder. Raises WrongUse where there is none, Failure where it is damaged."""
    said, mapping = (read_json(folder, name) for name in (CATALOGUE_FILE, "mapping.json"))
    try:
        return Dataset(
            folder=folder,
            songs=tuple(_song(entry, text) for entry, text in entries(folder)),
            vocabulary=Vocabulary(tuple(sorted(mapping, key=mapping.__getitem__))),
            corpus={name: str(said["corpus"][name]) for name in ("name", "title", "licence")},
            steps_per_quarter=said["steps_per_quarter"],
            key_rule=said["key_rule"],
            sequence_length=said["sequence_length"],
            filtered=said.get("acceptable_durations", ()) is not None,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Failure(f"{folder} is damaged: {type(error).__name__} {error}") from error


def _song(entry: Entry, text: str) -> Song:
    stream = tuple(map(sys.intern, symbols.parse(text)))  # of each symbol one string, however many songs
    if len(stream) != entry["steps"]:
        raise ValueError(f"song {entry['index']} has {len(stream)} symbols, not {entry['steps']}")
    if entry["split"] not in SPLITS:
        raise ValueError(f"song {entry['index']} is in no split")
    return Song(
        title=entry["title"],
        source=entry["source"],
        split=entry["split"],
        meter=entry["meter"],
        pickup_steps=entry["pickup_steps"],
        bars_off=entry["bars_off"],
        stream=stream,
    )


def read_songs(place: Path) -> list[tuple[str, ...]]:
    """Symbol streams from a folder of scores, a folder of encoded songs, or one file of either.

    Scores go the way of `prepare`, its refusals included. Raises WrongUse where nothing is found, Failure
    where nothing can be used.
    """
    from antiphon_training.corpus.songs import FORMATS

    if not place.exists():
        raise WrongUse(f"no songs at {place}")
    files = sorted(p for p in place.rglob("*") if p.is_file()) if place.is_dir() else [place]
    scores = [path for path in files if path.suffix.lower() in FORMATS]
    if scores:
        return _streams_of_scores(scores, place if place.is_dir() else place.parent)
    streams = [stream for path in files if path.suffix in ("", ".txt") for stream in _streams_in(path)]
    if not streams:
        raise WrongUse(f"no songs at {place}: looked for {' '.join(FORMATS)} and encoded songs")
    return streams


def _streams_in(path: Path) -> Iterator[tuple[str, ...]]:
    """The songs of a text of symbols, ended by `/` or by the end of the file."""
    try:
        found = symbols.parse(read_file(path, MAX_TEXT_BYTES).decode())
    except ValueError as error:
        raise Failure(f"{path} is not an encoded song: {error}") from error
    song: list[str] = []
    for symbol in (*found, symbols.END):
        if symbol != symbols.END:
            song.append(symbol)
        elif song:
            yield tuple(song)
            song = []


def _streams_of_scores(paths: Sequence[Path], folder: Path) -> list[tuple[str, ...]]:
    from antiphon_training.corpus.cache import ParseCache, default_folder
    from antiphon_training.corpus.corpus import load_songs, music21_corpus, scores_of
    from antiphon_training.corpus.sections import divided
    from antiphon_training.data.gridding import RefusedError
    from antiphon_training.data.preprocess import encode_song

    music21_corpus()
    loaded = load_songs(scores_of(paths, folder), os.cpu_count() or 1, ParseCache(default_folder()))
    streams: list[tuple[str, ...]] = []
    refused = [f"{source}: {reason}" for source, reason in loaded.unreadable]
    for song in (section for whole in loaded.songs for section in divided(whole)):
        try:
            streams.append(encode_song(song, None).stream)
        except RefusedError as reason:
            refused.append(f"{song.source}: {reason}")
    if not streams:
        raise Failure(f"no song below {folder} can be used; {refused[0] if refused else 'there is none'}")
    return streams
