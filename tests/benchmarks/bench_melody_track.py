"""How often the melody of a MIDI file with several tracks is found, and how well that of one piano track.

    python tests/benchmarks/bench_melody_track.py --cache DIR [--fit]

The scores of several parts that music21 bundles (chorales, quartets, songs, madrigals, tunes with chords) are
written as MIDI files: tracks in random order, without names, gates of 80–100 %. The melody is the top part.
Half of the scores, by the hash of their names, are held out; `--fit` fits the weights of
antiphon/midi/voice_choice.py to the other half and prints them. Then each score is written as one track, and
its skyline is compared with the top part. DIR keeps what music21 read (about 20 minutes the first time).
Wanted: the right track in 90 % of the held-out scores.
"""

import argparse
import hashlib
import json
import random
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "daemon")]

import numpy as np  # noqa: E402

from antiphon.events import NoteOff, NoteOn  # noqa: E402
from antiphon.midi import smf, voice_choice  # noqa: E402
from antiphon.midi.file import track_chunk  # noqa: E402
from antiphon.midi.messages import to_bytes  # noqa: E402
from antiphon.midi.notes import TickNote  # noqa: E402
from antiphon.midi.part_features import Features, features  # noqa: E402
from antiphon.midi.parts import Part, parts_of  # noqa: E402
from antiphon.midi.skyline import skyline  # noqa: E402
from antiphon.midi.track import read_tracks  # noqa: E402
from antiphon.midi.voice_choice import Wanted, choose  # noqa: E402

TICKS = 480
OTHERS = (
    "schumann_clara",
    "schumann_robert",
    "schubert",
    "weber",
    "handel",
    "cpebach",
    "corelli",
    "beach",
    "johnson_j_r",
    "verdi",
    "liliuokalani",
    "leadSheet",
    "lusitano",
)
# Folder of music21's corpus → the kind of its scores, and how many of them at most.
FOLDERS = {
    "nottingham-dataset": ("tunes with chords", 100),
    "bach": ("chorales", 120),
    "mozart": ("quartets", 100),
    "haydn": ("quartets", 100),
    "beethoven": ("quartets", 100),
    "monteverdi": ("madrigals", 15),
    "trecento": ("songs of the 14th century", 15),
    "palestrina": ("masses", 12),
    **dict.fromkeys(OTHERS, ("songs and other pieces", 100)),
}
# Larger scores take music21 minutes.
MOST_BYTES = {".mxl": 22_000, ".xml": 500_000, ".krn": 20_000}
# What tells a melody from chords, arpeggios and pads, of which these scores have few: where the fit begins.
EXPECTED = (2.0, 0.5, 2.0, -0.5, 1.0, -1.0, 0.0, 1.0)
ENDINGS = (".mxl", ".xml", ".musicxml", ".krn", ".abc")
Row = tuple[float, float, int]  # onset and length in quarters, pitch


@dataclass(frozen=True, slots=True)
class Piece:
    """A score: its parts from the top, the melody first."""

    name: str
    kind: str
    parts: tuple[tuple[Row, ...], ...]

    @property
    def held_out(self) -> bool:
        return hashlib.sha256(self.name.encode()).digest()[0] % 2 == 0


def pieces(cache: Path) -> Iterator[Piece]:
    """All scores of several parts, read by music21 the first time."""
    import music21

    warnings.simplefilter("ignore")
    cache.mkdir(parents=True, exist_ok=True)
    corpus = Path(music21.__file__).parent / "corpus"
    for path in _chosen(corpus):
        name = path.relative_to(corpus).as_posix().replace("/", "__")
        kept = cache / f"{name}.json"
        if not kept.exists():
            print(f"reading {name}", file=sys.stderr)
            kept.write_text(json.dumps(_read(path)))
        for number, parts in enumerate(json.loads(kept.read_text())):
            yield Piece(f"{name}#{number}", FOLDERS[name.partition("__")[0]][0], _rows(parts))


