"""Answers over the chords of a left hand, and without: how well a judge tells them from how tunes go on.

    nice python tests/benchmarks/bench_judge_chords.py FOLDER [--model irish] [--phrases 150] [--seed 0]
        [--arms listen off written] [--judges boosting] [--rest]

FOLDER holds tunes as `chord_tunes` reads them. A left hand plays the chords of four bars under their melody,
a session in the mode `trade` with the settings that ship answers with four bars, and the judge learns from
other tunes to tell these from the tune's own next four: with `[harmony] listen` on, off, and, as if the
player's next chords were known, over the chords that the tune has there. `--rest` takes the other half of the
tunes, to choose something by. Wanted: with `listen` no better told than without.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from chord_tunes import tunes_of
from prepared import TICKS

from antiphon import bundle
from antiphon.compose.harmony.plan import ChordPlan
from antiphon.compose.symbols import encode
from antiphon.events import GridNote, NoteOff, NoteOn, Timed
from antiphon.harmony.chord import Chord
from antiphon.harmony.progression import Progression
from antiphon.listen.key import Key
from antiphon.perform.answer import chord_plans
from antiphon.perform.answer_reports import Planned
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.session import Session
from antiphon.perform.settings import AnswerSettings, SessionSettings, TempoSettings
from antiphon.stage.voice import Voice, make_voice
from antiphon_training.corpus.chord_songs import ChordSong
from antiphon_training.judge.answers import JudgedAnswer, continuations
from antiphon_training.judge.openings import Opening
from antiphon_training.judge.trained.auc import CONFIDENCE, RESAMPLED, area, auc
from antiphon_training.judge.trained.judged import FIRST_BARS, JUDGES, crossed, folds_of
from antiphon_training.judge.trained.line import exchange_of
from performer import EXACT
from two_hands import left_hand, play_both

BPM, BEGIN_S, BARS = 120.0, 1.0, 4
LATEST_S = 60.0
ARMS = ("listen", "off", "written")
HIGHEST_LEFT = 64  # E4


@dataclass(frozen=True, slots=True)
class TunePhrase:
    """Four bars from a bar line on, on the grid, and the chords of eight; what follows is in `opening`."""

    tune: ChordSong
    notes: tuple[GridNote, ...]
    opening: Opening


def phrases_of(tunes: Sequence[ChordSong], most: int) -> list[TunePhrase]:
    found = (phrase for tune in tunes if (phrase := _phrase(tune)) is not None)
    return [phrase for phrase, _ in zip(found, range(most), strict=False)]


def _phrase(tune: ChordSong) -> TunePhrase | None:
    """None where a note lies off the grid, or none begins with the first and the fifth bar."""
    bar = round(TICKS * tune.meter.quarters_per_bar)
    seam, end = BARS * bar, 2 * BARS * bar
    first = next(note.at for note in tune.notes)
    origin = bar * -(-round(first * TICKS) // bar)  # the first bar line; a pickup is left out
    notes = []
    for note in tune.notes:
        at, ends = (TICKS * quarters - origin for quarters in (note.at, note.at + note.quarters))
        if 0 <= at < end:
            if abs(at - round(at)) > 0.25 or round(ends) <= round(at):
                return None
            notes.append(GridNote(round(at), min(round(ends), end) - round(at), note.pitch))
    onsets = {note.onset_steps for note in notes}
    if len(onsets) < len(notes) or not {0, seam} <= onsets:
        return None
    key = Key(tune.key.root, "minor" if tune.key.minor else "major")
    try:
        whole = encode([note.transposed(key.shift) for note in notes], end)
    except ValueError:
        return None
    moved = Progression(tuple((at - origin / TICKS, chord) for at, chord in tune.progression.chords), 1e6)
    tune = ChordSong(tune.meter, tune.key, tune.notes, moved)
    opening = Opening(
        "", "", key, tune.meter, bar, 0, whole[:seam], whole[seam:], ends_song=False, steps_per_quarter=TICKS
    )
    return TunePhrase(tune, tuple(note for note in notes if note.onset_steps < seam), opening)


def chords_between(tune: ChordSong, begins: float, ends: float) -> Progression:
    """Said again at each bar line."""
    bar = tune.meter.quarters_per_bar
    lines = {begins + bar * number for number in range(BARS)}
    changes = {at for at, _ in tune.progression.chords if begins < at < ends}
    chords = [(at, tune.progression.at(at)) for at in sorted(lines | changes)]
    return Progression(tuple((at, chord) for at, chord in chords if chord is not None), ends)


def played(phrase: TunePhrase) -> list[Timed]:
    """Both hands, exactly in time."""
    quarters = BARS * phrase.tune.meter.quarters_per_bar
    lowest = min(HIGHEST_LEFT, *(note.pitch for note in phrase.notes))
    below = left_hand(chords_between(phrase.tune, 0.0, quarters), "block", phrase.tune.meter, TICKS, lowest)
    both = play_both(phrase.notes, below, BPM, 0, EXACT, BEGIN_S, TICKS).played
    ons = [Timed(note.onset_s, NoteOn(note.pitch, note.velocity)) for note in both]
    offs = [Timed(note.release_s - 0.01, NoteOff(note.pitch)) for note in both]
    return sorted([*offs, *ons], key=lambda timed: timed.at_s)


def answer(voice: Voice, phrase: TunePhrase, arm: str, seed: int) -> JudgedAnswer:
    """What a session answers; "written": its plan of chords is what the tune has there."""
    settings = SessionSettings(
        TempoSettings("fixed", BPM, str(phrase.tune.meter), downbeat="first"),
        answer=AnswerSettings("trade", bars=BARS),
        harmony=HarmonySettings(listen=arm != "off"),
    )
    planned, chord_plan = chord_plans.chord_plan, chord_plans.chord_plan
    if arm == "written":
        quarters = BARS * phrase.tune.meter.quarters_per_bar
        there = ChordPlan(chords_between(phrase.tune, quarters, 2 * quarters))
        planned = lambda *_: there  # noqa: E731
    chord_plans.chord_plan = planned
    try:
        notes = _answered(Session(voice, settings, random_seed=seed), phrase)
    finally:
        chord_plans.chord_plan = chord_plan
    return JudgedAnswer(phrase.opening, notes)


def _answered(session: Session, phrase: TunePhrase) -> tuple[str, ...]:
    seam, steps, key = len(phrase.opening.phrase), len(phrase.opening.continuation), phrase.opening.key
    for timed in played(phrase):
        while (due_s := session.next_deadline_s()) is not None and due_s < timed.at_s:
            session.advance(due_s)
        session.receive(timed)
    while (due_s := session.next_deadline_s()) is not None and due_s < LATEST_S:
        session.advance(due_s)
        plan = next((one for one in session.take_reports() if isinstance(one, Planned)), None)
        if plan is not None:
            notes = [n.transposed(key.shift) for n in plan.notes]
            said = [GridNote(n.onset_steps - seam, n.duration_steps, n.pitch) for n in notes]
            return encode([n for n in said if n.onset_steps >= 0], steps)[:steps]
    raise SystemExit("a phrase was not answered")


def answers_of(
    voice: Voice, phrases: Sequence[TunePhrase], arms: Sequence[str]
) -> dict[str, list[JudgedAnswer]]:
    """By the arm."""
    found: dict[str, list[JudgedAnswer]] = {arm: [] for arm in arms}
    begun_s = time.process_time()
    for number, phrase in enumerate(phrases):
        for arm in arms:
            if voice.memory is not None:
                voice.memory.clear()
            found[arm].append(answer(voice, phrase, arm, number))
        if number % 10 == 9:
            print(
                f"{number + 1} phrases, {time.process_time() - begun_s:.0f} s of processor time", flush=True
            )
    return found


def scores_of(name: str, true: Sequence[JudgedAnswer], ours: Sequence[JudgedAnswer], bars: int) -> np.ndarray:
    """(2, phrases), the tunes' own answers first."""
    exchanges = [exchange_of(answer).first_bars(bars) for answer in (*true, *ours)]
    folds = folds_of([str(number) for number in range(len(true))])
    return crossed(JUDGES[name](exchanges), folds, lambda: None)


