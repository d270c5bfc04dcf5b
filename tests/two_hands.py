"""A left hand for a melody: chords and how they are played; and both hands as a person plays them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from antiphon.events import GridNote, PlayedNote
from antiphon.harmony.chord import Chord
from antiphon.harmony.progression import Progression
from antiphon.listen.harmony.hands import Hands, Struck
from antiphon.timebase import Meter
from performer import Manner, moment_of

Style = Literal["block", "arpeggio", "boom-chick", "walking"]
STYLES: tuple[Style, ...] = ("block", "arpeggio", "boom-chick", "walking")
LOWEST_BASS = 36  # C2
UNEVEN = Manner()


@dataclass(frozen=True, slots=True)
class BothHands:
    """What was played, by onset: each note and whether it is the left hand's."""

    notes: tuple[tuple[PlayedNote, bool], ...]

    @property
    def played(self) -> tuple[PlayedNote, ...]:
        return tuple(note for note, _ in self.notes)


def left_hand(
    progression: Progression, style: Style, meter: Meter, steps_per_quarter: int, below: int = 64
) -> list[GridNote]:
    """Chords from C2 up, all below a pitch where they can be; a chord begins where it stands."""
    found: list[GridNote] = []
    starts = [start for start, _ in progression.chords]
    beat = meter.quarters_per_beat
    for (start, chord), end in zip(progression.chords, [*starts[1:], progression.ends], strict=True):
        for at, length, pitch in _figure(chord, style, start, end, beat, below):
            first = round(at * steps_per_quarter)
            if first >= 0:
                found.append(GridNote(first, max(1, round(length * steps_per_quarter)), pitch))
    return sorted(found)


def _figure(
    chord: Chord, style: Style, start: float, end: float, beat: float, below: int
) -> list[tuple[float, float, int]]:
    bass = LOWEST_BASS + chord.root + (12 if chord.root < 4 and style in ("block", "arpeggio") else 0)
    tones = [bass + (tone - chord.root) % 12 for tone in chord.tones]
    tones = [tone + 12 for tone in tones] if max(tones) + 12 < below and style != "walking" else tones
    beats = [start + n * beat for n in range(max(1, round((end - start) / beat)))]
    if style == "block":
        return [(start, end - start, tone) for tone in tones]
    if style == "arpeggio":
        half = beat / 2 if beat == 1 else beat / 3
        order = (0, 2, 1, 2)
        eighths = [start + n * half for n in range(max(1, round((end - start) / half)))]
        return [(at, half, tones[order[n % 4]]) for n, at in enumerate(eighths)]
    if style == "boom-chick":
        chick = [tone + 12 if tone + 12 < below else tone for tone in tones]
        return [
            one
            for n, at in enumerate(beats)
            for one in ([(at, beat * 0.8, bass)] if n % 2 == 0 else [(at, beat * 0.5, t) for t in chick])
        ]
    walk = (bass, tones[1], tones[2], tones[1])
    return [(at, beat, walk[n % 4]) for n, at in enumerate(beats)]


def play_both(
    melody: Sequence[GridNote],
    below: Sequence[GridNote],
    bpm: float,
    seed: int,
    manner: Manner = UNEVEN,
    start_s: float = 1.0,
    steps_per_quarter: int = 4,
) -> BothHands:
    """Both hands in the same swaying tempo; each note as uneven as a person's."""
    chance = random.Random(seed + 7)
    first = min(note.onset_steps for note in (*melody, *below))
    last = max(note.end_steps for note in (*melody, *below))
    moment_s = moment_of(first, last, bpm, seed, manner, steps_per_quarter)
    found: list[tuple[PlayedNote, bool]] = []
    for notes, left in ((melody, False), (below, True)):
        for note in notes:
            begin_s, end_s = moment_s(note.onset_steps), moment_s(note.end_steps)
            # The keys of one hand come down within some milliseconds, the hands a little apart.
            onset_s = max(0.0, start_s + begin_s + chance.gauss(0.0, manner.noise_s / 2))
            gate_s = (end_s - begin_s) * chance.uniform(*manner.gates)
            velocity = max(1, min(127, manner.velocity - 15 * left + chance.randint(-15, 15)))
            found.append((PlayedNote(note.pitch, velocity, onset_s, onset_s + max(0.02, gate_s)), left))
    return BothHands(tuple(sorted(found, key=lambda one: (one[0].onset_s, one[0].pitch))))


def told(played: Sequence[PlayedNote]) -> list[bool]:
    """For each note by onset whether it is told to be the left hand's, after the last one."""
    hands, struck = Hands(), []
    moments = [(note.onset_s, 1, number) for number, note in enumerate(played)]
    moments += [(note.release_s, 0, number) for number, note in enumerate(played)]
    down: dict[int, Struck] = {}
    for at_s, begins, number in sorted(moments):
        if begins:
            down[number] = hands.strike(played[number].pitch, at_s)
            struck.append(down[number])
        elif number in down:
            hands.release(down.pop(number), at_s)
    return [note.left for note in struck]
