"""How often downbeat and meter are heard in real songs, unevenly played; and what hearing them costs.

    python tests/benchmarks/bench_meter.py --data DIR [--model essen] [--songs 300]

DIR is a folder that `antiphon-train prepare` wrote. The songs that the model's card names as its test songs
are played by a seeded performer at 60–180 bpm with 20 ms of timing noise and ±8 % of slow drift. The openings
of 8 and 16 quarters are heard with the tempo followed, and with the tempo known. Wanted, tempo followed: the
downbeat in 85 and 92 % of songs where the meter is given, meter and downbeat in 80 and 88 % where it is not.
A bar line counts as right where it is one of the song; where the tempo came out as its double or half, the
bars are so, too. 2/4 counts as 4/4. "(first note)" is what `downbeat = "first"` gets right.

--accompanied lets the performer's left hand play, too: bass and chords, a chord on each downbeat, bass notes
on each beat, or broken chords, in turn. The hands are told apart as in a session.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT / "training"), str(ROOT / "tests")]

from antiphon import bundle  # noqa: E402
from antiphon.compose.sampling import SamplingSettings  # noqa: E402
from antiphon.compose.symbols import decode  # noqa: E402
from antiphon.events import GridNote, PlayedNote, melody_of  # noqa: E402
from antiphon.perform.answer.bar_hearing import BarHearing  # noqa: E402
from antiphon.perform.answer.programs import Programs, Voice  # noqa: E402
from antiphon.perform.answer.transcribe import Transcriber, Transcription  # noqa: E402
from antiphon.perform.settings import TempoSettings  # noqa: E402
from antiphon.perform.transport import Transport  # noqa: E402
from antiphon.stage.voice import make_voice  # noqa: E402
from antiphon.timebase import Grid, Meter  # noqa: E402
from antiphon_training.data.dataset import load_dataset  # noqa: E402
from antiphon_training.data.entries import Entry, entries  # noqa: E402
from performer import Manner, perform  # noqa: E402
from two_hands import told  # noqa: E402

METERS = {"4/4": "4/4", "2/2": "4/4", "2/4": "2/4", "3/4": "3/4", "6/8": "6/8"}
LENGTHS = (8, 16)
MANNERS = {"tempo followed, drift 8 %": Manner(), "tempo known": Manner(drift=0.0)}
START_S = 1.0
OCTAVES = (1.0, 2.0, 0.5)


@dataclass(frozen=True, slots=True)
class Song:
    """A song and how far into a bar its first note is, in steps."""

    notes: tuple[GridNote, ...]
    meter: Meter
    into_bar: int
    steps_per_quarter: int

    @property
    def bar_steps(self) -> int:
        return round(self.steps_per_quarter * self.meter.quarters_per_bar)

    def opening(self, quarters: int) -> tuple[GridNote, ...]:
        """The notes of so many quarters from the first note on."""
        first = self.notes[0].onset_steps
        return tuple(
            note for note in self.notes if note.onset_steps - first < self.steps_per_quarter * quarters
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """What was made of one opening: whether the downbeat is right, the meter, too, and the cost."""

    downbeat: bool
    both: bool
    slices_ms: tuple[float, ...]


def accompanied(song: Song, opening: Sequence[GridNote], seed: int) -> list[GridNote]:
    """An opening with a left hand, by onset: a chord in each bar, on the note that is highest there."""
    beat, bar = round(song.steps_per_quarter * song.meter.quarters_per_beat), song.bar_steps
    eighth = song.steps_per_quarter // 2
    later = [GridNote(note.onset_steps + bar, note.duration_steps, note.pitch) for note in opening]
    first, end, found = later[0].onset_steps, later[-1].end_steps, list(later)
    for line in range(first - song.into_bar, end, bar):
        roots = [note.pitch for note in later if line <= note.onset_steps < line + bar]
        root = 43 + (max(roots) - 43) % 12 if roots else 48
        found += [
            note for note in _figure(seed % 4, line, root, beat, bar, eighth) if first <= note.onset_steps
        ]
    return sorted(note for note in found if note.onset_steps < end)


def _figure(style: int, line: int, root: int, beat: int, bar: int, eighth: int) -> list[GridNote]:
    beats = range(0, bar, beat)
    if style == 0:
        chords = [GridNote(line + at, eighth, root + up) for at in beats if at for up in (12, 16, 19)]
        return [GridNote(line, eighth, root), *chords]
    if style == 1:
        return [GridNote(line, bar, root + up) for up in (0, 4, 7)]
    if style == 2:
        return [GridNote(line + at, beat, root + (0, 7)[n % 2]) for n, at in enumerate(beats)]
    broken = enumerate(range(line, line + bar, eighth))
    return [GridNote(at, eighth, root + (0, 7, 4, 7)[n % 4]) for n, at in broken]


def test_songs(folder: Path, card: bundle.Card, most: int) -> list[Song]:
    """The first `most` of a model's test songs in one meter, in an order that is always the same."""
    held_out = {source.rpartition("/")[2] for source in card.split.test_sources}
    found = [one for one in entries(folder) if one[0]["source"].rpartition("/")[2] in held_out]
    usable = [one for one in found if one[0]["meters"] == [one[0]["meter"]] and one[0]["meter"] in METERS]
    usable = [one for one in usable if not one[0]["bars_off"]]
    random.Random(1).shuffle(usable)
    steps = load_dataset(folder).steps_per_quarter
    return [_song(about, text, steps) for about, text in usable[:most]]


def _song(about: Entry, text: str, steps_per_quarter: int) -> Song:
    notes = decode(text.split())
    meter = Meter.parse(METERS[about["meter"]])
    bar = round(steps_per_quarter * meter.quarters_per_bar)
    into_bar = (notes[0].onset_steps - about["pickup_steps"]) % bar
    return Song(notes, meter, into_bar, steps_per_quarter)


