"""How well tempo, rhythm and swing are heard in real songs, unevenly played.

    python tests/benchmarks/bench_tempo.py --data DIR [--songs 200] [--grid 24]

DIR is a folder that `antiphon-train prepare` wrote. Songs of its test split are played by a seeded performer
with 20 ms of timing noise and ±8 % of slow drift, and read at a tempo that is not known. Wanted: the mean
tempo, its double or its half within 4 % in 95 % of songs; 97 % of the intervals between onsets as written;
the swing ratio within 0.15. Songs swing that have no notes shorter than eighths; the ratio is compared where
the phrase has six off-beats or more.

"limit" is how often the swing ratio would come out within 0.15 if it were estimated as well as can be without
knowing it beforehand (`reachable`).

"as written" compares the intervals on a grid of so many steps a quarter (--grid); what that grid cannot say
counts as right at the nearest step.
"""

import argparse
import math
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from prepared import TICKS, Song, in_split, songs

from antiphon.events import GridNote
from antiphon.listen.quantise import one_voice
from antiphon.listen.rhythm import is_compound
from antiphon.listen.tempo import Expected, TempoEstimate, TempoReader
from antiphon.timebase import Meter
from performer import Manner, Performance, perform

RANGES = ((0, 90), (90, 120), (120, 150), (150, 180), (180, 999))
SLOW, WIDE, JIGS = (60.0, 180.0), (60.0, 220.0), (110.0, 210.0)
FEWEST_OFF_BEATS = 6
MOST_WRONG = 0.15  # of a swing ratio
STRAYS = 0.03  # how far a beat's length strays within a beat, as a share
UNEVEN = Manner()


@dataclass(frozen=True, slots=True)
class Case:
    """One way to play and to be heard.

    tempos    quarter notes a minute, from … to
    given     the meter that is known: the song's "own", or "4/4"; None: it is heard
    quarters  in the notation that is heard, for one that was written
    triplets  the share of beats of one or two even notes that become triplets
    """

    name: str
    meters: Literal["any", "simple", "compound"]
    tempos: tuple[float, float] = SLOW
    given: Literal["own", "4/4"] | None = None
    quarters: float = 1.0
    swing: tuple[float, float] = (1.0, 1.0)
    triplets: float = 0.0
    manner: Manner = UNEVEN


