"""How well the tempo is inferred from real songs, unevenly played, and how well they are quantised.

    python tests/benchmarks/bench_tempo.py --data DIR [--songs 300]

DIR is a folder that `antiphon-train prepare` wrote; its songs of the test split are played by a seeded
performer at 60–180 bpm with 20 ms of timing noise and ±8 % of slow drift. Wanted: the mean tempo, its double
or its half within 4 % in 95 % of songs.
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT / "tests")]

from antiphon.compose.symbols import decode  # noqa: E402
from antiphon.events import GridNote, PlayedNote  # noqa: E402
from antiphon.listen.quantise import one_voice  # noqa: E402
from antiphon.listen.tempo import TempoEstimate, infer  # noqa: E402
from antiphon.timebase import Grid  # noqa: E402
from performer import Manner, Performance, perform  # noqa: E402

Song = tuple[GridNote, ...]
LENGTHS = (8, 12, 16, 24, 32, 10_000)
RANGES = ((60, 90), (90, 120), (120, 150), (150, 180))
MANNERS = {"noise 20 ms, drift 8 %": Manner(), "noise 20 ms, steady": Manner(drift=0.0)}
CONFIDENCES = ((0.0, 0.6), (0.6, 0.8), (0.8, 0.95), (0.95, 1.01))


@dataclass(frozen=True, slots=True)
class Trial:
    """One performance and what was made of it; `octave` is 0.5, 1 or 2, or None for a wrong tempo."""

    song: Song
    bpm: float
    played: Performance
    estimate: TempoEstimate | None
    took_ms: float

    @property
    def octave(self) -> float | None:
        if self.estimate is None:
            return None
        ratio = self.estimate.bpm / self.played.mean_bpm
        return next((octave for octave in (1.0, 0.5, 2.0) if abs(ratio / octave - 1) <= 0.04), None)


def test_songs(folder: Path, most: int) -> list[Song]:
    """The first `most` songs of the test split, in an order that is always the same."""
    catalogue = json.loads((folder / "songs.json").read_text("utf-8"))["songs"]
    indices = [about["index"] for about in catalogue if about["split"] == "test"]
    random.Random(1).shuffle(indices)
    return [decode((folder / "songs" / str(i)).read_text("ascii").split()) for i in indices[:most]]


def trial(song: Song, beats: int, manner: Manner, seed: int) -> Trial | None:
    """The opening of so many beats, played; None if it has fewer than three notes."""
    opening = tuple(n for n in song if n.onset_steps - song[0].onset_steps < 4 * beats)
    if len(opening) < 3:
        return None
    bpm = random.Random(seed).uniform(RANGES[0][0], RANGES[-1][1])
    played = perform(opening, bpm, seed, manner)
    begun = time.perf_counter()
    estimate = infer(played.notes)
    return Trial(opening, bpm, played, estimate, (time.perf_counter() - begun) * 1e3)


def trials(songs: Sequence[Song], beats: int, manner: Manner) -> list[Trial]:
    made = (trial(song, beats, manner, seed) for seed, song in enumerate(songs))
    return [one for one in made if one is not None]


def right(made: Sequence[Trial]) -> float:
    """Percent of trials with the right tempo, its double or its half."""
    return 100 * statistics.mean(one.octave is not None for one in made) if made else float("nan")


def waits(notes: Sequence[GridNote]) -> list[int]:
    return [b.onset_steps - a.onset_steps for a, b in pairwise(notes)]


def step_accuracy(
    made: Sequence[Trial], quantise: Callable[[Trial], tuple[Sequence[GridNote], float]]
) -> tuple[float, float]:
    """Percent of intervals between onsets that come out right, and of phrases where all do."""
    shares = []
    for one in made:
        notes, octave = quantise(one)
        wanted, got = [wait * octave for wait in waits(one.song)], waits(notes)
        if len(got) == len(wanted):
            shares += [statistics.mean(a == b for a, b in zip(got, wanted, strict=True))]
        else:
            shares += [0.0]
    return 100 * statistics.mean(shares), 100 * statistics.mean(share == 1.0 for share in shares)


def origin_s(one: Trial) -> float:
    return one.played.notes[0].onset_s


def rounded(one: Trial) -> tuple[list[GridNote], float]:
    """Each onset to its nearest step by itself, at the known tempo; the highest stays."""
    grid = Grid(one.played.mean_bpm, origin_s(one))
    by_step: dict[int, PlayedNote] = {}
    for note in one.played.notes:
        by_step.setdefault(max(0, round(grid.steps_at(note.onset_s))), note)
    return [GridNote(step, 1, note.pitch) for step, note in sorted(by_step.items())], 1.0


def known(one: Trial) -> tuple[Sequence[GridNote], float]:
    return one_voice(one.played.notes, Grid(one.played.mean_bpm, origin_s(one))), 1.0


def inferred_steady(one: Trial) -> tuple[Sequence[GridNote], float]:
    assert one.estimate is not None
    return one_voice(one.played.notes, Grid(one.estimate.bpm, one.estimate.beat_s)), one.octave or 1.0


def inferred(one: Trial) -> tuple[Sequence[GridNote], float]:
    assert one.estimate is not None
    return one_voice(one.played.notes, one.estimate.beats), one.octave or 1.0


WAYS = {
    "rounding, tempo known": rounded,
    "one_voice, tempo known": known,
    "one_voice, inferred mean tempo": inferred_steady,
    "one_voice, inferred beats": inferred,
}


def report_tempo(made: Sequence[Trial], title: str) -> None:
    by_range = [right([one for one in made if low <= one.bpm < high]) for low, high in RANGES]
    octaves = "/".join(str(sum(one.octave == octave for one in made)) for octave in (0.5, 1.0, 2.0))
    took_ms = statistics.median(one.took_ms for one in made)
    print(
        f"{title:<12} {right(made):>6.1f} "
        + " ".join(f"{share:>8.1f}" for share in by_range)
        + f"   {octaves:>10} {took_ms:>7.2f} ms for {median_notes(made):.0f} notes"
    )


def median_notes(made: Sequence[Trial]) -> float:
    return statistics.median(len(one.song) for one in made)


def report_confidence(made: Sequence[Trial]) -> None:
    for low, high in CONFIDENCES:
        some = [one for one in made if one.estimate and low <= one.estimate.confidence < high]
        about = f"{len(some):>5} phrases, {right(some):>5.1f} % right"
        print(f"  confidence {low:.2f}–{min(high, 1.0):.2f}: {about}")


def report_going_on(made: Sequence[Trial]) -> None:
    """How far the tempo to go on with is from that of the performance's last step."""
    good = [(one.estimate, one.played.last_bpm * one.octave) for one in made if one.estimate and one.octave]
    for name in ("bpm", "last_bpm"):
        off = statistics.median(abs(getattr(estimate, name) / last - 1) for estimate, last in good)
        print(f"  {name:<9} is off the tempo at the end by {100 * off:.1f} % (median)")


