"""Answers to phrases of four bars beside the songs' next four: judges, endings, what is taken up, overlap.

    nice python tests/benchmarks/bench_judge.py --data DIR --model essen [--candidates 1] [--phrases 250]
        [--seeds 10] [--judges boosting GRU]

`antiphon-train evaluate` asks the same judges; its other figures are of answers of up to eight bars. With
`--seeds`, how many of so many answers to one phrase differ, for the first six phrases. Wanted: boosting at
most 0.65, GRU at most 0.62; first three bars 0.64; where songs end 0.73; an overlap of 0.95; 9 of 10 differ.
"""

import argparse
import time
from pathlib import Path
from statistics import fmean

import numpy as np
from rich.progress import track

from antiphon.compose.symbols import decode
from antiphon_training.data.dataset import load_dataset
from antiphon_training.judge.answer_settings import JudgedSettings
from antiphon_training.judge.answers import answer, answers, continuations, speaker_of
from antiphon_training.judge.copying import CopyIndex
from antiphon_training.judge.distributions import features_of, histograms, overlaps
from antiphon_training.judge.figures import ROWS, Judged, figures
from antiphon_training.judge.openings import four_bar_openings_of
from antiphon_training.judge.trained.judged import JUDGES, judged
from antiphon_training.judge.trained.trial import VIEWS
from antiphon_training.score.evaluated_model import evaluated_model

PHRASES_WITH_SEEDS = 6


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--split", default="test")
    parser.add_argument("--candidates", type=int, default=JudgedSettings().candidates)
    parser.add_argument("--phrases", type=int, help="so many, by chance [all]")
    parser.add_argument("--seeds", type=int, default=0)
    parser.add_argument("--judges", nargs="*", default=list(JUDGES), choices=list(JUDGES))
    args = parser.parse_args()
    dataset = load_dataset(args.data)
    phrases = four_bar_openings_of(dataset, args.split)
    order = np.random.default_rng(0).permutation(len(phrases))[: args.phrases]
    phrases = [phrases[place] for place in sorted(order)]
    clusters, openings = [cluster for cluster, _ in phrases], [opening for _, opening in phrases]
    true, settings = continuations(openings), JudgedSettings(candidates=args.candidates)
    speaker, index = (
        speaker_of(evaluated_model(args.model)),
        CopyIndex(map(decode, dataset.songs_of("train"))),
    )
    begun_s = time.process_time()
    ours = list(track(answers(speaker, openings, settings, 0), "answers", len(openings)))
    there, here = (
        figures([Judged(answer, index.longest(answer.notes)) for answer in answers])
        for answers in (true, ours)
    )
    at_ends = sum(opening.ends_song for opening in openings)
    print(
        f"{len(phrases)} phrases, {at_ends} where the song ends; {settings.candidates} candidates: true, ours"
    )
    print(f"{'answers, processor seconds':52} {time.process_time() - begun_s:.0f}")
    for row in ROWS:
        if row.in_table:
            said = (
                "–" if value is None else format(value, row.form)
                for value in (there[row.name], here[row.name])
            )
            print(f"{row.label:52} {' '.join(said)}")
    common = overlaps(*(histograms(map(features_of, answers)) for answers in (true, ours)))
    print(f"{'overlap':52} {common['mean']:.3f}", flush=True)
    if args.seeds:
        different = [
            len({answer(speaker, opening, settings, (seed, 0)).stream for seed in range(args.seeds)})
            for opening in openings[:PHRASES_WITH_SEEDS]
        ]
        print(f"{f'different answers of {args.seeds} seeds':52} {fmean(different):.1f}", flush=True)
    for name in args.judges:
        begun_s = time.process_time()
        verdict = judged(true, ours, clusters, {name: JUDGES[name]})[name]
        for view, label in VIEWS.items():
            print(f"{f'{name}, {label}':52} {getattr(verdict, view)}")
        print(f"{f'{name}, processor seconds':52} {time.process_time() - begun_s:.0f}", flush=True)


if __name__ == "__main__":
    main()
