"""Pitch bits of several models, by collection, beside published ones."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from antiphon_training.score.pitch_bits import PitchScore

# M. T. Pearce, The Construction and Evaluation of Statistical Models of Melodic Structure in Music Perception
# and Composition (2005): bits of a pitch, of the best system with long- and short-term models, ten folds of
# each collection.
IDYOM = {
    "elsass": 2.540,
    "jugoslav": 2.588,
    "schweiz": 2.454,
    "oesterrh": 2.651,
    "kinder": 2.106,
    "shanxi": 2.681,
}


def table(scores: Mapping[str, Sequence[PitchScore]]) -> str:
    """A row a collection; for each model, by its name, the bits alone and with memory."""
    rows = Table(box=None, pad_edge=False)
    for head in ("bits of a pitch", "songs", "notes"):
        rows.add_column(head, justify="left" if head == "bits of a pitch" else "right", no_wrap=True)
    for name in scores:
        rows.add_column(name, justify="right")
        rows.add_column(f"{name}, with memory", justify="right")
    rows.add_column("IDyOM (10 folds)", justify="right")
    for row in zip(*scores.values(), strict=True):
        bits = [cell for score in row for cell in (_cell(score.alone), _cell(score.remembering))]
        first = row[0]
        rows.add_row(
            first.collection,
            str(first.songs),
            str(first.notes),
            *bits,
            _cell(IDYOM.get(first.collection)),
        )
    console = Console(soft_wrap=True, highlight=False)
    with console.capture() as text:
        console.print(rows)
    return text.get()


def _cell(bits: float | None) -> str:
    return "–" if bits is None else f"{bits:.3f}"
