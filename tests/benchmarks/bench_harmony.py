"""How well the hands are told apart, and the chords heard that a left hand plays.

    python tests/benchmarks/bench_harmony.py --data DIR [--songs 100]

DIR is a folder that `antiphon-train prepare` wrote. Songs of its test split get the chords that the theory
finds under them, played in four ways by a seeded performer at 60–180 bpm. Wanted: of the notes told to be the
right hand's 92 % are, and 99 % of its notes are told so; none of a melody that is played alone, an octave
low, is told to be the left hand's; 92 % of half bars have the chord that is played, with 5 % of the left
hand's notes left out and 5 % wrong.
"""

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path

from prepared import TICKS, Song, in_split, songs

from antiphon.events import GridNote
from antiphon.harmony.chord import TRIADS, Chord
from antiphon.harmony.chord_hmm import decode
from antiphon.harmony.evidence import Note, Slots, evidence_of
from antiphon.harmony.progression import Progression
from antiphon.listen.key import estimate
from two_hands import STYLES, left_hand, play_both, told

QUARTERS = 32
HIGHEST_LEFT = 64  # E4
MISSING, WRONG = 0.05, 0.05


def key_of(notes: Sequence[GridNote]) -> Chord:
    key = estimate(notes, True, TICKS)
    return Chord(key.tonic, key.mode == "minor")


def in_quarters(notes: Sequence[GridNote]) -> list[Note]:
    return [Note(n.onset_steps / TICKS, n.duration_steps / TICKS, n.pitch) for n in notes]


def chords_of(song: Song) -> tuple[Slots, Progression]:
    """The chords that theory finds under the opening of a song."""
    notes = in_quarters(song.opening(QUARTERS))
    slots = Slots.covering(song.meter, notes[0].at, notes[-1].at + notes[-1].quarters)
    chords = decode(evidence_of(slots, notes), slots, {key_of(song.notes): 1.0}).chords
    return slots, Progression.of_slots(slots.begins, slots.quarters, chords)


def hands(found: Sequence[Song]) -> None:
    print(f"{'':<22}{'left hand, %':>24}{'right hand, %':>24}")
    print(f"{'':<22}{'precision':>12}{'recall':>12}{'precision':>12}{'recall':>12}")
    for style in STYLES:
        counts = {(a, b): 0 for a in (False, True) for b in (False, True)}
        for seed, song in enumerate(found):
            melody = song.opening(QUARTERS)
            _, chords = chords_of(song)
            lowest = min(HIGHEST_LEFT, *(note.pitch for note in melody))
            below = left_hand(chords, style, song.meter, TICKS, lowest)
            bpm = random.Random(seed).uniform(60, 180)
            both = play_both(melody, below, bpm, seed, steps_per_quarter=TICKS)
            for (_, left), says in zip(both.notes, told(both.played), strict=True):
                counts[left, says] += 1
        ll, lr, rl, rr = (
            counts[pair] for pair in ((True, True), (True, False), (False, True), (False, False))
        )
        shares = ll / (ll + rl), ll / (ll + lr), rr / (rr + lr), rr / (rr + rl)
        print(f"{style:<22}" + "".join(f"{100 * share:>12.1f}" for share in shares), flush=True)
    low, notes = 0, 0
    for seed, song in enumerate(found):
        melody = [GridNote(n.onset_steps, n.duration_steps, n.pitch - 12) for n in song.opening(QUARTERS)]
        both = play_both(melody, [], random.Random(seed).uniform(60, 180), seed, steps_per_quarter=TICKS)
        low += sum(told(both.played))
        notes += len(both.notes)
    print(f"a melody alone, an octave low: {100 * low / notes:.2f} % told to be the left hand's")


def spoiled(notes: Sequence[GridNote], seed: int) -> list[GridNote]:
    """Some notes left out, some a semitone or two off."""
    chance = random.Random(seed)
    kept = [note for note in notes if chance.random() >= MISSING]
    return [
        note.transposed(chance.choice((-2, -1, 1, 2))) if chance.random() < WRONG else note for note in kept
    ]


def heard(found: Sequence[Song]) -> None:
    print(f"\n{'chords heard, %':<22}{'left hand alone':>24}{'with the melody':>24}")
    keys = dict.fromkeys(TRIADS, 1 / len(TRIADS))
    for style in STYLES:
        right, both_right, all_ = 0, 0, 0
        for seed, song in enumerate(found):
            melody = song.opening(QUARTERS)
            slots, chords = chords_of(song)
            below = spoiled(left_hand(chords, style, song.meter, TICKS), seed)
            wanted = [chords.at((slots.first + n + 0.5) * slots.quarters) for n in range(slots.count)]
            lines = in_quarters(below)
            alone = decode(evidence_of(slots, [], lines), slots, keys).chords
            with_melody = decode(evidence_of(slots, in_quarters(melody), lines), slots, keys).chords
            right += sum(a == b for a, b in zip(alone, wanted, strict=True))
            both_right += sum(a == b for a, b in zip(with_melody, wanted, strict=True))
            all_ += slots.count
        print(f"{style:<22}{100 * right / all_:>24.1f}{100 * both_right / all_:>24.1f}", flush=True)


def speed(found: Sequence[Song]) -> None:
    song = next(one for one in found if one.meter.quarters_per_bar == 4)
    slots = Slots(song.meter, 0, 16)
    evidence, key = evidence_of(slots, in_quarters(song.opening(QUARTERS))), {key_of(song.notes): 1.0}
    took = []
    for _ in range(200):
        begun = time.process_time()
        decode(evidence, slots, key)
        took.append((time.process_time() - begun) * 1e3)
    print(f"\nthe chords of 8 bars: {sorted(took)[100]:.2f} ms of processor time (wanted: 0.2)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="a prepared data folder")
    parser.add_argument("--songs", type=int, default=100, help="how many songs of the split")
    parser.add_argument("--split", default="test", choices=["test", "valid"])
    asked = parser.parse_args()
    found = songs(asked.data, asked.songs, lambda about: in_split(asked.split, about))
    hands(found)
    heard(found)
    speed(found)


if __name__ == "__main__":
    main()
