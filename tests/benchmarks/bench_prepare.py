"""How many songs a second `prepare` reads, and what the process that coordinates it needs for many songs.

    python tests/benchmarks/bench_prepare.py --corpus oneills [--limit N]
    python tests/benchmarks/bench_prepare.py --data DIR --songs 200000 [--whole]

The first reads a collection with 1 and 2 processes, without Dask and with its local cluster, each from
nothing. The second makes songs from those of a data folder: each is a cut of 16–48 notes and rests of a real
one, and one in ten is there twice, as a transposed copy is once it is in C major. It measures all that is
done after a song was read: duplicates, variants, the split, the data folder. With --whole, the songs are
written as tune books in ABC, each song transposed, and `prepare` itself reads them. Wanted: under 1.5 GB.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from antiphon.compose.symbols import HOLD, REST
from antiphon.listen.key import Key
from antiphon_training.corpus.corpus import Corpus
from antiphon_training.data.dataset import load_dataset
from antiphon_training.data.folder import data_folder, fill
from antiphon_training.data.prepare import prepare_outcomes, summary
from antiphon_training.data.preprocess import EncodedSong
from antiphon_training.data.song_file import SongFile

FEWEST, MOST = 16, 48  # notes and rests of a cut
SONGS_A_BOOK = 100
KEYS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
SPELLED = tuple(zip("=^=^==^=^=^=", "CCDDEFFGGAAB", strict=True))


def read(corpus: str, limit: int) -> None:
    print("| processes | pool: songs/s | cpu ms a song | Dask: songs/s | cpu ms a song |")
    for jobs in (1, 2):
        figures = [_timed(corpus, limit, jobs, more) for more in ([], ["--dask", "local"])]
        cells = (f"{limit / wall_s:.0f} | {1000 * cpu_s / limit:.1f}" for wall_s, cpu_s in figures)
        print(f"| {jobs} | {' | '.join(cells)} |", flush=True)


def _timed(corpus: str, limit: int, jobs: int, more: Sequence[str]) -> tuple[float, float]:
    """Seconds of wall and of processor, all processes together."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "antiphon_training", "prepare", "--corpus", corpus, *more]
        options = ["--jobs", jobs, "--limit", limit, "--out", f"{folder}/data", "--cache", f"{folder}/cache"]
        wall_s, cpu_s = time.monotonic(), _cpu_s()
        subprocess.run([*command, *map(str, options)], check=True, capture_output=True)
        return time.monotonic() - wall_s, _cpu_s() - cpu_s


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def coordinate(data: Path, songs: int) -> None:
    dataset = load_dataset(data)
    streams, grid = [song.stream for song in dataset.songs], dataset.steps_per_quarter
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "data"
        with data_folder(out) as beside:
            kept, begun_s = SongFile(beside / "kept"), time.process_time()
            corpus = Corpus("made", "songs made from others", "none")
            prepared = prepare_outcomes(corpus, made(streams, songs), 64, kept, steps_per_quarter=grid)
            found_s = time.process_time()
            fill(beside, prepared)
            kept.remove()
        size = sum(path.stat().st_size for path in out.rglob("*"))
        counts = summary(prepared)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print({name: counts[name] for name in ("loaded", "duplicates", "kept", "clusters", "split", "symbols")})
    print(f"cpu: {found_s - begun_s:.0f} s until the split, {time.process_time() - found_s:.0f} s to write")
    print(f"peak of resident memory {peak_mb:.0f} MB; the data folder holds {size / 1e6:.0f} MB")


def prepare_whole(data: Path, songs: int) -> None:
    """Write the songs as tune books, and let the command read them."""
    dataset = load_dataset(data)
    streams = [song.stream for song in dataset.songs]
    with tempfile.TemporaryDirectory() as folder:
        _write_books(Path(folder, "books"), made(streams, songs), 4 * dataset.steps_per_quarter)
        command = [sys.executable, "-m", "antiphon_training", "prepare", "--scores", f"{folder}/books"]
        begun_s, cpu_s = time.monotonic(), _cpu_s()
        subprocess.run([*command, "--out", f"{folder}/data", "--cache", f"{folder}/cache"], check=True)
        wall_s, cpu_s = time.monotonic() - begun_s, _cpu_s() - cpu_s
    # No process that `prepare` started was larger than this.
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{songs / wall_s:.0f} songs/s, {1000 * cpu_s / songs:.1f} ms of processor time a song")
    print(f"peak of resident memory of the largest process {peak_mb:.0f} MB")


def _write_books(folder: Path, songs: Iterator[EncodedSong], unit: int) -> None:
    folder.mkdir()
    chance = random.Random(1)
    for book, tunes in enumerate(iter(lambda: list(islice(songs, SONGS_A_BOOK)), [])):
        text = "\n".join(_tune(n, song, chance.randrange(-5, 7), unit) for n, song in enumerate(tunes, 1))
        Path(folder, f"{book:04}.abc").write_text(text)


def _tune(number: int, song: EncodedSong, up: int, unit: int) -> str:
    """A song as ABC, so many semitones up; `unit` steps are a whole note. Each accidental is written."""
    steps: list[tuple[str, int]] = []
    for symbol in song.stream:
        if symbol == HOLD:
            steps[-1] = (steps[-1][0], steps[-1][1] + 1)
        else:
            steps.append((symbol, 1))
    notes = " ".join(f"{_abc_pitch(symbol, up)}{length}" for symbol, length in steps)
    return f"X:{number}\nT:{song.title}\nM:4/4\nL:1/{unit}\nK:{KEYS[up % 12]}\n{notes} |]\n"


def _abc_pitch(symbol: str, up: int) -> str:
    if symbol == REST:
        return "z"
    octave, pitch_class = divmod(int(symbol) + up, 12)
    accidental, letter = SPELLED[pitch_class]
    marks = "'" * (octave - 5) if octave > 5 else "," * (5 - octave)
    return accidental + letter + marks


def made(streams: Sequence[tuple[str, ...]], number: int) -> Iterator[EncodedSong]:
    """Cuts of real songs; one in ten comes twice."""
    chance = random.Random(0)
    onsets = [[i for i, symbol in enumerate(stream) if symbol != HOLD] + [len(stream)] for stream in streams]
    long = [i for i, begins in enumerate(onsets) if len(begins) > FEWEST]
    cut: tuple[str, ...] = ()
    for index in range(number):
        if not cut or chance.random() > 0.1:
            song = chance.choice(long)
            begins = onsets[song]
            length = chance.randint(FEWEST, min(MOST, len(begins) - 1))
            first = chance.randrange(len(begins) - length)
            cut = streams[song][begins[first] : begins[first + length]]
        source = f"{index // 1000}.abc#{index}"
        yield EncodedSong(f"Song {index}", source, cut, Key(0, "major"), "score", ("4/4",), 0, 0, len(cut))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", default="oneills")
    parser.add_argument("--limit", type=int, default=1500)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--songs", type=int, default=200_000)
    parser.add_argument("--whole", action="store_true", help="let `prepare` read the songs")
    asked = parser.parse_args()
    if asked.data and asked.whole:
        prepare_whole(asked.data, asked.songs)
    elif asked.data:
        coordinate(asked.data, asked.songs)
    else:
        read(asked.corpus, asked.limit)


if __name__ == "__main__":
    main()
