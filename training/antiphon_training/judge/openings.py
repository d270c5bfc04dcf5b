"""Where a held-out song is cut: its opening is the phrase, what follows is the answer that the song gives.

Knows bars and symbols; knows no model and no measure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from antiphon.compose.symbols import is_pitch
from antiphon.errors import Failure
from antiphon.listen.key import Key
from antiphon.timebase import STEPS_PER_QUARTER, Meter, is_meter, quarters_to_steps
from antiphon_training.data.dataset import Dataset, Song
from antiphon_training.data.entries import CATALOGUE_FILE, entries

PHRASE_BARS, MOST_ANSWER_BARS = 4, 8
FEWEST_NOTES = 4


@dataclass(frozen=True, slots=True)
class Opening:
    """A song's opening and what follows it, in C major or A minor, as symbols; `key` is the song's own.

    `phrase` begins with the song, `pickup_steps` before its first bar line, and ends at a bar line where the
    song's next note begins; `continuation` is what the song goes on with, to its end if `ends_song`.
    """

    title: str
    source: str
    key: Key
    meter: Meter
    bar_steps: int
    pickup_steps: int
    phrase: tuple[str, ...]
    continuation: tuple[str, ...]
    ends_song: bool
    steps_per_quarter: int = STEPS_PER_QUARTER

    def sixteenths(self, steps: int) -> int:
        """Steps as the nearest number of sixteenths."""
        return round(steps * STEPS_PER_QUARTER / self.steps_per_quarter)

    @property
    def tonic(self) -> int:
        """The pitch class of the tonic in the symbols: C or A."""
        return (self.key.tonic + self.key.shift) % 12

    @property
    def beat_steps(self) -> int:
        return round(self.bar_steps * self.meter.quarters_per_beat / self.meter.quarters_per_bar)

    def place_in_bar(self, step: int) -> int:
        """Steps since the last bar line, for a step counted from where the continuation begins."""
        return (len(self.phrase) + step - self.pickup_steps) % self.bar_steps


def openings_of(dataset: Dataset, split: str) -> list[Opening]:
    """The openings of one side of the split, in the order of its songs; songs that have none are left out.

    Raises Failure where no song has one.
    """
    songs = zip(dataset.songs, keys_of(dataset), strict=True)
    cut = (opening_of(song, key, dataset.steps_per_quarter) for song, key in songs if song.split == split)
    found = [opening for opening in cut if opening is not None]
    if not found:
        raise Failure(
            f"{dataset.folder}: no song of its {split} split has bars enough for a phrase and an answer"
        )
    return found


def four_bar_openings_of(dataset: Dataset, split: str) -> list[tuple[str, Opening]]:
    """Phrases of four bars with the next four, for the trained judges: name of the song's cluster, opening.

    One phrase a song, in the order of the songs. May be empty.
    """
    known = zip(dataset.songs, keys_of(dataset), _about(dataset, "cluster"), strict=True)
    steps = dataset.steps_per_quarter
    cut = (
        (cluster, four_bar_opening_of(song, key, steps))
        for song, key, cluster in known
        if song.split == split
    )
    return [(cluster, opening) for cluster, opening in cut if opening is not None]


def keys_of(dataset: Dataset) -> list[Key]:
    """The key of each song. Raises Failure where the catalogue does not say it."""
    try:
        return [Key.parse(key) for key in _about(dataset, "key")]
    except ValueError as error:
        raise _unsaid(dataset, "key", error) from None


def _about(dataset: Dataset, what: str) -> list[str]:
    try:
        return [str(entry[what]) for entry, _ in entries(dataset.folder)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unsaid(dataset, what, error) from None


def _unsaid(dataset: Dataset, what: str, error: Exception) -> Failure:
    path = dataset.folder / CATALOGUE_FILE
    return Failure(f"{path}: does not say the {what}s: {type(error).__name__} {error}")


def opening_of(song: Song, key: Key, steps_per_quarter: int) -> Opening | None:
    """A song's opening: its pickup and four bars, or half its whole bars where these are fewer than eight.

    Where no note begins at the bar line there, it goes on to the first bar line with one. The continuation
    is the next eight bars, or all there is. None where the song has no meter, bars that are off, no such
    bar line, or fewer than four notes on either side.
    """
    bar_steps = _bar_steps(song, steps_per_quarter)
    if not bar_steps:
        return None
    whole_bars = (len(song.stream) - song.pickup_steps) // bar_steps
    phrase_bars = max(1, min(PHRASE_BARS, whole_bars // 2))
    return _opening(song, key, steps_per_quarter, phrase_bars, MOST_ANSWER_BARS)


def four_bar_opening_of(song: Song, key: Key, steps_per_quarter: int) -> Opening | None:
    """A song's pickup and first four bars, or more where no note begins at the bar line; then four bars.

    Of the fourth bar after the phrase the song may lack some, as one that begins with a pickup does. None
    where it lacks more, and as for `opening_of`.
    """
    found = _opening(song, key, steps_per_quarter, PHRASE_BARS, PHRASE_BARS)
    if found is None or len(found.continuation) <= (PHRASE_BARS - 1) * found.bar_steps:
        return None
    return found


def _bar_steps(song: Song, steps_per_quarter: int) -> int:
    """Steps of a bar; 0 where the song has no meter or bars that are off."""
    if song.meter is None or not is_meter(song.meter) or song.bars_off:
        return 0
    return round(quarters_to_steps(Meter.parse(song.meter).quarters_per_bar, steps_per_quarter))


def _opening(
    song: Song, key: Key, steps_per_quarter: int, phrase_bars: int, answer_bars: int
) -> Opening | None:
    bar_steps = _bar_steps(song, steps_per_quarter)
    cut = _cut(song.stream, song.pickup_steps + phrase_bars * bar_steps, bar_steps) if bar_steps else None
    if cut is None or song.meter is None:
        return None
    phrase, rest = song.stream[:cut], song.stream[cut:]
    continuation = rest[: answer_bars * bar_steps]
    if min(count_notes(phrase), count_notes(continuation)) < FEWEST_NOTES:
        return None
    return Opening(
        title=song.title,
        source=song.source,
        key=key,
        meter=Meter.parse(song.meter),
        bar_steps=bar_steps,
        pickup_steps=song.pickup_steps,
        phrase=phrase,
        continuation=continuation,
        ends_song=len(continuation) == len(rest),
        steps_per_quarter=steps_per_quarter,
    )


def _cut(stream: Sequence[str], first: int, bar_steps: int) -> int | None:
    """The first bar line from step `first` on where a note begins."""
    return next((step for step in range(first, len(stream), bar_steps) if is_pitch(stream[step])), None)


def count_notes(stream: Iterable[str]) -> int:
    return sum(map(is_pitch, stream))