def between(one: np.ndarray, other: np.ndarray) -> str:
    """How much larger the first area is, with the 95 % interval of a bootstrap that draws phrases."""
    rng, found = np.random.default_rng(0), []
    for _ in range(RESAMPLED):
        drawn = rng.integers(0, one.shape[1], one.shape[1])
        found.append(auc(*one[:, drawn]) - auc(*other[:, drawn]))
    low, high = np.quantile(found, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return f"{auc(*one) - auc(*other):+.3f} ({low:+.3f} to {high:+.3f})"


def judge(found: dict[str, list[JudgedAnswer]], phrases: Sequence[TunePhrase], judges: Sequence[str]) -> None:
    true = continuations([phrase.opening for phrase in phrases])
    for name in judges:
        for bars, label in ((BARS, "whole answers"), (FIRST_BARS, f"first {FIRST_BARS} bars")):
            scores = {arm: scores_of(name, true, ours, bars) for arm, ours in found.items()}
            for arm, (theirs, own) in scores.items():
                said = area(theirs, own, [str(number) for number in range(len(phrases))])
                more = f", than off {between(scores[arm], scores['off'])}" if arm != "off" in scores else ""
                print(f"{name}, {label}, {arm}: {said}{more}", flush=True)


def in_chords(answers: Sequence[JudgedAnswer], phrases: Sequence[TunePhrase]) -> str:
    """Of the notes on bar lines how many are in the chord that the tune has there."""
    inside, notes = 0, 0
    for answer, phrase in zip(answers, phrases, strict=True):
        key = phrase.opening.key
        for note in answer.notes:
            at = note.onset_steps + len(phrase.opening.phrase)
            chord: Chord | None = phrase.tune.progression.at(at / TICKS)
            if at % phrase.opening.bar_steps == 0 and chord is not None:
                notes += 1
                inside += (note.pitch - key.shift) % 12 in chord.tones
    return f"{100 * inside / max(1, notes):.0f} % of {notes}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="tunes with chords as MIDI files")
    parser.add_argument("--model", default="irish")
    parser.add_argument("--phrases", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rest", action="store_true", help="phrases of the other half of the tunes")
    parser.add_argument("--arms", nargs="+", default=["listen", "off"], choices=ARMS)
    parser.add_argument("--judges", nargs="*", default=["boosting"], choices=list(JUDGES))
    asked = parser.parse_args()
    tunes = tunes_of(asked.folder, asked.seed)
    phrases = phrases_of(tunes[asked.rest :: 2], asked.phrases)
    voice = make_voice(bundle.load(bundle.find(asked.model)), None)
    found = answers_of(voice, phrases, asked.arms)
    print(f"{len(phrases)} phrases, {asked.model}")
    true = continuations([phrase.opening for phrase in phrases])
    for arm, answers in {"the tunes": true, **found}.items():
        print(f"on the bar line in the tune's chord, {arm}: {in_chords(answers, phrases)}")
    judge(found, phrases, asked.judges)


if __name__ == "__main__":
    main()
