"""Trained judges asked about every bundle's answers and, to compare, about other songs' continuations."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from antiphon_training.judge.answers import JudgedAnswer, continuations
from antiphon_training.judge.openings import Opening
from antiphon_training.judge.trained.auc import Area
from antiphon_training.judge.trained.judged import FIRST_BARS, JUDGES, Verdict, judged, steps_of

ANOTHER_SONG = "another song, same meter and mode"
VIEWS = {
    "whole": "whole answers",
    "first_bars": f"first {FIRST_BARS} bars only",
    "where_songs_end": "where songs end",
}
SongPhrase = tuple[str, Opening]  # its cluster of variants, and where its song is cut


@dataclass(frozen=True, slots=True)
class Trial:
    """To so many phrases, for each set of answers by its name what each judge can tell."""

    phrases: int
    verdicts: Mapping[str, Mapping[str, Verdict]]

    def as_plain(self) -> dict[str, Any]:
        """As evaluation.json has it; there, the number of phrases has the name of an older design."""
        return {"calls": self.phrases, "verdicts": asdict(self)["verdicts"]}


def trial(
    phrases: Sequence[SongPhrase],
    said: Mapping[str, Sequence[JudgedAnswer]],
    heard: Callable[[], None] = lambda: None,
) -> Trial:
    """Let the judges try the sets of answers to these phrases. `heard` is called `folds_in` times in all.

    Raises ValueError unless the phrases are of two clusters or more.
    """
    true, clusters = continuations([opening for _, opening in phrases]), [cluster for cluster, _ in phrases]
    found: dict[str, Mapping[str, Verdict]] = {}
    for name, answers in said.items():
        found[name] = judged(true, answers, clusters, JUDGES, heard)
    found |= _another_song(phrases, heard)
    return Trial(len(phrases), found)


def enough(phrases: Sequence[SongPhrase]) -> bool:
    """Whether a judge can learn from some and be asked about others."""
    return len({cluster for cluster, _ in phrases}) > 1


def folds_in(phrases: Sequence[SongPhrase], sets: int) -> int:
    """How many folds a trial of so many sets of answers has."""
    others = other_songs(phrases)
    own, of_others = ([phrases[place][0] for place in places] for places in (range(len(phrases)), others))
    return sets * steps_of(JUDGES, own) + (
        steps_of(JUDGES, of_others) if enough([phrases[place] for place in others]) else 0
    )


def other_songs(phrases: Sequence[SongPhrase]) -> dict[int, JudgedAnswer]:
    """By the number of a phrase: how a song of another cluster goes on, in the same meter and mode, as long.

    Phrases for which there is none are left out.
    """
    alike: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for place, (_, opening) in enumerate(phrases):
        alike[str(opening.meter), opening.key.mode, len(opening.continuation)].append(place)
    found, rng = {}, np.random.default_rng(0)
    for places in alike.values():
        for place in places:
            others = [other for other in places if phrases[other][0] != phrases[place][0]]
            if others:
                other = phrases[int(rng.choice(others))][1]
                found[place] = JudgedAnswer(phrases[place][1], other.continuation)
    return dict(sorted(found.items()))


def _another_song(
    phrases: Sequence[SongPhrase], heard: Callable[[], None]
) -> dict[str, Mapping[str, Verdict]]:
    others = other_songs(phrases)
    kept = [phrases[place] for place in others]
    if not enough(kept):
        return {}
    true = continuations([opening for _, opening in kept])
    clusters = [cluster for cluster, _ in kept]
    return {ANOTHER_SONG: judged(true, list(others.values()), clusters, JUDGES, heard)}


def table(found: Trial) -> str:
    """A row for each judge and view, a column for each set, with the 95 % interval of each area."""
    rows = Table(box=None, pad_edge=False)
    rows.add_column("AUC of trained judges (0.5: cannot tell)", no_wrap=True)
    for name in found.verdicts:
        rows.add_column(name, justify="right")
    for judge in next(iter(found.verdicts.values())):
        for view, label in VIEWS.items():
            areas: list[Area | None] = [getattr(each[judge], view) for each in found.verdicts.values()]
            rows.add_row(f"{judge}, {label}", *("–" if area is None else str(area) for area in areas))
    console = Console(soft_wrap=True, highlight=False)
    with console.capture() as text:
        console.print(rows)
    return text.get()
