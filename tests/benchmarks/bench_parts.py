"""How well answers keep to the chords that are planned for them, and what that plan costs.

    python tests/benchmarks/bench_parts.py --data FOLDER [--model essen] [--songs 60] [--bars 4]

FOLDER is what `antiphon-train prepare` wrote. The beginnings of songs that the model did not learn from are
answered once over the planned chords and once without; the notes of both are held against the same chords.
Wanted: of the notes at the beginning of a slot (half a bar; a bar in 3/4) at least 85 % are notes of the
chord; the plan of chords takes at most 1 ms for 8 bars.
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
from antiphon.events import GridNote, NoteOff, NoteOn, Timed
from antiphon.harmony.chord import triad_of
from antiphon.harmony.progression import slot_quarters
from antiphon.listen.key import Key
from antiphon.listen.key_tracker import KeyTracker
from antiphon.perform.answer import chord_plans
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


if __name__ == "__main__":
    main()
