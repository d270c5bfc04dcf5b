"""The `prepare` step: which songs are kept, in which split, and what the data folder says of them."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from antiphon.compose.symbols import Vocabulary
from antiphon.errors import Failure
from antiphon.timebase import STEPS_PER_QUARTER
from antiphon_training.corpus.corpus import Corpus, Loaded
from antiphon_training.corpus.sections import is_further
from antiphon_training.data.encoding import Outcome, Refusal, encoded
from antiphon_training.data.gridding import ACCEPTABLE_DURATIONS
from antiphon_training.data.preprocess import KEY_RULE, EncodedSong
from antiphon_training.data.song_file import Songs
from antiphon_training.data.variants import Together, cluster_names, digest, runs, split_of

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


class KeptSongs:
    """The songs that go into the data, in order; they may be read again and again, and are not held here."""

    def __init__(self, songs: Songs, clusters: Sequence[str]) -> None:
        self._songs, self.clusters = songs, clusters

    def __iter__(self) -> Iterator[KeptSong]:
        for song, cluster in zip(self._songs, self.clusters, strict=True):
            yield KeptSong(song, cluster, split_of(cluster))

    def __len__(self) -> int:
        return len(self._songs)


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that a data folder says, before it is written."""

    corpus: Corpus
    songs: KeptSongs
    vocabulary: Vocabulary
    symbols: int
    refusals: Refusals
    loaded: int
    sections: int
    duplicates: int
    rounded: int
    shortened: int
    sequence_length: int
    acceptable: Sequence[float] | None = ACCEPTABLE_DURATIONS
    steps_per_quarter: int = STEPS_PER_QUARTER

    def split_sizes(self) -> dict[str, int]:
        sizes = Counter(map(split_of, self.songs.clusters))
        return {name: sizes[name] for name in ("train", "valid", "test")}


def prepare(
    corpus: Corpus,
    loaded: Loaded,
    sequence_length: int,
    acceptable: Sequence[float] | None = ACCEPTABLE_DURATIONS,
    steps_per_quarter: int = STEPS_PER_QUARTER,
) -> Prepared:
    """`prepare_outcomes` for songs that are in memory."""
    outcomes = encoded(loaded, acceptable, steps_per_quarter)
    return prepare_outcomes(corpus, outcomes, sequence_length, [], acceptable, steps_per_quarter)


def prepare_outcomes(
    corpus: Corpus,
    outcomes: Iterable[Outcome],
    sequence_length: int,
    songs: Songs,
    acceptable: Sequence[float] | None = ACCEPTABLE_DURATIONS,
    steps_per_quarter: int = STEPS_PER_QUARTER,
) -> Prepared:
    """Drop duplicates, keep the others in `songs`, split by clusters of variants.

    Outcomes are taken one at a time; of a song that is kept only its digest and its runs stay in memory.
    `acceptable`: the durations that passed, in quarters; None: any, rounded to the grid of
    `steps_per_quarter`. Raises Failure where nothing is left.
    """
    refusals, facts, loaded, sections = Refusals(), _Facts(steps_per_quarter), 0, 0
    for outcome in outcomes:
        loaded += not is_further(outcome.source)
        sections += 1
        if isinstance(outcome, Refusal):
            refusals.add(outcome.reason, outcome.source, outcome.detail)
        elif facts.are_new(outcome):
            songs.append(outcome)
    if not len(songs):
        raise Failure(f"no song of {corpus.title} can be used: {refusals}")
    return Prepared(
        corpus,
        KeptSongs(songs, facts.clusters()),
        Vocabulary.of([facts.vocabulary]),
        facts.symbols,
        refusals,
        loaded,
        sections,
        duplicates=sections - refusals.counts.total() - len(songs),
        rounded=facts.rounded,
        shortened=facts.shortened,
        sequence_length=sequence_length,
        acceptable=acceptable,
        steps_per_quarter=steps_per_quarter,
    )


class _Facts:
    """What must be known of all songs together: duplicates, variants, the vocabulary and some counts."""

    def __init__(self, steps_per_quarter: int) -> None:
        self._steps_per_quarter = steps_per_quarter
        self._digests: dict[str, int] = {}
        self._together = Together()
        self._runs, self._counts = array("Q"), array("q")
        self.vocabulary: set[str] = set()
        self.symbols = self.rounded = self.shortened = 0

    def are_new(self, song: EncodedSong) -> bool:
        """Take up a song, unless it is a duplicate of one that was taken up."""
        name = digest(song.stream, self._steps_per_quarter)
        known = name in self._digests
        self._together.add(song.source, self._digests.setdefault(name, len(self._digests)))
        if known:
            return False
        own = runs(song.stream)
        self._runs.frombytes(own.tobytes())
        self._counts.append(len(own))
        self.vocabulary.update(song.stream)
        self.symbols += len(song.stream)
        self.rounded += song.moved > 0
        self.shortened += song.left_out > 0
        return True

    def clusters(self) -> list[str]:
        """For each song the name of its cluster."""
        return cluster_names(
            tuple(self._digests),
            np.frombuffer(self._runs, np.uint64),
            np.frombuffer(self._counts, np.int64),
            self._together.pairs(),
        )


def catalogue(prepared: Prepared) -> dict[str, Any]:
    """What `songs.json` says of all songs together."""
    corpus = prepared.corpus
    return {
        "steps_per_quarter": prepared.steps_per_quarter,
        "key_rule": KEY_RULE,
        "corpus": {"name": corpus.name, "title": corpus.title, "licence": corpus.licence},
        "acceptable_durations": prepared.acceptable and list(prepared.acceptable),
        "sequence_length": prepared.sequence_length,
        "loaded": prepared.loaded,
        "sections": prepared.sections,
        "refused": dict(sorted(prepared.refusals.counts.items())),
        "refused_examples": dict(sorted(prepared.refusals.examples.items())),
        "duplicates": prepared.duplicates,
        "clusters": len(set(prepared.songs.clusters)),
    }


def entry(index: int, kept: KeptSong) -> dict[str, Any]:
    """What the data folder says of one song, beside its symbols."""
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
    return {
        "corpus": prepared.corpus.name,
        "licence": prepared.corpus.licence,
        "loaded": prepared.loaded,
        "sections": prepared.sections,
        "refused": dict(prepared.refusals.counts.most_common()),
        "refused_examples": prepared.refusals.examples,
        "duplicates": prepared.duplicates,
        "kept": len(prepared.songs),
        "rounded": prepared.rounded,
        "shortened": prepared.shortened,
        "clusters": len(set(prepared.songs.clusters)),
        "split": prepared.split_sizes(),
        "symbols": prepared.symbols,
        "vocabulary": len(prepared.vocabulary),
    }