def _rows(parts: list[list[list[float]]]) -> tuple[tuple[Row, ...], ...]:
    return tuple(tuple((onset, length, int(pitch)) for onset, length, pitch in part) for part in parts)


def _chosen(corpus: Path) -> list[Path]:
    """A part of each folder, the same each time, folder by folder in turn."""
    found = []
    for folder, (_, most) in FOLDERS.items():
        paths = sorted(p for p in (corpus / folder).rglob("*") if p.suffix in ENDINGS)
        small = [p for p in paths if p.stat().st_size < MOST_BYTES.get(p.suffix, 1 << 20)]
        random.Random(1).shuffle(small)
        found.append(small[:most])
    return [path for row in zip_longest(*found) for path in row if path]


def _read(path: Path) -> list[list[list[Any]]]:
    """The scores of a file, each as its parts; empty where music21 cannot read it."""
    from music21 import converter, stream

    try:
        parsed = converter.parse(path)
        scores = list(parsed.scores) if isinstance(parsed, stream.Opus) else [parsed]
        found = [_parts(score) for score in scores]
    except Exception as error:
        print(f"{path.name}: {type(error).__name__}", file=sys.stderr)
        return []
    return [parts for parts in found if len(parts) > 1 and parts[0]]


def _parts(score: Any) -> list[list[Any]]:
    parts = [_notes(part) for part in score.parts]
    if len(parts) == 1:
        parts.append(_chords(score))
    return [part for part in parts if part]


def _notes(part: Any) -> list[Any]:
    from music21 import harmony

    notes = [n for n in part.flatten().stripTies().notes if not isinstance(n, harmony.Harmony)]
    return [
        (float(note.offset), float(note.quarterLength), pitch.midi)
        for note in notes
        if not note.duration.isGrace
        for pitch in note.pitches
    ]


def _chords(score: Any) -> list[Any]:
    """Chord symbols as block chords below middle C, each with its root an octave lower."""
    from music21 import harmony

    symbols = list(score.recurse().getElementsByClass(harmony.ChordSymbol))
    placed = sorted(((float(s.getOffsetInHierarchy(score)), s) for s in symbols), key=lambda pair: pair[0])
    ends = [*(at for at, _ in placed[1:]), float(score.highestTime)]
    found: list[Any] = []
    for (at, symbol), end in zip(placed, ends, strict=True):
        if end > at and symbol.pitches:
            found += [(at, end - at, 48 + pitch.midi % 12) for pitch in symbol.pitches]
            found.append((at, min(end - at, 1.0), 36 + symbol.root().midi % 12))
    return found


def midi_of(parts: Sequence[Sequence[Row]], gate: float, channels: Sequence[int]) -> bytes:
    """A file with a track for each part."""
    tracks = [_track(part, gate, channel) for part, channel in zip(parts, channels, strict=True)]
    return smf.header(len(tracks), TICKS) + b"".join(tracks)


def _track(part: Sequence[Row], gate: float, channel: int) -> bytes:
    events = [(round(onset * TICKS), 1, NoteOn(pitch, 80, channel)) for onset, _, pitch in part]
    events += [(round((o + gate * n) * TICKS), 0, NoteOff(pitch, channel)) for o, n, pitch in part]
    ordered = sorted(events, key=lambda event: event[:2])
    return track_chunk((ticks, to_bytes(event)) for ticks, _, event in ordered)


def shuffled(piece: Piece) -> tuple[bytes, int]:
    """Its MIDI file, and which of its tracks, from 1, is the melody."""
    chance = random.Random(piece.name)
    order = list(range(len(piece.parts)))
    chance.shuffle(order)
    channels = [number % 9 for number in range(len(order))]
    data = midi_of([piece.parts[number] for number in order], chance.uniform(0.8, 1.0), channels)
    return data, order.index(0) + 1


