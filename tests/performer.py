"""A seeded performer: notes on the grid become notes in seconds, with a person's unevenness.

Timing noise on every onset, a tempo that sways slowly over the phrase, gates and velocities that vary; where
asked, eighths that swing and an end that slows down.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from antiphon.events import GridNote, PlayedNote
from antiphon.timebase import STEPS_PER_QUARTER, Grid

# Even a hurried player does not strike the next note before this one, in seconds.
_SOONEST_S = 0.01


@dataclass(frozen=True, slots=True)
class Manner:
    """How unevenly to play.

    noise_s    standard deviation of each onset, in seconds
    drift      how far the tempo strays from the middle, as a share of it (0.08: ±8 %)
    gates      the shortest and the longest a note sounds, as a share of its length
    velocity   the middle; each note is up to 15 away
    swing      the length of the first eighth of a beat to that of the second; triplets do not swing
    rubato     how much slower the last two quarters become, as a share
    """

    noise_s: float = 0.02
    drift: float = 0.08
    gates: tuple[float, float] = (0.7, 1.0)
    velocity: int = 80
    swing: float = 1.0
    rubato: float = 0.0


EXACT = Manner(noise_s=0.0, drift=0.0, gates=(1.0, 1.0))


@dataclass(frozen=True, slots=True)
class Performance:
    """What was played, and the truth: the mean tempo, first onset to last, and that of the last step."""

    notes: tuple[PlayedNote, ...]
    mean_bpm: float
    last_bpm: float


def perform(
    notes: Sequence[GridNote],
    bpm: float,
    seed: int = 0,
    manner: Manner = Manner(),
    start_s: float = 1.0,
    steps_per_quarter: int = STEPS_PER_QUARTER,
) -> Performance:
    """Play two notes or more, in order; the same seed plays the same. The first is struck about `start_s`.

    Step 0 is on a beat.
    """
    chance = random.Random(seed)
    first, last = notes[0].onset_steps, max(note.end_steps for note in notes)
    span, step_s = notes[-1].onset_steps - first, Grid(bpm, 0.0, steps_per_quarter).step_s
    moments = _moments(last - first, span, step_s, 2 * steps_per_quarter, manner, chance)

    def moment_s(step: int) -> float:
        place = max(0.0, swung(step, manner.swing, steps_per_quarter) - first)
        whole = min(int(place), len(moments) - 2)
        return moments[whole] + (place - whole) * (moments[whole + 1] - moments[whole])

    played: list[PlayedNote] = []
    for note in notes:
        begin_s, end_s = moment_s(note.onset_steps), moment_s(note.end_steps)
        soonest_s = played[-1].onset_s + _SOONEST_S if played else 0.0
        onset_s = max(soonest_s, start_s + begin_s + chance.gauss(0.0, manner.noise_s))
        gate_s = (end_s - begin_s) * chance.uniform(*manner.gates)
        velocity = max(1, min(127, manner.velocity + chance.randint(-15, 15)))
        played.append(PlayedNote(note.pitch, velocity, onset_s, onset_s + gate_s))
    mean_bpm = bpm * span * step_s / moments[span]
    last_bpm = bpm * step_s / (moments[span] - moments[span - 1])
    return Performance(tuple(played), mean_bpm, last_bpm)


def moment_of(
    first: int, last: int, bpm: float, seed: int, manner: Manner, steps_per_quarter: int = STEPS_PER_QUARTER
) -> Callable[[int], float]:
    """The moment of each step from `first` to `last` in a tempo that sways, in seconds after the first."""
    step_s = Grid(bpm, 0.0, steps_per_quarter).step_s
    moments = _moments(last - first, last - first, step_s, 2 * steps_per_quarter, manner, random.Random(seed))

    def moment_s(step: int) -> float:
        place = max(0.0, swung(step, manner.swing, steps_per_quarter) - first)
        whole = min(int(place), len(moments) - 2)
        return moments[whole] + (place - whole) * (moments[whole + 1] - moments[whole])

    return moment_s


def swung(step: int, swing: float, steps_per_quarter: int) -> float:
    """Where a step is played, in steps: the second eighth is late, and what lies between moves along."""
    beat, into = divmod(step, steps_per_quarter)
    place = into / steps_per_quarter
    if 6 * into % steps_per_quarter == 0 and 2 * into != steps_per_quarter:
        return step
    first = swing / (1 + swing)
    moved = 2 * place * first if place <= 0.5 else first + (2 * place - 1) * (1 - first)
    return (beat + moved) * steps_per_quarter


def _moments(
    steps: int, span: int, step_s: float, slowing: int, manner: Manner, chance: random.Random
) -> list[float]:
    """When each step falls, in seconds from the first; the tempo sways through half a wave to a whole one.

    From `slowing` steps before `span` on it slows down.
    """
    phase, waves = chance.uniform(0.0, math.tau), chance.uniform(0.5, 1.0)
    moments = [0.0]
    for step in range(steps):
        sway = manner.drift * math.sin(phase + math.tau * waves * step / steps)
        slower = manner.rubato * max(0.0, 1 - max(0, span - step) / slowing)
        moments.append(moments[-1] + step_s * (1.0 + slower) / (1.0 + sway))
    return moments
