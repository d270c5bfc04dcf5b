"""A seeded performer with a feel: swing, push and drag, dynamics and articulation that repeat, and noise.

What is a habit and what is chance is known here, so that what was learned of it can be judged.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from antiphon.events import GridNote, PlayedNote
from antiphon.timebase import STEPS_PER_QUARTER, Grid, Meter

_SOONEST_S = 0.01  # between two onsets


@dataclass(frozen=True, slots=True)
class Player:
    """How somebody plays; the last three are chance, all others are habits.

    swing        the first eighth of a quarter to the second
    late_s       how late every onset is
    loud         velocity on downbeats, beats, off-beats and between these, above the mean
    by_octave    velocity for each octave higher, and for each doubling of the length
    gates        the share that sounds of a quarter, and so much less for each halving
    noise_s      standard deviation of an onset;  velocity_noise: of a velocity;  drift: of the tempo, a share
    """

    swing: float = 1.0
    late_s: float = 0.0
    loud: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    by_octave: float = 0.0
    by_doubling: float = 0.0
    gates: tuple[float, float] = (0.9, 0.0)
    velocity: int = 75
    noise_s: float = 0.012
    velocity_noise: float = 6.0
    drift: float = 0.0


def some_player(seed: int, most_swing: float = 2.5) -> Player:
    """Somebody: half of all players swing."""
    chance = random.Random(f"player {seed}")
    swings = chance.random() < 0.5
    downbeat, beat = chance.uniform(4, 16), chance.uniform(-2, 4)
    return Player(
        chance.uniform(1.2, most_swing) if swings else 1.0,
        chance.uniform(-0.02, 0.02),
        (downbeat, beat, chance.uniform(-12, 4), chance.uniform(-12, 0)),
        chance.uniform(-4, 10),
        chance.uniform(-2, 4),
        (chance.uniform(0.6, 0.95), chance.uniform(-0.05, 0.12)),
        chance.randint(55, 90),
    )


def louder(player: Player, note: GridNote, meter: Meter, quarter: int = STEPS_PER_QUARTER) -> float:
    """How much louder than the mean a note is by habit, in velocity; its height from middle C.

    A quarter has so many steps.
    """
    quarters, beat = note.onset_steps / quarter, meter.quarters_per_beat
    into_bar = quarters % meter.quarters_per_bar
    parts = 3 if beat == 1.5 else 2
    if into_bar == 0:
        place = 0
    elif into_bar % beat == 0:
        place = 1
    else:
        place = 2 if (into_bar * parts) % beat == 0 else 3
    length = min(1.0, note.duration_steps / quarter)
    return (
        player.loud[place]
        + player.by_octave * (note.pitch - 60) / 12
        + player.by_doubling * math.log2(length)
    )


def swung(quarters: float, ratio: float) -> float:
    """Where a place lies, in quarters, when eighths swing."""
    beat, into = divmod(quarters, 1.0)
    first = ratio / (1.0 + ratio)
    return beat + (2 * into * first if into < 0.5 else first + (2 * into - 1) * (1 - first))


def perform(
    player: Player,
    notes: Sequence[GridNote],
    meter: Meter,
    bpm: float,
    start_s: float,
    seed: int,
    quarter: int = STEPS_PER_QUARTER,
) -> tuple[PlayedNote, ...]:
    """Play notes whose step 0 is on a bar line and falls at `start_s`; the same seed plays the same.

    A quarter has so many steps.
    """
    chance = random.Random(seed)
    phase, grid = chance.uniform(0, math.tau), Grid(bpm, start_s, quarter)
    swing = player.swing if meter.quarters_per_beat % 1 == 0 else 1.0

    def moment_s(steps: int) -> float:
        at_s = grid.time_s(quarter * swung(steps / quarter, swing))
        # The tempo sways once in sixteen quarters.
        turn = phase + math.tau * (at_s - start_s) * bpm / 60 / 16
        return at_s + player.drift * 60 / bpm * 16 / math.tau * (math.sin(turn) - math.sin(phase))

    mean = sum(louder(player, note, meter, quarter) for note in notes) / len(notes)
    played: list[PlayedNote] = []
    for note in notes:
        begin_s, end_s = moment_s(note.onset_steps), moment_s(note.end_steps)
        soonest_s = played[-1].onset_s + _SOONEST_S if played else 0.0
        onset_s = max(soonest_s, begin_s + player.late_s + chance.gauss(0.0, player.noise_s))
        longest, slope = player.gates
        length = min(1.0, note.duration_steps / quarter)
        gate = min(max(longest + slope * math.log2(length), 0.2), 1.0) + chance.gauss(0.0, 0.03)
        silence_s = (1 - gate) * length * quarter / note.duration_steps * (end_s - begin_s)
        if length == 1.0:
            silence_s = (1 - gate) * 60 / bpm
        velocity = player.velocity + louder(player, note, meter) - mean
        velocity += chance.gauss(0.0, player.velocity_noise)
        release_s = max(onset_s + 0.02, end_s + player.late_s - silence_s)
        played.append(PlayedNote(note.pitch, max(1, min(127, round(velocity))), onset_s, release_s))
    return tuple(played)
