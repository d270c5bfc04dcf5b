"""How well the answer takes over a player's feel, phrase after phrase.

    python tests/benchmarks/bench_feel.py --data DIR [--model essen] [--players 40] [--follow] [--swing 2.5]

DIR is a folder that `antiphon-train prepare` wrote. Each player has a feel of their own (`feel_performer`):
every other one swings. Each plays eight phrases of four bars from test songs of the model, in 4/4 at 60–220
bpm, and a whole session answers. Printed for each phrase: how far the swing ratio of the answer is from that
of a player who swings (median); in how many answers it is within 0.1 (players who swing, and who do not); how
far the ratio of the phrase itself is, at its off-beats; the correlation of the answer's velocities with the
player's habit, note by note, and of their means by place in the bar. Wanted: 0.1 at most, 0.8 at least.
"""

import argparse
import math
import random
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT / "tests")]

import numpy as np  # noqa: E402
from prepared import TICKS, Song, songs  # noqa: E402

from antiphon import bundle  # noqa: E402
from antiphon.events import GridNote, NoteOff, NoteOn, PlayedNote, Timed  # noqa: E402
from antiphon.perform.answer.programs import Voice  # noqa: E402
from antiphon.perform.answer_reports import Heard, Written  # noqa: E402
from antiphon.perform.session import Session  # noqa: E402
from antiphon.perform.settings import FeelSettings, SessionSettings, TempoSettings  # noqa: E402
from antiphon.stage.voice import make_voice  # noqa: E402
from antiphon.timebase import Meter  # noqa: E402
from feel_performer import Player, louder, perform, some_player  # noqa: E402

PHRASES, BARS, FEWEST_NOTES = 8, 4, 8
METER = Meter(4, 4)
MOST_WRONG, LEAST_ALIKE = 0.1, 0.8


@dataclass(slots=True)
class Figures:
    """Of all players, of the answers to their phrases of one number."""

    wrong: list[float] = field(default_factory=list)
    straight_wrong: list[float] = field(default_factory=list)
    phrase_wrong: list[float] = field(default_factory=list)
    alike: list[float] = field(default_factory=list)
    by_place: list[float] = field(default_factory=list)


def phrases(folder: Path, card: bundle.Card, seed: int) -> list[tuple[GridNote, ...]]:
    """Stretches of four bars of test songs in 4/4 that begin on a bar line; step 0 is that line."""
    held_out = {source.rpartition("/")[2] for source in card.split.test_sources}
    found = songs(folder, 10_000, lambda about: _usable(about, held_out))
    random.Random(seed).shuffle(found)
    return [stretch for song in found for stretch in _stretches(song)]


def _usable(about: dict[str, object], held_out: set[str]) -> bool:
    return str(about["source"]).rpartition("/")[2] in held_out and about["meter"] in ("4/4", "2/4")


def _stretches(song: Song) -> Iterator[tuple[GridNote, ...]]:
    bar = 4 * TICKS
    for begin in range(0, song.notes[-1].end_steps, BARS * bar):
        here = [n for n in song.notes if begin <= n.onset_steps and n.end_steps <= begin + BARS * bar]
        if len(here) >= FEWEST_NOTES and here[0].onset_steps == begin:
            yield tuple(GridNote(n.onset_steps - begin, n.duration_steps, n.pitch) for n in here)


def answer_to(made: Session, played: Sequence[PlayedNote]) -> tuple[Heard | None, list, list[Timed]]:
    """The phrase as it was heard, the notes of the answer as written, and those that were sent."""
    events = [Timed(note.onset_s, NoteOn(note.pitch, note.velocity)) for note in played]
    events += [Timed(note.release_s, NoteOff(note.pitch)) for note in played]
    events.sort(key=lambda timed: (timed.at_s, isinstance(timed.event, NoteOn)))
    sent: list[Timed] = []
    for timed in events:
        made.receive(timed)
        sent += made.advance(timed.at_s)
    while (deadline_s := made.next_deadline_s()) is not None:
        sent += made.advance(deadline_s)
    reports = made.take_reports()
    written = [report.note for report in reports if isinstance(report, Written)]
    heard = next((report for report in reports if isinstance(report, Heard)), None)
    return heard, written, [timed for timed in sent if isinstance(timed.event, NoteOn)]


def session(voice: Voice, bpm: float, seed: int, follow: bool) -> Session:
    tempo = TempoSettings("follow", 110.0) if follow else TempoSettings("fixed", bpm)
    return Session(voice, SessionSettings(tempo=tempo, feel=FeelSettings()), seed)