def fitted(found: Sequence[Piece]) -> list[float]:
    """Weights that make the melody the likeliest part (softmax), as near to `EXPECTED` as that allows."""
    rows, rights = [], []
    for piece in found:
        data, right = shuffled(piece)
        parts = parts_of(read_tracks(data))
        rows.append(np.array([one.values for one in features(parts)]))
        rights.append(next(i for i, part in enumerate(parts) if part.track == right))
    expected = np.array(EXPECTED)
    weights = expected.copy()
    for _ in range(1000):
        step = -0.02 * (weights - expected)
        for values, right in zip(rows, rights, strict=True):
            chances = np.exp(values @ weights - np.max(values @ weights))
            step += (values[right] - chances @ values / chances.sum()) / len(rows)
        weights += 0.5 * step
    return [round(float(weight), 1) for weight in weights]


def found_tracks(found: Sequence[Piece]) -> None:
    """Prints the share of right tracks, by kind, learned from and held out."""
    counts: dict[tuple[str, bool], list[bool]] = defaultdict(list)
    for piece in found:
        data, right = shuffled(piece)
        part, _ = choose(parts_of(read_tracks(data)), Wanted())
        for kind in (piece.kind, "all"):
            counts[kind, piece.held_out].append(part.track == right)
    print(f"{'the right track':28} {'fitted to':>16} {'held out':>16}")
    for kind in dict.fromkeys(kind for kind, _ in counts):
        shown = [_share(counts[kind, held_out]) for held_out in (False, True)]
        print(f"{kind:28} {shown[0]:>16} {shown[1]:>16}")


def _share(right: Sequence[bool]) -> str:
    return f"{sum(right)}/{len(right)} = {100 * sum(right) / max(1, len(right)):.1f} %"


def found_notes(found: Sequence[Piece]) -> None:
    """Prints how well the melody of one piano track is found, of held-out scores."""
    scores: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for piece in found:
        if not piece.held_out:
            continue
        everything = sorted(row for part in piece.parts for row in part)
        part = parts_of(read_tracks(midi_of([everything], 0.95, [0])))[0]
        truth = _highest(piece.parts[0])
        for kind in (piece.kind, "all"):
            scores[kind].append((_f1(_heard(part), truth), _f1(_plain(part), truth)))
    print(f"\n{'onset and pitch F1':28} {'skyline':>8} {'highest':>8}")
    for kind, both in scores.items():
        ours, plain = np.mean(both, axis=0)
        print(f"{kind:28} {ours:>8.3f} {plain:>8.3f}")


def _highest(rows: Sequence[Row]) -> set[tuple[int, int]]:
    """Onsets in 24ths of a quarter, with the highest pitch of each."""
    tops: dict[int, int] = {}
    for onset, _, pitch in rows:
        at = round(24 * onset)
        tops[at] = max(pitch, tops.get(at, 0))
    return set(tops.items())


def _heard(part: Part) -> set[tuple[int, int]]:
    return {_place(note) for note in skyline(part.notes, TICKS)}


def _plain(part: Part) -> set[tuple[int, int]]:
    """The highest note struck at each onset, whatever sounds."""
    tops: dict[int, int] = {}
    for at, pitch in map(_place, part.notes):
        tops[at] = max(pitch, tops.get(at, 0))
    return set(tops.items())


def _place(note: TickNote) -> tuple[int, int]:
    return round(24 * note.onset / TICKS), note.pitch


def _f1(found: set[tuple[int, int]], truth: set[tuple[int, int]]) -> float:
    return 2 * len(found & truth) / max(1, len(found) + len(truth))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--fit", action="store_true")
    arguments = parser.parse_args()
    found = list(pieces(arguments.cache))
    if arguments.fit:
        weights = fitted([piece for piece in found if not piece.held_out])
        print("weights", dict(zip(Features.__slots__, weights, strict=True)))
        voice_choice.WEIGHTS = tuple(weights)
    found_tracks(found)
    found_notes(found)


if __name__ == "__main__":
    main()