CASES = (
    Case("all songs, meter heard", "any"),
    Case("all songs, meter heard, no drift", "any", manner=Manner(drift=0.0)),
    Case("all songs, their meter", "any", given="own"),
    Case("rubato at the end", "any", given="own", manner=Manner(rubato=0.15)),
    Case("swing 1.2–2.5", "simple", WIDE, "own", swing=(1.2, 2.5)),
    Case("swing 1.2–2.5, 60–120 bpm", "simple", (60.0, 120.0), "own", swing=(1.2, 2.5)),
    Case("triplets among others", "simple", given="own", triplets=0.3),
    Case("6/8, 9/8, 12/8, heard", "compound", JIGS),
    Case("6/8, 9/8, 12/8, their meter", "compound", JIGS, "own"),
    Case("6/8, 9/8, 12/8, under 4/4", "compound", JIGS, "4/4", quarters=2 / 3),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One performance and what was made of it; `octave` is 0.5, 1 or 2, or None for a wrong tempo."""

    song: tuple[GridNote, ...]
    bpm: float
    swing: float
    wanted_bpm: float
    estimate: TempoEstimate | None
    as_written: float
    took_ms: float

    @property
    def octave(self) -> float | None:
        return None if self.estimate is None else octave(self.estimate.bpm / self.wanted_bpm)

    @property
    def off_beats(self) -> int:
        return sum(note.onset_steps % TICKS == TICKS // 2 for note in self.song)


def octave(ratio: float) -> float | None:
    return next((octave for octave in (1.0, 0.5, 2.0) if abs(ratio / octave - 1) <= 0.04), None)


def trial(song: Song, case: Case, quarters: int, grid: int, seed: int) -> Trial | None:
    """The opening of so many quarters, played and read; None if it does not suit the case."""
    chance = random.Random(seed)
    bpm, swing = chance.uniform(*case.tempos), chance.uniform(*case.swing)
    notes = with_triplets(song.opening(quarters), case.triplets, chance)
    if len(notes) < 3 or (swing > 1 and any(2 * note.onset_steps % TICKS for note in notes)):
        return None
    played = perform(notes, bpm, seed, replace(case.manner, swing=swing), steps_per_quarter=TICKS)
    begun = time.process_time()
    meter = {"own": song.meter, "4/4": Meter(), None: None}[case.given]
    reader = TempoReader(Expected(None, meter, grid))
    for note in played.notes:
        reader.hear(note.onset_s)
    estimate = reader.estimate()
    took_ms = (time.process_time() - begun) * 1e3
    wanted_bpm = played.mean_bpm * case.quarters
    right = (
        0.0
        if estimate is None
        else share_as_written(notes, played, estimate, case.quarters, wanted_bpm, grid)
    )
    return Trial(notes, bpm, swing, wanted_bpm, estimate, right, took_ms)


def with_triplets(notes: Sequence[GridNote], share: float, chance: random.Random) -> tuple[GridNote, ...]:
    """The same with triplets in place of some quarters on the beat, and of some pairs of eighths."""
    found: list[GridNote] = []
    skip = False
    for note, after in zip(notes, [*notes[1:], None], strict=True):
        if skip:
            skip = False
            continue
        on_beat = note.onset_steps % TICKS == 0 and after is not None
        pair = on_beat and (note.duration_steps, after.duration_steps) == (TICKS // 2, TICKS // 2)
        pair = pair and after.onset_steps == note.onset_steps + TICKS // 2
        if on_beat and (pair or note.duration_steps == TICKS) and chance.random() < share:
            found += [
                GridNote(note.onset_steps + TICKS * third // 3, TICKS // 3, note.pitch) for third in range(3)
            ]
            skip = pair
        else:
            found.append(note)
    return tuple(found)


def share_as_written(
    notes: Sequence[GridNote],
    played: Performance,
    estimate: TempoEstimate,
    quarters: float,
    wanted_bpm: float,
    grid: int,
) -> float:
    """The share of intervals between onsets that come out as written, or as that at its double or half."""
    steps = quarters * (octave(estimate.bpm / wanted_bpm) or 1.0) * grid / TICKS
    got = [b.onset_steps - a.onset_steps for a, b in pairwise(one_voice(played.notes, estimate.beats))]
    wanted = [(b.onset_steps - a.onset_steps) * steps for a, b in pairwise(notes)]
    if len(got) != len(wanted):
        return 0.0
    return statistics.mean(
        abs(a - b) < (0.99 if b != round(b) else 0.01) for a, b in zip(got, wanted, strict=True)
    )


def reachable(song: Sequence[GridNote], bpm: float, swing: float) -> float:
    """How likely the best linear unbiased estimate of the swing ratio is within 0.15 of it, 0–1.

    It knows every note's place, how unevenly notes are struck, and that the length of a beat strays by 3 % a
    beat, about as much as a tempo that sways by 8 % within 16 quarters. (Generalised least squares: a moment
    is its beat times a beat's length, how late off-beats are, the strike, and the tempo's random walk.)
    """
    beat_s = 60 / bpm
    beats = np.array([n.onset_steps - song[0].onset_steps for n in song]) / TICKS
    off_beat = np.array([n.onset_steps % TICKS == TICKS // 2 for n in song], float)
    sooner, later = np.minimum.outer(beats, beats), np.maximum.outer(beats, beats)
    strayed = (STRAYS * beat_s) ** 2 * (sooner**2 * later / 2 - sooner**3 / 6)
    precision = np.linalg.inv(UNEVEN.noise_s**2 * np.eye(len(song)) + strayed)
    known = np.stack([np.ones_like(beats), beats, off_beat], axis=1)
    late_s = math.sqrt(np.linalg.inv(known.T @ precision @ known)[2, 2])
    return math.erf(MOST_WRONG / ((1 + swing) ** 2 * late_s / beat_s) / math.sqrt(2))


def percent(found: Sequence[bool | float]) -> str:
    return f"{100 * statistics.mean(found):>7.1f}" if found else f"{'–':>7}"


def report(made: Sequence[Trial], title: str) -> None:
    by_range = [
        percent([one.octave is not None for one in made if low <= one.bpm < high]) for low, high in RANGES
    ]
    octaves = "/".join(str(sum(one.octave == which for one in made)) for which in (0.5, 1.0, 2.0))
    told = [one for one in made if one.octave == 1.0 and one.estimate and one.off_beats >= FEWEST_OFF_BEATS]
    swings = [abs(one.estimate.swing - one.swing) <= MOST_WRONG for one in told if one.estimate]
    limits = [reachable(one.song, one.bpm, one.swing) for one in told if one.swing > 1]
    note_ms = sum(one.took_ms for one in made) / sum(len(one.song) for one in made)
    print(
        f"{title:<36}{percent([one.octave is not None for one in made])} {' '.join(by_range)}"
        f"{octaves:>12}{percent([one.as_written for one in made])}{percent(swings)}{percent(limits)}"
        f"{note_ms:>8.2f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="a prepared data folder")
    parser.add_argument("--songs", type=int, default=200, help="how many songs of the split, in each row")
    parser.add_argument("--split", default="test", choices=["test", "valid"])
    parser.add_argument("--grid", type=int, default=24, help="steps a quarter: 4, 12 or 24")
    parser.add_argument(
        "--quarters", type=int, nargs="+", default=[8, 16, 10_000], help="lengths of openings"
    )
    asked = parser.parse_args()
    print(
        f"{'':<36}{'tempo,':>7}{'by bpm':>41}{'half/same/':>12}{'as':>7}{'swing':>7}{'limit':>7}{'ms a':>8}"
    )
    ranges = " ".join(f"{f'{low}–{high}':>7}" for low, high in RANGES)
    print(f"{'':<36}{'%':>7} {ranges}{'double':>12}{'written':>7}{'':>14}{'note':>8}")
    for case in CASES:
        found = songs(asked.data, asked.songs, _wanted(case, asked.split))
        for quarters in asked.quarters:
            trials = [trial(song, case, quarters, asked.grid, seed) for seed, song in enumerate(found)]
            length = "whole songs" if quarters > 1000 else f"{quarters} quarters"
            report([one for one in trials if one is not None], f"{case.name}, {length}")


def _wanted(case: Case, split: str) -> Callable[[dict[str, object]], bool]:
    def wanted(about: dict[str, object]) -> bool:
        kind = "compound" if is_compound(Meter.parse(str(about["meter"]))) else "simple"
        return in_split(split, about) and case.meters in ("any", kind)

    return wanted


if __name__ == "__main__":
    main()
