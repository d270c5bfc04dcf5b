"""A comparison for a person: one table of figures and one of overlaps, in colour on a terminal."""

from collections.abc import Callable, Iterable, Mapping

from rich.console import Console
from rich.table import Table

from antiphon_training.judge.comparison import Column, Comparison, Spread
from antiphon_training.judge.figures import ROWS


def table(comparison: Comparison) -> str:
    """Figures, then overlaps, then divergences, each with a column for every set of answers."""
    console = Console(soft_wrap=True, highlight=False)
    with console.capture() as text:
        console.print(_figures(comparison))
        console.print()
        console.print(_compared(comparison, "overlap with the true", _overlap, comparison.halves.overlap))
        console.print()
        console.print(
            _compared(comparison, "bits away from the true", _divergence, comparison.halves.divergence_bits)
        )
    return text.get()


def _headed(title: str, heads: Iterable[str]) -> Table:
    rows = Table(box=None, pad_edge=False)
    rows.add_column(title, no_wrap=True)
    for head in heads:
        rows.add_column(head, justify="right")
    return rows


def _head(column: Column) -> str:
    return f"{column.name} ({column.number})"


def _figures(comparison: Comparison) -> Table:
    rows = _headed("", map(_head, comparison.columns))
    for row in ROWS:
        if row.in_table:
            found = (column.figures[row.name] for column in comparison.columns)
            rows.add_row(row.label, *("–" if value is None else format(value, row.form) for value in found))
    return rows


def _compared(
    comparison: Comparison,
    title: str,
    found: Callable[[Column], Mapping[str, float]],
    halves: Mapping[str, Spread],
) -> Table:
    """A row a feature; the true column is compared with itself, half against half."""
    rows = _headed(title, [*map(_head, comparison.columns[:-1]), f"halves of {comparison.truth.name}"])
    for name, spread in halves.items():
        compared = (f"{found(column)[name]:.3f}" for column in comparison.columns[:-1])
        rows.add_row(name, *compared, f"{spread.least:.3f}–{spread.most:.3f}")
    return rows


def _overlap(column: Column) -> Mapping[str, float]:
    return column.overlap


def _divergence(column: Column) -> Mapping[str, float]:
    return column.divergence_bits
