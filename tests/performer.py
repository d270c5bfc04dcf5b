"""A seeded performer: notes on the grid become notes in seconds, with a person's unevenness.

Timing noise on every onset, a tempo that sways slowly over the phrase, gates and velocities that vary.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from antiphon.events import GridNote, PlayedNote
from antiphon.timebase import Grid

# Even a hurried player does not strike the next note before this one, in seconds.
_SOONEST_S = 0.01


@dataclass(frozen=True, slots=True)
class Manner:
    """How unevenly to play.

    noise_s    standard deviation of each onset, in seconds
    drift      how far the tempo strays from the middle, as a share of it (0.08: ±8 %)
    gates      the shortest and the longest a note sounds, as a share of its length
    velocity   the middle; each note is up to 15 away
    """

    noise_s: float = 0.02
    drift: float = 0.08
    gates: tuple[float, float] = (0.7, 1.0)
    velocity: int = 80


EXACT = Manner(noise_s=0.0, drift=0.0, gates=(1.0, 1.0))


@dataclass(frozen=True, slots=True)
class Performance:
    """What was played, and the truth: the mean tempo, first onset to last, and that of the last step."""

    notes: tuple[PlayedNote, ...]
    mean_bpm: float
    last_bpm: float


def perform(
    notes: Sequence[GridNote], bpm: float, seed: int = 0, manner: Manner = Manner(), start_s: float = 1.0
) -> Performance:
    """Play two notes or more, in order; the same seed plays the same. The first is struck about `start_s`."""
    chance = random.Random(seed)
    first, last = notes[0].onset_steps, max(note.end_steps for note in notes)
    moments = _moments(last - first, bpm, manner, chance)
    played: list[PlayedNote] = []
    for note in notes:
        begin_s, end_s = moments[note.onset_steps - first], moments[note.end_steps - first]
        soonest_s = played[-1].onset_s + _SOONEST_S if played else 0.0
        onset_s = max(soonest_s, start_s + begin_s + chance.gauss(0.0, manner.noise_s))
        gate_s = (end_s - begin_s) * chance.uniform(*manner.gates)
        velocity = max(1, min(127, manner.velocity + chance.randint(-15, 15)))
        played.append(PlayedNote(note.pitch, velocity, onset_s, onset_s + gate_s))
    span = notes[-1].onset_steps - first
    mean_bpm = bpm * span * Grid(bpm).step_s / moments[span]
    last_bpm = bpm * Grid(bpm).step_s / (moments[span] - moments[span - 1])
    return Performance(tuple(played), mean_bpm, last_bpm)


def _moments(steps: int, bpm: float, manner: Manner, chance: random.Random) -> list[float]:
    """When each step falls, in seconds from the first; the tempo sways through half a wave to a whole one."""
    phase, waves = chance.uniform(0.0, math.tau), chance.uniform(0.5, 1.0)
    moments, step_s = [0.0], Grid(bpm).step_s
    for step in range(steps):
        sway = manner.drift * math.sin(phase + math.tau * waves * step / steps)
        moments.append(moments[-1] + step_s / (1.0 + sway))
    return moments
