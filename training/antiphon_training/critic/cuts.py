"""Where songs are cut to learn from: phrases of four bars, and the four bars that each song goes on with."""

from collections.abc import Iterator

from antiphon.compose.symbols import is_pitch
from antiphon.listen.key import Key
from antiphon.timebase import Meter, is_meter, quarters_to_steps
from antiphon_training.data.dataset import Dataset, Song
from antiphon_training.judge.openings import FEWEST_NOTES, Opening, count_notes, keys_of

BARS = 4


def cuts_of(dataset: Dataset, split: str) -> list[Opening]:
    """All cuts of the songs of one side of the split, in the order of the songs; maybe none."""
    songs = zip(dataset.songs, keys_of(dataset), strict=True)
    steps = dataset.steps_per_quarter
    return [cut for song, key in songs if song.split == split for cut in cuts(song, key, steps)]


def cuts(song: Song, key: Key, steps_per_quarter: int) -> Iterator[Opening]:
    """A song's phrases of four bars, each with the next four bars or what there is of them.

    Phrases begin every four bars, with the song's pickup where a note begins there; one more cut lets the
    answer be the song's last four bars. A song of fewer than eight bars is cut in its middle.
    """
    if song.meter is None or not is_meter(song.meter) or song.bars_off:
        return
    meter = Meter.parse(song.meter)
    bar = round(quarters_to_steps(meter.quarters_per_bar, steps_per_quarter))
    whole = -(-(len(song.stream) - song.pickup_steps) // bar)
    of_phrase = max(1, min(BARS, whole // 2))
    firsts = {*range(0, whole - of_phrase, BARS), max(0, whole - of_phrase - BARS)}
    for first in sorted(firsts):
        found = _cut(song, key, meter, bar, first, of_phrase, steps_per_quarter)
        if found is not None:
            yield found


def _cut(
    song: Song, key: Key, meter: Meter, bar: int, first: int, of_phrase: int, steps_per_quarter: int
) -> Opening | None:
    line = song.pickup_steps + first * bar
    end = line + of_phrase * bar
    begin = next((step for step in (line - song.pickup_steps, line) if is_pitch(song.stream[step])), None)
    if begin is None or end >= len(song.stream) or not is_pitch(song.stream[end]):
        return None
    phrase, continuation = song.stream[begin:end], song.stream[end : end + BARS * bar]
    if min(count_notes(phrase), count_notes(continuation)) < FEWEST_NOTES:
        return None
    return Opening(
        title=song.title,
        source=song.source,
        key=key,
        meter=meter,
        bar_steps=bar,
        pickup_steps=line - begin,
        phrase=phrase,
        continuation=continuation,
        ends_song=end + len(continuation) == len(song.stream),
        steps_per_quarter=steps_per_quarter,
    )
