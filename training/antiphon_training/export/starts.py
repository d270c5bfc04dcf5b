"""How many songs begin at each place in the bar: what hearing the bars of a phrase begins with."""

from collections import Counter, defaultdict

from antiphon.timebase import Meter, is_meter
from antiphon_training.data.dataset import Dataset

Starts = dict[str, tuple[tuple[float, int], ...]]


def starts_of(dataset: Dataset) -> Starts | None:
    """By meter, (quarters into the bar, songs) of the songs learned from whose bars add up; None of none."""
    counted: defaultdict[str, Counter[float]] = defaultdict(Counter)
    for song in dataset.of("train"):
        if song.meter is not None and is_meter(song.meter) and not song.bars_off:
            bar = Meter.parse(song.meter).quarters_per_bar
            counted[song.meter][-song.pickup_steps / dataset.steps_per_quarter % bar] += 1
    return {meter: tuple(sorted(counted[meter].items())) for meter in sorted(counted)} or None
