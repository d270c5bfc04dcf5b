"""Which grid can say how many songs exactly, and what a memory of eight minutes costs on each grid.

    python tests/benchmarks/bench_grid.py [--corpus irish]

Wanted: at 24 steps a quarter at least 2 900 of the Irish tunes and 97 % of all collections; a memory that is
asked costs at most 0.1 ms more than a step of the model, on every grid.
"""

import argparse
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Callable
from pathlib import Path

import numpy as np
from timing import rounds_us

from antiphon import bundle
from antiphon.compose.memory.memory import Memory
from antiphon.compose.place import Bars
from antiphon.compose.symbols import HOLD
from antiphon_training.corpus.cache import ParseCache, default_folder
from antiphon_training.corpus.corpus import collection, load_songs, music21_corpus, scores_of
from antiphon_training.corpus.songs import ParsedSong

GRIDS = (4, 6, 8, 12, 16, 24, 48)


def can_say(song: ParsedSong, steps_per_quarter: int) -> bool:
    """Whether every onset and length is a whole number of steps."""
    places = (steps_per_quarter * each for sound in song.sounds for each in (sound.onset, sound.duration))
    return all(abs(place - round(place)) < 1e-3 for place in places)


def songs_of(corpus: str) -> tuple[ParsedSong, ...]:
    music21_corpus()
    _, paths = collection(corpus)
    folder = Path(os.path.commonpath([path.parent for path in paths]))
    return tuple(load_songs(scores_of(paths, folder), 1, ParseCache(default_folder())).songs)


def least_us(action: Callable[[], object], repeats: int, rounds: int = 60) -> float:
    """Microseconds a call takes where nothing else disturbs it: the least of the means of some rounds."""
    return min(rounds_us(action, repeats, rounds))


def full_memory(steps_per_quarter: int) -> tuple[Memory, int, int]:
    """One of eight minutes in 4/4, its hold, and the number of symbols."""
    shipped = bundle.load(bundle.find(bundle.DEFAULT_MODEL))
    known, chance = shipped.vocabulary, np.random.default_rng(0)
    assert shipped.experience is not None
    hold_id, sixteenth = known.id(HOLD), steps_per_quarter // 4
    memory = Memory(shipped.experience, len(known), hold_id, steps_per_quarter)
    memory.begin(Bars("4/4", 0, steps_per_quarter))
    while memory.steps < 3500 * sixteenth:
        memory.hear(known.id(str(chance.choice([67, 69, 71, 72, 74, 76]))))
        for _ in range(int(chance.choice([2, 2, 2, 4, 4, 8])) * sixteenth - 1):
            memory.hear(hold_id)
    memory.hear(known.id("67"))
    return memory, hold_id, len(known)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", default="irish")
    songs = songs_of(parser.parse_args().corpus)
    for grid in GRIDS:
        said = sum(can_say(song, grid) for song in songs)
        print(f"{grid:>2} steps a quarter: {said} of {len(songs)} songs, {said / len(songs):.1%}")
    for grid in (4, 12, 24):
        memory, hold_id, symbols = full_memory(grid)
        even = np.full(symbols, 1 / symbols)
        asked_us = least_us(lambda m=memory, e=even: m.mix(e), 20)  # type: ignore[misc]
        held_us = least_us(lambda m=memory, h=hold_id: m.hear(h), 3)  # type: ignore[misc]
        print(f"{grid:>2} steps a quarter: memory asked {asked_us:.0f} us, a hold heard {held_us:.0f} us")


if __name__ == "__main__":
    main()
