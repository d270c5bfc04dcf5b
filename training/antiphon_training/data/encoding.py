"""From a score to an encoded song or to the reason why it is left out: the work of one worker process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from antiphon.timebase import STEPS_PER_QUARTER
from antiphon_training.corpus.cache import ParseCache
from antiphon_training.corpus.corpus import Loaded
from antiphon_training.corpus.scores import read_score
from antiphon_training.corpus.sections import divided
from antiphon_training.corpus.songs import ParsedSong, Reading, Score, UnreadableError
from antiphon_training.corpus.workers import LeftOutError
from antiphon_training.data.gridding import RefusedError
from antiphon_training.data.preprocess import EncodedSong, encode_song

UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A song that is left out: the kind of reason, which is counted, and what was found; `voice` as in
    `EncodedSong`."""

    source: str
    reason: str
    detail: str
    voice: str = ""


Outcome = EncodedSong | Refusal


@dataclass(frozen=True, slots=True)
class ScoreEncoder:
    """Reads and encodes one score. What a cache folder on the same machine knows is not read again.

    A value that goes to worker processes; `cache` None keeps nothing. `acceptable` are the durations that
    pass, in quarters; None: any, rounded to the grid of `steps_per_quarter`.
    """

    cache: Path | None
    acceptable: tuple[float, ...] | None
    steps_per_quarter: int = STEPS_PER_QUARTER

    def __call__(self, score: Score) -> tuple[Outcome, ...]:
        """One outcome, or one for each section of a song that long rests divide."""
        reading = _reading(score, None if self.cache is None else _kept_in(self.cache))
        if isinstance(reading, UnreadableError):
            return (Refusal(score.source, UNREADABLE, str(reading)),)
        titled = replace(reading, title=reading.title or score.stem)
        return tuple(encode_sections(titled, self.acceptable, self.steps_per_quarter))


@cache
def _kept_in(folder: Path) -> ParseCache:
    return ParseCache(folder)


def _reading(score: Score, known: ParseCache | None) -> Reading:
    known = None if score.trouble else known
    found = known.get(score) if known else None
    if found is not None:
        return found
    try:
        reading: Reading = read_score(score)
    except UnreadableError as error:
        reading = error
    if known:
        known.put(score, reading)
    return reading


def encode_sections(
    song: ParsedSong, acceptable: Sequence[float] | None, steps_per_quarter: int = STEPS_PER_QUARTER
) -> Iterator[Outcome]:
    """What becomes of each section of a song; the seed recipe, with its list of durations, divides none."""
    for section in divided(song) if acceptable is None else (song,):
        yield encode(section, acceptable, steps_per_quarter)


def encode(
    song: ParsedSong, acceptable: Sequence[float] | None, steps_per_quarter: int = STEPS_PER_QUARTER
) -> Outcome:
    try:
        return encode_song(song, acceptable, steps_per_quarter=steps_per_quarter)
    except RefusedError as refused:
        return Refusal(song.source, refused.reason, str(refused), song.voice)


def outcomes_of(result: tuple[Outcome, ...] | LeftOutError) -> tuple[Outcome, ...]:
    """What a worker gave, where it may have given nothing."""
    if isinstance(result, LeftOutError):
        return (Refusal(result.source, UNREADABLE, str(result)),)
    return result


def encoded(
    loaded: Loaded, acceptable: Sequence[float] | None, steps_per_quarter: int = STEPS_PER_QUARTER
) -> Iterator[Outcome]:
    """What became of songs that are in memory: first those that could not be read."""
    yield from (Refusal(source, UNREADABLE, reason) for source, reason in loaded.unreadable)
    for song in loaded.songs:
        yield from encode_sections(song, acceptable, steps_per_quarter)
