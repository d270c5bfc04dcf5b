"""How well a model knows songs it never met, beside n-grams of a part of the collection. Needs `.[train]`.

    python tests/benchmarks/bench_model.py [MODEL] --data DIR [--part PREFIX]

DIR is what `antiphon-train prepare` made and MODEL learned from (default: the bundle that ships). PREFIX
picks the songs whose source begins so (default: erk): the n-grams learn from those of the training split, and
all are measured on those of the test split, no song of which shares a quarter of its 8-interval runs with a
training song. Then the same songs are heard in each of the twelve keys, estimated from the first eight beats.

Wanted, of Kneser–Ney's bits per note: the network alone at most 0.66, with memory at most 0.56; in any key
within 3 % of that; between training and held-out songs at most 0.3 bits per symbol.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT / "training")]

from antiphon.compose.symbols import (  # noqa: E402
    END,
    decode,
    is_pitch,
    octaves_into_range,
)
from antiphon.events import GridNote, fold_pitch  # noqa: E402
from antiphon.listen.key import estimate  # noqa: E402
from antiphon_training.data.batches import song_ids  # noqa: E402
from antiphon_training.data.dataset import Dataset, Song, load_dataset  # noqa: E402
from antiphon_training.data.entries import entries  # noqa: E402
from antiphon_training.score.baselines import KneserNey  # noqa: E402
from antiphon_training.score.evaluate import score  # noqa: E402
from antiphon_training.score.evaluated_model import EvaluatedModel, HeldOut, evaluated_model  # noqa: E402
from antiphon_training.score.memory_weights import Floats  # noqa: E402

OPENING_STEPS = 32  # eight beats
TRAINING_SONGS = 400


def moved(song: HeldOut, semitones: int) -> HeldOut:
    stream = tuple(str(fold_pitch(int(s) + semitones)) if is_pitch(s) else s for s in song.stream)
    return HeldOut(stream, song.bars)


def as_played(song: HeldOut, what: EvaluatedModel) -> HeldOut:
    """Brought home by the key that its opening seems to be in, and into the model's range, as in playing."""
    notes = [note for note in decode(song.stream) if note.onset_steps < OPENING_STEPS]
    key = estimate([GridNote(note.onset_steps, note.duration_steps, note.pitch) for note in notes])
    home = moved(song, key.shift)
    pitches = [int(symbol) for symbol in home.stream if is_pitch(symbol)]
    return moved(home, octaves_into_range(pitches[: len(notes)], what.vocabulary))


def held(dataset: Dataset, songs: Sequence[Song]) -> list[HeldOut]:
    return [HeldOut(song.stream, dataset.bars_of(song)) for song in songs]


def say(name: str, bits: Floats | None, songs: Sequence[HeldOut], beside: float) -> float:
    if bits is None:
        return float("nan")
    found = score(name, bits, songs)
    share = found.bits_per_onset / beside
    print(f"{name:44} {found.bits_per_symbol:10.4f} {found.bits_per_onset:10.3f} {share:8.3f}", flush=True)
    return found.bits_per_onset


def both(name: str, what: EvaluatedModel, songs: Sequence[HeldOut], beside: float) -> tuple[float, float]:
    alone = say(name, what.bits(songs), songs, beside)
    return alone, say(f"{name}, with memory", what.bits_remembering(songs), songs, beside)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", nargs="?", default="essen")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--part", default="erk")
    asked = parser.parse_args()
    what, dataset = evaluated_model(asked.model), load_dataset(asked.data)

    def of(split: str) -> list[Song]:
        return [song for song in dataset.of(split) if Path(song.source).name.startswith(asked.part)]

    train, test = of("train"), of("test")
    songs, vocabulary = held(dataset, test), dataset.vocabulary
    ngrams = KneserNey(
        song_ids([song.stream for song in train], vocabulary), len(vocabulary), vocabulary.id(END)
    )
    known = ngrams.bits(song_ids([song.stream for song in songs], vocabulary))
    beside = score("", known, songs).bits_per_onset
    print(f"{asked.part}: {len(train)} songs to learn from, {len(test)} to be measured on")
    print(f"{'':44} {'bits/symbol':>10} {'bits/note':>10} {'share':>8}")
    say("Kneser–Ney, order 8, of the part", known, songs, beside)
    written = both(what.name, what, songs, beside)

    alone_too = [song for song, number in zip(test, _variants(dataset, test), strict=True) if number == 1]
    lonely = held(dataset, alone_too)
    of_lonely = ngrams.bits(song_ids([song.stream for song in lonely], vocabulary))
    both(
        f"  {len(lonely)} songs without any variant",
        what,
        lonely,
        score("", of_lonely, lonely).bits_per_onset,
    )
    learned = held(dataset, train[:TRAINING_SONGS])
    gap = [score("", what.bits(part), part).bits_per_symbol for part in (songs, learned)]
    print(f"training songs {gap[1]:.4f} bits per symbol, held-out ones {gap[0]:.4f}: {gap[0] - gap[1]:+.4f}")

    print("heard in another key, which is estimated from the first eight beats:")
    for semitones in range(-6, 6):
        played = [as_played(moved(song, semitones), what) for song in songs]
        alone, remembering = both(f"  {semitones:+d} semitones", what, played, beside)
        print(f"{'':4}{alone / written[0] - 1:+.1%} alone, {remembering / written[1] - 1:+.1%} with memory")


def _variants(dataset: Dataset, songs: Sequence[Song]) -> list[int]:
    """How many songs of the collection are in the cluster of each."""
    clusters = {about["source"]: about["cluster"] for about, _ in entries(dataset.folder)}
    sizes = Counter(clusters.values())
    return [sizes[clusters[song.source]] for song in songs]


if __name__ == "__main__":
    main()
