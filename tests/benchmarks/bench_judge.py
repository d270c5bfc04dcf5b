"""Answers to calls of four bars beside the songs' next four: judges, endings, what is taken up, overlap.

    nice python tests/benchmarks/bench_judge.py --data DIR --model essen [--judges boosting GRU]

`antiphon-train evaluate` asks the same judges; its other figures are of answers of up to eight bars. Wanted:
boosting at most 0.65, GRU at most 0.62; first three bars 0.64; where songs end 0.73; an overlap of 0.95.
"""

import argparse
import time
from pathlib import Path

from rich.progress import track

from antiphon_training.data.dataset import load_dataset
from antiphon_training.judge.answer_settings import JudgedSettings
from antiphon_training.judge.answers import answers, continuations, speaker_of
from antiphon_training.judge.copying import Copied
from antiphon_training.judge.distributions import features_of, histograms, overlaps
from antiphon_training.judge.figures import ROWS, Judged, figures
from antiphon_training.judge.openings import calls_of
from antiphon_training.judge.trained.judged import JUDGES, judged
from antiphon_training.judge.trained.trial import VIEWS
from antiphon_training.score.evaluated_model import evaluated_model

UNCOUNTED = {"copied_notes", "most_copied_notes", "copies_16_notes", "copies_over_2_bars"}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--split", default="test")
    parser.add_argument("--judges", nargs="*", default=list(JUDGES), choices=list(JUDGES))
    args = parser.parse_args()
    calls = calls_of(load_dataset(args.data), args.split)
    clusters, openings = [cluster for cluster, _ in calls], [opening for _, opening in calls]
    true = continuations(openings)
    coming = answers(speaker_of(evaluated_model(args.model)), openings, JudgedSettings(), 0)
    ours = list(track(coming, "answers", len(openings)))
    nothing = Copied(0, 0)
    there, here = (figures([Judged(reply, nothing) for reply in replies]) for replies in (true, ours))
    at_ends = sum(opening.ends_song for opening in openings)
    print(f"{len(calls)} calls, {at_ends} where the song ends: true, ours")
    for row in ROWS:
        if row.in_table and row.name not in UNCOUNTED:
            said = (
                "–" if value is None else format(value, row.form)
                for value in (there[row.name], here[row.name])
            )
            print(f"{row.label:52} {' '.join(said)}")
    common = overlaps(*(histograms(map(features_of, replies)) for replies in (true, ours)))
    print(f"{'overlap':52} {common['mean']:.3f}")
    for name in args.judges:
        begun_s = time.process_time()
        verdict = judged(true, ours, clusters, {name: JUDGES[name]})[name]
        for view, label in VIEWS.items():
            print(f"{f'{name}, {label}':52} {getattr(verdict, view)}")
        print(f"{f'{name}, processor seconds':52} {time.process_time() - begun_s:.0f}")


if __name__ == "__main__":
    main()
