"""A comparison as one page of plots (PNG)."""

import io
from collections.abc import Iterable, Mapping
from typing import Any

from antiphon.listen.key import NAMES
from antiphon_training.judge.comparison import Column, Comparison
from antiphon_training.judge.distributions import FEATURES
from antiphon_training.judge.repetition import LAGS
from antiphon_training.judge.trained.trial import VIEWS, Trial

TRUE_COLOUR, OTHERS_COLOUR = "#9ca3af", "#1f2937"
COLOURS = ("#f2762e", "#3b82f6", "#16a34a", "#a855f7", "#e11d48", "#0891b2")
UNITS = {
    "interval": "semitones (±13: more than an octave)",
    "duration": "sixteenths",
    "place in the bar": "sixteenths after the bar line",
    "range": "semitones",
    "rests": "share of the steps, in twentieths",
    "note density": "notes in 16 sixteenths",
    "self-repetition": "share of the runs of 8 intervals, in tenths",
}
ENDINGS = {
    "song_leads": "2nd or 7th before the end",
    "song_ends_by_step": "ends by step",
    "song_ends_by_repeating": "ends by repeating",
    "song_ends_on_downbeat": "ends on the bar line",
    "restates_the_call": "first bar of the phrase",
    "parallel_rhythms": "rhythm of the phrase's bar",
}
SHARES = {
    "ends_on_tonic": "ends on the tonic",
    "ends_on_chord": "ends on its chord",
    "song_ends_on_tonic": "tonic, where songs end",
    "song_ends_on_chord": "chord, where songs end",
    "rests": "steps that rest",
    "off_scale": "notes off the scale",
    "copies_16_notes": "copies 16 notes",
    "copies_over_2_bars": "copies over 2 bars",
}


def plots(comparison: Comparison, title: str, trial: Trial | None = None) -> bytes:
    """The features, the overlaps, the repeated bars, the copied runs, the endings, the judges: a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(20, 11), dpi=100, layout="constrained")
    figure.suptitle(title)
    axes = list(figure.subplots(3, 5).flat)
    for place, name in zip(axes, FEATURES, strict=False):
        _feature(place, comparison, name)
    _overlaps(axes[8], comparison)
    _repeats(axes[9], comparison)
    _copies(axes[10], comparison)
    _shares(axes[11], comparison, SHARES, "shares of answers, steps and notes")
    _shares(axes[12], comparison, ENDINGS, "where songs end; bars of the phrase")
    _areas(axes[13], comparison, trial)
    axes[14].set_axis_off()
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=8)
    stream = io.BytesIO()
    canvas: Any = FigureCanvasAgg(figure)
    canvas.print_png(stream)
    return stream.getvalue()


def _coloured(comparison: Comparison) -> Iterable[tuple[Column, str]]:
    """The true continuations first, so that the answers are drawn over them."""
    yield comparison.truth, TRUE_COLOUR
    yield comparison.others, OTHERS_COLOUR
    for place, column in enumerate(comparison.answers):
        yield column, COLOURS[place % len(COLOURS)]


def _style(comparison: Comparison, column: Column) -> str:
    return ".-" if column in comparison.answers else ".:"


def _feature(axes: Any, comparison: Comparison, name: str) -> None:
    """The true shares as bars, the others' as lines."""
    found = [bin_ for column in comparison.columns for bin_ in column.histograms[name]]
    bins = range(min(found, default=0), max(found, default=0) + 1)
    for column, colour in _coloured(comparison):
        counts, total = column.histograms[name], max(1, column.histograms[name].total())
        shares = [counts[bin_] / total for bin_ in bins]
        if column is comparison.truth:
            axes.bar(bins, shares, color=colour, alpha=0.5, label=column.name)
        else:
            axes.plot(bins, shares, _style(comparison, column), color=colour, linewidth=1, label=column.name)
    axes.set_title(name, fontsize=10)
    axes.set_xlabel(UNITS.get(name, ""), fontsize=8)
    if name == "pitch class":
        axes.set_xticks(range(12), NAMES, fontsize=8)


def _overlaps(axes: Any, comparison: Comparison) -> None:
    """A row a feature: dots, and a grey line for what halves of the true ones have with each other."""
    names = list(comparison.halves.overlap)
    for row, name in enumerate(names):
        spread = comparison.halves.overlap[name]
        axes.plot([spread.least, spread.most], [row, row], color=TRUE_COLOUR, alpha=0.5, linewidth=6)
        for column, colour in _coloured(comparison):
            if column is not comparison.truth:
                axes.plot([column.overlap[name]], [row], "o", color=colour)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.invert_yaxis()
    axes.set_title("overlap with the true (grey: true halves)", fontsize=10)


def _repeats(axes: Any, comparison: Comparison) -> None:
    for column, colour in _coloured(comparison):
        shares = [column.figures[f"bars_again_{lag}"] or 0.0 for lag in LAGS]
        axes.plot(list(LAGS), shares, _style(comparison, column), color=colour)
    axes.set_title("bars like the one so many before", fontsize=10)
    axes.set_xlabel("bars before", fontsize=8)


def _copies(axes: Any, comparison: Comparison) -> None:
    """How many copy a run of so many notes or more."""
    longest = max((max(column.copied_notes, default=0) for column in comparison.columns), default=0)
    lengths = range(4, max(longest, 20) + 1)
    for column, colour in _coloured(comparison):
        copied, number = column.copied_notes, max(1, column.number)
        shares = [sum(notes >= length for notes in copied) / number for length in lengths]
        axes.plot(list(lengths), shares, _style(comparison, column), color=colour)
    axes.axvline(16, color=TRUE_COLOUR, linestyle=":")
    axes.set_title("share that copies so many notes of a training song", fontsize=10)
    axes.set_xlabel("notes in a row, or more", fontsize=8)


def _shares(axes: Any, comparison: Comparison, named: Mapping[str, str], title: str) -> None:
    """Bars side by side, those of one figure together."""
    height = 0.8 / len(comparison.columns)
    for place, (column, colour) in enumerate(_coloured(comparison)):
        rows = [row + place * height for row in range(len(named))]
        axes.barh(rows, [column.figures[name] or 0.0 for name in named], height, color=colour)
    axes.set_yticks([row + 0.4 for row in range(len(named))], list(named.values()), fontsize=7)
    axes.invert_yaxis()
    axes.set_title(title, fontsize=10)


def _areas(axes: Any, comparison: Comparison, trial: Trial | None) -> None:
    """A row a judge and view, with the intervals; nothing where no judge was asked."""
    if trial is None:
        axes.set_axis_off()
        return
    colours = {column.name: colour for column, colour in _coloured(comparison)}
    judges = list(next(iter(trial.verdicts.values())))
    labels = [f"{judge}, {view}" for judge in judges for view in VIEWS.values()]
    for name, verdicts in trial.verdicts.items():
        areas = [getattr(verdicts[judge], view) for judge in judges for view in VIEWS]
        for row, area in enumerate(areas):
            if area is not None:
                colour = colours.get(name, OTHERS_COLOUR)
                axes.plot([area.low, area.high], [row, row], color=colour, alpha=0.4, linewidth=4)
                axes.plot([area.auc], [row], "o", color=colour)
    axes.axvline(0.5, color=TRUE_COLOUR, linestyle=":")
    axes.set_yticks(range(len(labels)), labels, fontsize=7)
    axes.invert_yaxis()
    axes.set_title("AUC of trained judges (black: another song)", fontsize=10)
