"""How well answers keep to the chords that are planned for them, and what that plan costs.

    python tests/benchmarks/bench_parts.py --data FOLDER [--model essen] [--songs 60] [--bars 4]

FOLDER is what `antiphon-train prepare` wrote. The beginnings of songs that the model did not learn from are
answered once over the planned chords and once without; the notes of both are held against the same chords.
Wanted: of the notes at the beginning of a slot (half a bar; a bar in 3/4) at least 85 % are notes of the
chord; the plan of chords takes at most 1 ms for 8 bars. What three parts will sound like under an answer of 8
bars is worked out in one part of work; how long that takes is printed by pattern.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import time
from pathlib import Path

import numpy as np
from prepared import TICKS, Song, in_split, songs

from antiphon import bundle
from antiphon.bundle import Bundle
from antiphon.compose.harmony.patterns import PATTERNS, Pattern
from antiphon.compose.harmony.plan import ChordPlan
from antiphon.events import GridNote, NoteOff, NoteOn, PlayedNote, Timed
from antiphon.harmony.chord import Chord, triad_of
from antiphon.harmony.figure import WHOLE, Figure, Struck
from antiphon.harmony.progression import Progression, slot_quarters
from antiphon.listen.feel_grid import FeelGrid
from antiphon.listen.key import Key
from antiphon.listen.key_tracker import KeyTracker
from antiphon.perform.answer import chord_plans
from antiphon.perform.answer.parts import Parts
from antiphon.perform.answer.touch import Touch
from antiphon.perform.answer.transcribe import Transcription
from antiphon.perform.answer_reports import Foreseen, Planned
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.session import Session
from antiphon.perform.settings import AnswerSettings, SessionSettings, TempoSettings
from antiphon.perform.transport import Transport
from antiphon.stage.voice import make_voice
from antiphon.timebase import Grid, Meter

BPM, BEGIN_S = 120.0, 1.0
QUARTER_S = 60 / BPM
PLACES = ("at the beginning of a slot", "on other beats", "off the beat")


def answered(chosen: Bundle, song: Song, bars: int, over_chords: bool) -> tuple[Planned, Foreseen]:
    """The answer to the beginning of a song, as planned before it sounds."""
    settings = SessionSettings(
        TempoSettings("fixed", BPM, str(song.meter), downbeat="first"),
        answer=AnswerSettings(bars=bars),
        harmony=HarmonySettings(bass=over_chords),
    )
    session = Session(make_voice(chosen, None), settings, random_seed=1)
    for timed in played(song.opening(bars * song.meter.quarters_per_bar)):
        session.receive(timed)
    plan: Planned | None = None
    while plan is None or session.foreseen is None:
        deadline_s = session.next_deadline_s()
        assert deadline_s is not None
        session.advance(deadline_s)
        plan = next((one for one in session.take_reports() if isinstance(one, Planned)), plan)
    return plan, session.foreseen


def played(notes: tuple[GridNote, ...]) -> list[Timed]:
    step_s, first = QUARTER_S / TICKS, notes[0].onset_steps
    ons = [Timed(BEGIN_S + (n.onset_steps - first) * step_s, NoteOn(n.pitch)) for n in notes]
    offs = [Timed(BEGIN_S + (n.end_steps - first) * step_s - 0.02, NoteOff(n.pitch)) for n in notes]
    return sorted([*offs, *ons], key=lambda timed: timed.at_s)


def hits(plan: Planned, foreseen: Foreseen, meter: Meter, quarter: int) -> np.ndarray:
    """(3, 2) notes at each place, and how many of them are in their chord."""
    found = np.zeros((3, 2))
    for note in plan.notes:
        at = note.onset_steps / quarter
        at_s = BEGIN_S + at * QUARTER_S
        chord = next((name for begins_s, name in reversed(foreseen.chords) if begins_s <= at_s + 1e-3), "")
        triad = triad_of(chord)
        if triad is None:
            continue
        place = 0 if at % slot_quarters(meter) == 0 else 1 if at % meter.quarters_per_beat == 0 else 2
        found[place] += 1, note.pitch % 12 in triad.tones
    return found


def plan_s(bars: int = 8) -> float:
    """Seconds of processor time for the chords of so many bars, after as many; the best of many."""
    grid = Grid(BPM, 0.0, 24)
    notes = tuple(
        GridNote(24 * beat, 24, 60 + (0, 2, 4, 5, 7, 4, 2, 0)[beat % 8]) for beat in range(4 * bars)
    )
    phrase = Transcription(notes, Key(0, "major"), Transport(grid, Meter()), KeyTracker())
    found = []
    for seed in range(50):
        chance, begun = np.random.default_rng(seed), time.thread_time()
        chord_plans.chord_plan(phrase, None, 96 * bars, 192 * bars, True, chance)
        found.append(time.thread_time() - begun)
    return min(found)


def foreseen_s(pattern: Pattern, bars: int = 8) -> float:
    """Seconds of processor time until three parts under eighths are foreseen; the best of many."""
    grid, places, end = Grid(BPM, 0.0, TICKS), FeelGrid.of(Grid(BPM, 0.0, TICKS), Meter()), 4 * TICKS * bars
    roots = (0, 0, 5, 7, 9, 5, 7, 0) * bars
    plan = ChordPlan(Progression.of_slots(0.0, 2.0, map(Chord, roots[: 2 * bars])))
    strikes = tuple(Struck(place in (0, 4), WHOLE if place % 2 else None) for place in range(8))
    figure = Figure(strikes, 1.0, 0.5)
    harmony = HarmonySettings(bass=True, chords=True, second_voice=True, pattern=pattern)
    melody, eighth_s = [], QUARTER_S / 2
    for number in range(8 * bars):
        pitch = 72 + (0, 2, 4, 5, 7, 4, 2, 0)[number % 8]
        written = GridNote(TICKS // 2 * number, TICKS // 2, pitch)
        melody.append((written, PlayedNote(pitch, 80, number * eighth_s, (number + 0.9) * eighth_s)))
    found = []
    for _ in range(50):
        parts = Parts(harmony, plan, Touch(places, 80, 0.9), 0, end, figure)
        begun = time.thread_time()
        list(parts.foreseen(melody, end, grid, 0.0))
        found.append(time.thread_time() - begun)
    return min(found)


def main() -> None:
    parser = argparse.ArgumentParser(description="How well answers keep to the chords planned for them.")
    parser.add_argument("--data", type=Path, required=True, help="what antiphon-train prepare wrote")
    parser.add_argument("--model", default=bundle.DEFAULT_MODEL)
    parser.add_argument("--songs", type=int, default=60)
    parser.add_argument("--bars", type=int, default=4)
    wanted = parser.parse_args()
    chosen = bundle.load(bundle.find(wanted.model))
    found = songs(
        wanted.data, wanted.songs, lambda about: in_split("test", about) and not about["pickup_steps"]
    )
    over, without = np.zeros((3, 2)), np.zeros((3, 2))
    for song in found:
        plan, foreseen = answered(chosen, song, wanted.bars, True)
        alone, _ = answered(chosen, song, wanted.bars, False)
        over += hits(plan, foreseen, song.meter, chosen.steps_per_quarter)
        without += hits(alone, foreseen, song.meter, chosen.steps_per_quarter)
    print(f"{len(found)} answers of {wanted.bars} bars by {wanted.model}; notes in the planned chord:")
    for place, (many, inside), (many_alone, inside_alone) in zip(PLACES, over, without, strict=True):
        shares = f"{100 * inside / many:.0f} % of {many:.0f}, without chords "
        print(f"  {place}: {shares}{100 * inside_alone / many_alone:.0f} % of {many_alone:.0f}")
    print(f"the plan of chords for 8 bars: {1000 * plan_s():.2f} ms")
    costs = ", ".join(f"{pattern} {1000 * foreseen_s(pattern):.2f}" for pattern in PATTERNS)
    print(f"three parts under 8 bars foreseen, in ms: {costs}")


if __name__ == "__main__":
    main()
