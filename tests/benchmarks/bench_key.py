"""How often the key is heard rightly: ours beside every key analyser of music21, on songs with a written key.

    python tests/benchmarks/bench_key.py --data DIR [--split test] [--tonic]

DIR is a folder made by `antiphon-train prepare`. The songs stand in C major or A minor and are heard in a key
drawn for each, so that no analyser gains by where it begins to look. `--tonic` takes songs too of which the
score says only the tonic (their mode was then chosen by ear).
"""

import argparse
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from music21 import note, stream
from music21.analysis import discrete

from antiphon.events import GridNote
from antiphon.listen.key import Key, estimate, likeliest, posterior
from antiphon.listen.key_tracker import KeyTracker, distance
from antiphon.timebase import STEPS_PER_QUARTER
from antiphon_training.export.key_profiles import keyed_songs, passage

Notes = Sequence[GridNote]
Heard = Callable[[Notes, bool], Key]  # notes, whether they are a whole song → the key heard
BEATS: tuple[int | None, ...] = (4, 8, 16, None)
PHRASE_STEPS = 8 * STEPS_PER_QUARTER
MUSIC21 = {
    "Krumhansl-Schmuckler": discrete.KrumhanslSchmuckler,
    "Aarden-Essen": discrete.AardenEssen,
    "Simple weights": discrete.SimpleWeights,
    "Bellman-Budge": discrete.BellmanBudge,
    "Temperley-Kostka-Payne": discrete.TemperleyKostkaPayne,
}


def by_durations(notes: Notes, _whole: bool) -> Key:
    durations = [0.0] * 12
    for each in notes:
        durations[each.pitch % 12] += each.duration_steps
    return likeliest(posterior(durations))


def by_phrases(notes: Notes, _whole: bool) -> Key:
    """The tracker's key after phrases of 8 beats."""
    tracker, first = KeyTracker(), notes[0].onset_steps
    for place in range((notes[-1].onset_steps - first) // PHRASE_STEPS + 1):
        tracker.hear(n for n in notes if (n.onset_steps - first) // PHRASE_STEPS == place)
    return tracker.key


def music21_solution(analyser: discrete.KeyWeightKeyAnalysis, score: stream.Stream) -> Key:
    tonic, mode, _ = analyser.process(score)[0]
    return Key(tonic.pitchClass, mode)


def score_of(notes: Notes) -> stream.Stream:
    score = stream.Stream()
    for each in notes:
        sounding = note.Note(each.pitch, quarterLength=each.duration_steps / STEPS_PER_QUARTER)
        score.coreInsert(each.onset_steps / STEPS_PER_QUARTER, sounding)
    score.coreElementsChanged()
    return score


def keys_heard(notes: Notes, whole: bool) -> dict[str, Key]:
    """Every listener's key of one melody."""
    heard = {
        "antiphon: estimate": estimate(notes, ended=whole),
        "antiphon: KeyTracker, phrases of 8": by_phrases(notes, whole),
        "antiphon: posterior of durations": by_durations(notes, whole),
    }
    score = score_of(notes)
    return heard | {f"music21: {name}": music21_solution(of(), score) for name, of in MUSIC21.items()}


def near(heard: Key, written: Key) -> bool:
    """Whether a wrong key is the relative, or a fifth away in the same mode."""
    return heard != written and distance(heard, written) == 1


def shift_error(heard: Key, written: Key) -> int:
    """Semitones (0–6) by which the melody would miss C major or A minor."""
    semitones = (heard.shift - written.shift) % 12
    return min(semitones, 12 - semitones)


def measure(songs: Sequence[tuple[Notes, Key]], beats: int | None) -> dict[str, list[tuple[Key, Key]]]:
    """For every listener the keys heard and written of all songs, cut to so many beats."""
    pairs: dict[str, list[tuple[Key, Key]]] = {}
    for notes, written in songs:
        part = passage(notes, 0, None if beats is None else beats * STEPS_PER_QUARTER)
        for name, heard in keys_heard(part, beats is None).items():
            pairs.setdefault(name, []).append((heard, written))
    return pairs


def in_some_key(folder: Path, split: str, only_written: bool) -> list[tuple[Notes, Key]]:
    chance = random.Random(0)
    songs = []
    for song in keyed_songs(folder, split, only_written):
        semitones = chance.randrange(-5, 7)
        moved = tuple(each.transposed(semitones) for each in song.notes)
        songs.append((moved, Key((song.home.tonic + semitones) % 12, song.home.mode)))
    return songs


def print_table(title: str, columns: Sequence[dict[str, float]]) -> None:
    print(f"\n{title:<40}" + "".join(f"{f'{b} beats' if b else 'whole':>10}" for b in BEATS))
    for name in columns[0]:
        print(f"{name:<40}" + "".join(f"{column[name]:>10.2f}" for column in columns))


def main() -> None:
    parser = argparse.ArgumentParser(description="How often the key is heard rightly.")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--split", choices=("train", "valid", "test"), default="test")
    parser.add_argument("--tonic", action="store_true", help="songs too with only their tonic written")
    chosen = parser.parse_args()
    songs = in_some_key(chosen.data, chosen.split, not chosen.tonic)
    if not songs:
        parser.error(f"no song of the {chosen.split} split in {chosen.data} has a written key; try --tonic")
    minor = sum(key.mode == "minor" for _, key in songs)
    print(f"{chosen.data.name}, {chosen.split}: {len(songs)} songs, {minor} in minor")
    found = [measure(songs, beats) for beats in BEATS]
    tables: dict[str, Callable[[Key, Key], float]] = {
        "exact tonic and mode, % of songs": lambda heard, written: 100.0 * (heard == written),
        "relative or fifth instead, % of songs": lambda heard, written: 100.0 * near(heard, written),
        "mean error of the shift, semitones": shift_error,
    }
    for title, value in tables.items():
        print_table(
            title, [{n: sum(value(*p) for p in ps) / len(ps) for n, ps in pairs.items()} for pairs in found]
        )


if __name__ == "__main__":
    main()
