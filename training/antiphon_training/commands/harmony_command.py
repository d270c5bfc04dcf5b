"""The `harmony` command: the chords of a musician's own songs become a table for `[harmony] table`."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from antiphon.errors import Failure, WrongUse
from antiphon.files import chord_table
from antiphon_training.commands.progress_bar import counted
from antiphon_training.corpus.chord_songs import ENDINGS, ChordSong, read_chord_song
from antiphon_training.corpus.corpus import score_paths, scores_of
from antiphon_training.corpus.songs import Score, UnreadableError
from antiphon_training.corpus.workers import work_on_all
from antiphon_training.fit.chord_table import fit_table


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and of what; `bits` as in `FittedTable`. `left_out`: how many songs by the reason."""

    table: str
    songs: int
    half_bars: int
    bits: float
    bits_of_theory: float
    left_out: dict[str, int]

    def as_plain(self) -> dict[str, object]:
        return asdict(self)

    @property
    def lines(self) -> str:
        """For a person."""
        left_out = [f"left out: {reason}: {number}\n" for reason, number in self.left_out.items()]
        return "".join(left_out) + (
            f"{self.table}: songs with chords: {self.songs}, {self.half_bars} half bars; a chord of one "
            f"song takes {self.bits:.2f} bits by the other songs, {self.bits_of_theory:.2f} by theory alone\n"
            f'play with it: [harmony] table = "{self.table}"'
        )


def write_table(folder: Path, out: Path, jobs: int) -> Written:
    """Read the songs of a folder and write a table.

    Raises WrongUse where there are no scores or another file is in the way, Failure where none has chords or
    the file cannot be written.
    """
    _claim(out)
    scores = scores_of(score_paths(folder, ENDINGS), folder)
    with counted(len(scores), "reading chords") as seen:
        songs, left_out = _read(scores, jobs, seen)
    if not songs:
        reasons = "; ".join(f"{reason}: {number}" for reason, number in left_out.items())
        raise Failure(f"{folder}: no song with chords ({reasons})")
    fitted = fit_table(songs)
    chord_table.write(out, fitted.table, len(songs), fitted.half_bars)
    return Written(str(out), len(songs), fitted.half_bars, fitted.bits, fitted.bits_before, left_out)


def _claim(out: Path) -> None:
    """A table may be replaced, another file may not."""
    if not out.exists():
        return
    try:
        chord_table.read(out)
    except Failure:
        raise WrongUse(f"{out}: is not a chord table, and is not replaced; name another file") from None


def _read(
    scores: Sequence[Score], jobs: int, seen: Callable[[], None]
) -> tuple[list[ChordSong], dict[str, int]]:
    """In the order of the scores, however they are read; and how many were left out, by the reason."""
    found: dict[int, ChordSong] = {}
    left_out: Counter[str] = Counter()
    for number, song in work_on_all(enumerate(scores), jobs, read_chord_song):
        if isinstance(song, UnreadableError):
            left_out[str(song)] += 1
        else:
            found[number] = song
        seen()
    return [found[number] for number in sorted(found)], dict(left_out.most_common())
