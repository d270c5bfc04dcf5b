"""The `prepare` step: which songs are kept, in which split, and what the data folder says of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from antiphon.compose.symbols import Vocabulary
from antiphon.errors import Failure
from antiphon.timebase import STEPS_PER_QUARTER
from antiphon_training.corpus.corpus import Corpus, Loaded
from antiphon_training.data.gridding import ACCEPTABLE_DURATIONS, RefusedError
from antiphon_training.data.preprocess import KEY_RULE, EncodedSong, encode_song
from antiphon_training.data.variants import cluster_names, split_of, without_duplicates

FORMAT = 1
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class KeptSong:
    """A song that goes into the data, with its cluster of variants and the split that follows from it."""

    song: EncodedSong
    cluster: str
    split: str


@dataclass(slots=True)
class Refusals:
    """What was left out: how many by reason, and the first few of each by name."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, source: str, detail: str) -> None:
        self.counts[reason] += 1
        found = self.examples.setdefault(reason, [])
        if len(found) < EXAMPLES:
            found.append(f"{source}: {detail}")

    def __str__(self) -> str:
        """The reasons, the most frequent first, each with its first example."""
        common = self.counts.most_common()
        said = [f"{reason} {count} ({self.examples[reason][0]})" for reason, count in common]
        return ", ".join(said) or "there is none"


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that a data folder says, before it is written."""

    corpus: Corpus
    songs: tuple[KeptSong, ...]
    refusals: Refusals
    loaded: int
    duplicates: int
    sequence_length: int
    acceptable: Sequence[float] | None = ACCEPTABLE_DURATIONS

    def split_sizes(self) -> dict[str, int]:
        sizes = Counter(kept.split for kept in self.songs)
        return {name: sizes[name] for name in ("train", "valid", "test")}


def prepare(
    corpus: Corpus,
    loaded: Loaded,
    sequence_length: int,
    acceptable: Sequence[float] | None = ACCEPTABLE_DURATIONS,
) -> Prepared:
    """Filter, transpose, encode, drop duplicates, split by clusters. Raises Failure where nothing is left.

    `acceptable`: the durations that the filter lets pass, in quarters; None: any, rounded to the grid.
    """
    refusals = Refusals()
    for source, reason in loaded.unreadable:
        refusals.add("unreadable", source, reason)
    encoded = list(_encoded(loaded, acceptable, refusals))
    if not encoded:
        raise Failure(f"no song of {corpus.title} can be used: {refusals}")
    unique = [encoded[place] for place in without_duplicates(song.stream for song in encoded)]
    names = cluster_names([song.stream for song in unique])
    kept = tuple(KeptSong(song, name, split_of(name)) for song, name in zip(unique, names, strict=True))
    total = len(loaded.songs) + len(loaded.unreadable)
    return Prepared(corpus, kept, refusals, total, len(encoded) - len(unique), sequence_length, acceptable)


def _encoded(loaded: Loaded, acceptable: Sequence[float] | None, refusals: Refusals) -> Iterator[EncodedSong]:
    for song in loaded.songs:
        try:
            yield encode_song(song, acceptable)
        except RefusedError as refused:
            refusals.add(refused.reason, song.source, str(refused))


def catalogue(prepared: Prepared) -> dict[str, Any]:
    """What `songs.json` says."""
    corpus = prepared.corpus
    return {
        "format": FORMAT,
        "steps_per_quarter": STEPS_PER_QUARTER,
        "key_rule": KEY_RULE,
        "corpus": {"name": corpus.name, "title": corpus.title, "licence": corpus.licence},
        "acceptable_durations": prepared.acceptable and list(prepared.acceptable),
        "sequence_length": prepared.sequence_length,
        "songs": [_entry(index, kept) for index, kept in enumerate(prepared.songs)],
        "loaded": prepared.loaded,
        "refused": dict(sorted(prepared.refusals.counts.items())),
        "refused_examples": dict(sorted(prepared.refusals.examples.items())),
        "duplicates": prepared.duplicates,
        "clusters": len({kept.cluster for kept in prepared.songs}),
    }


def _entry(index: int, kept: KeptSong) -> dict[str, Any]:
    song = kept.song
    return {
        "index": index,
        "title": song.title,
        "source": song.source,
        "key": str(song.key),
        "key_from": song.key_from,
        "shift": song.key.shift,
        "meter": song.meters[0] if song.meters else None,
        "meters": list(song.meters),
        "pickup_steps": song.pickup_steps,
        "bars_off": song.bars_off,
        "cluster": kept.cluster,
        "split": kept.split,
        "steps": len(song.stream),
        "notes": song.notes,
        **_rounding(song),
    }


def _rounding(song: EncodedSong) -> dict[str, int]:
    """What the grid could not say as it is written; nothing where it could."""
    counts = {"moved": song.moved, "left_out": song.left_out}
    return {name: count for name, count in counts.items() if count}


def summary(prepared: Prepared) -> dict[str, Any]:
    """The counts of a run, for the table and for `--json`."""
    streams = [kept.song.stream for kept in prepared.songs]
    return {
        "corpus": prepared.corpus.name,
        "licence": prepared.corpus.licence,
        "loaded": prepared.loaded,
        "refused": dict(prepared.refusals.counts.most_common()),
        "refused_examples": prepared.refusals.examples,
        "duplicates": prepared.duplicates,
        "kept": len(prepared.songs),
        "rounded": sum(kept.song.moved > 0 for kept in prepared.songs),
        "shortened": sum(kept.song.left_out > 0 for kept in prepared.songs),
        "clusters": len({kept.cluster for kept in prepared.songs}),
        "split": prepared.split_sizes(),
        "symbols": sum(map(len, streams)),
        "vocabulary": len(Vocabulary.of(streams)),
    }
