"""Chords of tunes that have them: found under the melody, and guessed before they come.

    nice python tests/benchmarks/bench_chords.py FOLDER [--songs 300] [--live 60] [--seed 0] [--rest]

FOLDER holds tunes as `chord_tunes` reads them, as the folder MIDI of the Nottingham dataset is. The songs are
drawn by the seed; `--rest` measures the others, for who wants to choose something.
Wanted under a melody whose key is known: the same chord in 70 % of half bars (bars in 3/4), the same function
in 78 %, 0.6–0.95 changes a bar, the last chord the tonic in 90 %, after the dominant in 70 %; 0.2 ms for 8
bars. Of the next chord, where the earlier ones are known: the same in 68 %, among the first three in 89 %.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from chord_tunes import tunes_of

from antiphon.harmony.chord import PITCH_CLASSES, TRIADS, Chord
from antiphon.harmony.chord_hmm import chances, decode
from antiphon.harmony.evidence import Note, Slots, evidence_of
from antiphon.harmony.next_chord import next_chord
from antiphon_training.corpus.chord_songs import ChordSong

# The function of a root above the tonic: tonic, subdominant, dominant; others stand for themselves.
FUNCTIONS = (
    {0: "T", 4: "T", 9: "T", 5: "S", 2: "S", 7: "D", 10: "D", 11: "D"},
    {0: "T", 3: "T", 8: "T", 5: "S", 2: "S", 7: "D", 10: "D", 11: "D"},
)
_MOST_BARS = 16  # of a long phrase `accompany` reads no more
Guess = Callable[[ChordSong, Sequence[Chord], int], np.ndarray]


def function_of(chord: Chord, key: Chord) -> str | int:
    above = (chord.root - key.root) % PITCH_CLASSES
    return FUNCTIONS[key.minor].get(above, above)


@dataclass(slots=True)
class Found:
    """What is counted of the chords that are found under some songs."""

    slots: int = 0
    same: int = 0
    function: int = 0
    bars: float = 0.0
    changes: list[int] = field(default_factory=lambda: [0, 0])  # found, written
    on_tonic: list[int] = field(default_factory=lambda: [0, 0])
    after_dominant: list[int] = field(default_factory=lambda: [0, 0])
    songs: int = 0

    def add(self, song: ChordSong, chords: Sequence[Chord], written: Sequence[Chord]) -> None:
        self.songs += 1
        self.slots += len(written)
        self.bars += song.slots.count / song.slots.in_bar
        pairs = list(zip(chords, written, strict=True))
        self.same += sum(a == b for a, b in pairs)
        self.function += sum(function_of(a, song.key) == function_of(b, song.key) for a, b in pairs)
        for side, line in enumerate((chords, written)):
            self.changes[side] += sum(a != b for a, b in pairwise(line))
            before = next((chord for chord in reversed(line) if chord != line[-1]), None)
            ends = line[-1] == song.key
            self.on_tonic[side] += ends
            dominant = before is not None and (before.root - song.key.root) % PITCH_CLASSES == 7
            self.after_dominant[side] += ends and dominant

    def __str__(self) -> str:
        shares = [100 * n / self.slots for n in (self.same, self.function)]
        changes = [n / self.bars for n in self.changes]
        ends = [100 * n / self.songs for n in (*self.on_tonic, *self.after_dominant)]
        return (
            f"same {shares[0]:.1f} %, function {shares[1]:.1f} %, {changes[0]:.2f} changes a bar "
            f"(the songs {changes[1]:.2f}), ends on the tonic {ends[0]:.0f} ({ends[1]:.0f}) %, "
            f"after the dominant {ends[2]:.0f} ({ends[3]:.0f}) %"
        )


def under_melody(songs: Sequence[ChordSong]) -> None:
    """The chords of the theory's table, the key given, beside the tonic alone."""
    rows = {name: Found() for name in ("the tonic alone", "theory", "... in major", "... in minor")}
    for song in songs:
        slots, written = song.slots, song.chords()
        chords = decode(evidence_of(slots, song.notes), slots, {song.key: 1.0}).chords
        rows["the tonic alone"].add(song, (song.key,) * slots.count, written)
        rows["theory"].add(song, chords, written)
        rows["... in minor" if song.key.minor else "... in major"].add(song, chords, written)
    print(f"\nchords under the melodies of {len(songs)} songs, the key given")
    for name, row in rows.items():
        if row.songs:
            print(f"{name:<18}{row.songs:>5} songs: {row}", flush=True)


def speed(songs: Sequence[ChordSong]) -> None:
    song = next(one for one in songs if one.slots.in_bar == 2)
    slots = Slots(song.meter, 0, 16)
    evidence, took = evidence_of(slots, song.notes), []
    for _ in range(200):
        begun_s = time.process_time()
        decode(evidence, slots, {song.key: 1.0})
        took.append(1e3 * (time.process_time() - begun_s))
    print(f"the chords of 8 bars: {min(took):.2f} ms of processor time, the median {sorted(took)[100]:.2f}")


def after_known(song: ChordSong, written: Sequence[Chord], number: int) -> np.ndarray:
    """The chances of each chord in a slot, where all before it are known."""
    slots = song.slots
    past = np.eye(len(TRIADS))[[chord.number for chord in written[:number]]]
    return next_chord(Slots(slots.meter, slots.first, number + 1, slots.phrase_bar), song.key, past)


def after_melody(song: ChordSong, _: Sequence[Chord], number: int) -> np.ndarray:
    """The same from the melody alone until a beat before the slot, as `accompany` guesses."""
    slots = song.slots
    until = (slots.first + number) * slots.quarters - slots.meter.quarters_per_beat
    heard = [Note(n.at, min(n.quarters, until - n.at), n.pitch) for n in song.notes if n.at < until]
    skipped = max(0, number - _MOST_BARS * slots.in_bar)
    before = Slots(slots.meter, slots.first + skipped, number - skipped, slots.phrase_bar)
    likely, _ = chances(evidence_of(before, heard), before, {song.key: 1.0})
    with_next = Slots(slots.meter, before.first, before.count + 1, slots.phrase_bar)
    return next_chord(with_next, song.key, likely)


def next_chords(songs: Sequence[ChordSong], guess: Guess, name: str) -> None:
    """A slot is asked about from the second one on."""
    slots, first, three = 0, 0, 0
    for song in songs:
        written = song.chords()
        for number in range(1, len(written)):
            likeliest = np.argsort(-guess(song, written, number), kind="stable")[:3]
            slots += 1
            first += likeliest[0] == written[number].number
            three += written[number].number in likeliest
    shares = f"{100 * first / slots:.1f} %, among the first three {100 * three / slots:.1f} %"
    print(f"{name}, {len(songs)} songs: {shares}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="tunes with chords as MIDI files")
    parser.add_argument("--songs", type=int, default=300, help="measured so many [300]")
    parser.add_argument("--live", type=int, default=60, help="from the melody, of so many of them [60]")
    parser.add_argument("--rest", action="store_true", help="of those that are not measured otherwise")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    found = tunes_of(asked.folder, asked.seed)
    songs = found[asked.songs :] if asked.rest else found[: asked.songs]
    under_melody(songs)
    speed(songs)
    print("\nthe next chord")
    next_chords(songs, after_known, "the chords before it known")
    next_chords(songs[: asked.live], after_melody, "the melody alone until a beat before")


if __name__ == "__main__":
    main()