def report_manner(songs: Sequence[Song], name: str, manner: Manner) -> None:
    print(f"\n== {name}\n\ntempo, % right; by bpm; half/same/double; time taken")
    print(f"{'beats':<12} {'all':>6} " + " ".join(f"{low:>4}–{high:<3}" for low, high in RANGES))
    by_length = {beats: trials(songs, beats, manner) for beats in LENGTHS}
    for beats, made in by_length.items():
        report_tempo(made, "whole song" if beats == LENGTHS[-1] else str(beats))
    everything = [one for made in by_length.values() for one in made]
    report_confidence(everything)
    report_going_on(everything)
    print("\nquantised: % of intervals right, and % of phrases wholly right, by beats")
    print(f"{'':<32}" + "".join(f"{'all' if b == LENGTHS[-1] else b:>16}" for b in LENGTHS))
    for title, way in WAYS.items():
        cells = [step_accuracy([one for one in made if one.estimate], way) for made in by_length.values()]
        print(f"{title:<32}" + "".join(f"{steps:>9.1f} {whole:>6.1f}" for steps, whole in cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="a prepared data folder")
    parser.add_argument("--songs", type=int, default=300, help="how many songs of the test split")
    wanted = parser.parse_args()
    songs = test_songs(wanted.data, wanted.songs)
    print(f"{len(songs)} songs of the test split of {wanted.data.name}")
    for name, manner in MANNERS.items():
        report_manner(songs, name, manner)


if __name__ == "__main__":
    main()