def hear(
    voice: Voice, played: Sequence[PlayedNote], tempo: TempoSettings
) -> tuple[Transcription, list[float]]:
    """A first phrase, heard by the parts that hear it in a session, and how long each slice took, in ms."""
    programs = Programs(voice, (), SamplingSettings(), 0)
    grid = Grid(tempo.bpm, START_S, programs.steps_per_quarter)
    transport = Transport(grid, tempo.first_meter)
    transcriber, bars = Transcriber("highest", None), BarHearing(tempo, programs, None)
    follows = tempo.mode == "follow"
    phrase = _timed(transcriber.transcribe(melody_of(played), transport, follows, bars.hears_meter), [])
    took_ms: list[float] = []
    heard = _timed(bars.hear(played, phrase, transport.grid, 0, follows), took_ms)
    return heard.transcription, took_ms


def _timed(work, took_ms):  # type: ignore[no-untyped-def]
    while True:
        begun = time.thread_time()
        try:
            next(work)
        except StopIteration as done:
            return done.value
        finally:
            took_ms.append((time.thread_time() - begun) * 1e3)


def trial(
    voice: Voice, song: Song, quarters: int, manner: Manner, seed: int, downbeat: str, both_hands: bool
) -> Trial | None:
    """The opening of so many quarters, played and heard twice: the meter given, and heard."""
    opening = song.opening(quarters)
    if len(opening) < 3:
        return None
    bpm = random.Random(seed).uniform(60, 180)
    notes = accompanied(song, opening, seed) if both_hands else opening
    notes_played = perform(notes, bpm, seed, manner, START_S, song.steps_per_quarter).notes
    lefts = told(notes_played)
    played = [replace(note, beside=left) for note, left in zip(notes_played, lefts, strict=True)]
    if not melody_of(played):
        return None
    follows = manner.drift > 0
    tempi = [
        TempoSettings("follow" if follows else "fixed", 110.0 if follows else bpm, meter, downbeat)  # type: ignore[arg-type]
        for meter in (str(song.meter), "heard")
    ]
    given, _ = hear(voice, played, tempi[0])
    free, took_ms = hear(voice, played, tempi[1])
    return Trial(
        right(song, given, quarters),
        right(song, free, quarters) and _family(free.transport.meter) == _family(song.meter),
        tuple(took_ms),
    )


def _family(meter: Meter) -> str:
    return "4/4" if str(meter) == "2/4" else str(meter)


def right(song: Song, heard: Transcription, quarters: int) -> bool:
    """Whether the bar lines heard are bar lines of the song, or all of the song's are among them."""
    finer = heard.transport.grid.steps_per_quarter / song.steps_per_quarter
    bars = heard.transport.bar_steps
    heard_span = (heard.notes[-1].onset_steps - heard.notes[0].onset_steps) / finer
    ratio = heard_span / (song.opening(quarters)[-1].onset_steps - song.notes[0].onset_steps)
    octave = next((o for o in OCTAVES if abs(ratio / o - 1) < 0.04), None)
    if octave is None:
        return False
    heard_bar, heard_into = bars / finer / octave, heard.notes[0].onset_steps % bars / finer / octave
    shorter, longer = sorted((heard_bar, float(song.bar_steps)))
    return longer % shorter == 0 and (heard_into - song.into_bar) % shorter == 0


def report(
    voice: Voice, songs: Sequence[Song], title: str, manner: Manner, both_hands: bool
) -> list[tuple[float, ...]]:
    print(f"\n{title}: % right\n{'':<12}{'downbeat, meter given':>24}{'meter and downbeat':>24}")
    costs: list[tuple[float, ...]] = []
    for downbeat in ("heard", "first"):
        for quarters in LENGTHS:
            made = [
                trial(voice, song, quarters, manner, seed, downbeat, both_hands)
                for seed, song in enumerate(songs)
            ]
            trials = [one for one in made if one is not None]
            given = 100 * statistics.mean(one.downbeat for one in trials)
            both = 100 * statistics.mean(one.both for one in trials)
            name = f"{quarters} quarters" if downbeat == "heard" else "(first note)"
            print(f"{name:<12}{given:>24.1f}{both:>24.1f}   {len(trials)} songs", flush=True)
            costs += [one.slices_ms for one in trials if downbeat == "heard"]
    return costs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="a prepared data folder")
    parser.add_argument("--model", default=bundle.DEFAULT_MODEL, help="a bundle that ships, or a folder")
    parser.add_argument("--songs", type=int, default=300, help="how many of its test songs")
    parser.add_argument("--accompanied", action="store_true", help="with a left hand")
    wanted = parser.parse_args()
    loaded = bundle.load(bundle.find(wanted.model))
    voice = make_voice(loaded, None)
    songs = test_songs(wanted.data, loaded.card, wanted.songs)
    print(f"{len(songs)} test songs of {loaded.name}")
    both = wanted.accompanied
    costs = [cost for title, manner in MANNERS.items() for cost in report(voice, songs, title, manner, both)]
    slices_ms = sorted(ms for cost in costs for ms in cost)
    phrases_ms = [sum(cost) for cost in costs]
    half, most = statistics.median(slices_ms), slices_ms[len(slices_ms) * 99 // 100]
    print(f"\nprocessor time of a slice: {half:.2f} ms (median), {most:.2f} ms (99 of 100)")
    per_phrase = statistics.median(phrases_ms)
    print(f"and of a phrase, meter heard: {per_phrase:.1f} ms (median), {max(phrases_ms):.1f} ms (most)")


if __name__ == "__main__":
    main()