def judge(player: Player, heard: Heard, written: Sequence[GridNote], sent: Sequence[Timed], into: Figures):
    places: dict[float, list[float]] = defaultdict(list)
    loud: dict[int, list[tuple[float, float]]] = defaultdict(list)
    quarter = heard.grid.steps_per_quarter
    for note, timed in zip(written, sent, strict=True):
        into_beat = note.onset_steps % quarter / quarter
        places[into_beat].append((heard.grid.steps_at(timed.at_s) - note.onset_steps) / quarter)
        place = 0 if note.onset_steps % (4 * quarter) == 0 else {0.0: 1, 0.5: 2}.get(into_beat, 3)
        loud[place].append((louder(player, note, METER, quarter), timed.event.velocity))
    if places[0.0] and places[0.5]:
        at = 0.5 + statistics.fmean(places[0.5]) - statistics.fmean(places[0.0])
        wrong = into.wrong if player.swing > 1 else into.straight_wrong
        wrong.append(abs(at / (1 - at) - player.swing))
    pairs = np.array([pair for some in loud.values() for pair in some])
    if len(pairs) > 2 and min(pairs.std(axis=0)) > 0:
        into.alike.append(float(np.corrcoef(pairs.T)[0, 1]))
    means = np.array([np.mean(some, axis=0) for some in loud.values()])
    if len(means) > 2 and min(means.std(axis=0)) > 0:
        into.by_place.append(float(np.corrcoef(means.T)[0, 1]))


def play(voice: Voice, some: Sequence[Sequence[GridNote]], player: Player, seed: int, follow: bool):
    """One player's session; gives the figures of each phrase."""
    bpm = random.Random(f"bpm {seed}").uniform(60, 220)
    made, start_s = session(voice, bpm, seed, follow), 1.0
    for number, notes in enumerate(some[:PHRASES]):
        played = perform(player, notes, METER, bpm, start_s, 1000 * seed + number, TICKS)
        heard, written, sent = answer_to(made, played)
        figures = Figures()
        if heard is not None and len(written) == len(sent):
            judge(player, heard, written, sent, figures)
            ratio = own_ratio(notes, played)
            if ratio is not None and player.swing > 1:
                figures.phrase_wrong.append(abs(ratio - player.swing))
        yield figures
        start_s = made.transport.bar_line_s(made.transport.grid.steps_at(sent[-1].at_s), 3)


def own_ratio(notes: Sequence[GridNote], played: Sequence[PlayedNote]) -> float | None:
    """The swing of a phrase itself, from each off-beat between two notes on the beat."""
    at = {note.onset_steps: one.onset_s for note, one in zip(notes, played, strict=True)}
    half = TICKS // 2
    places = [
        (at[step] - at[step - half]) / (at[step + half] - at[step - half])
        for step in at
        if step % TICKS == half and step - half in at and step + half in at
    ]
    return None if not places else (mean := statistics.fmean(places)) / (1 - mean)


def row(name: str, figures: Sequence[Figures]) -> str:
    def joined(what: str) -> list[float]:
        return [value for one in figures for value in getattr(one, what)]

    wrong, straight, phrase = joined("wrong"), joined("straight_wrong"), joined("phrase_wrong")
    alike, by_place = joined("alike"), joined("by_place")
    near, near_straight, good = (
        100 * mean(found)
        for found in (
            [value <= MOST_WRONG for value in wrong],
            [value <= MOST_WRONG for value in straight],
            [value >= LEAST_ALIKE for value in by_place],
        )
    )
    return (
        f"{name:<10}{median(wrong):>8.3f}{near:>8.0f} %{near_straight:>8.0f} %{median(phrase):>10.3f}"
        f"{median(alike):>10.2f}{median(by_place):>10.2f}{good:>8.0f} %"
    )


def mean(found: Sequence[float]) -> float:
    return statistics.fmean(found) if found else math.nan


def median(found: Sequence[float]) -> float:
    return statistics.median(found) if found else math.nan


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="a prepared data folder")
    parser.add_argument("--model", default=bundle.DEFAULT_MODEL, help="a bundle that ships, or a folder")
    parser.add_argument("--players", type=int, default=40)
    parser.add_argument("--follow", action="store_true", help="the tempo is followed, not known")
    parser.add_argument("--swing", type=float, default=2.5, help="the most that a player swings")
    wanted = parser.parse_args()
    loaded = bundle.load(bundle.find(wanted.model))
    of_number: list[list[Figures]] = [[] for _ in range(PHRASES)]
    for seed in range(wanted.players):
        voice = make_voice(loaded, None)
        some = phrases(wanted.data, loaded.card, seed)
        player = some_player(seed, wanted.swing)
        for number, figures in enumerate(play(voice, some, player, seed, wanted.follow)):
            of_number[number].append(figures)
    print(f"{wanted.players} players, tempo {'followed' if wanted.follow else 'known'}, {loaded.name}\n")
    print(
        f"{'':<10}{'swing':>8}{'≤ 0.1':>10}{'straight':>10}{'phrase':>10}"
        f"{'velocity':>10}{'by place':>10}{'≥ 0.8':>10}"
    )
    for number, figures in enumerate(of_number, 1):
        print(row(f"phrase {number}", figures))
    print(row("3–8", [one for figures in of_number[2:] for one in figures]))


if __name__ == "__main__":
    main()
