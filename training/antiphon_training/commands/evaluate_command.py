"""The `evaluate` command: bits of held-out songs; answers to their openings beside the true continuations."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from antiphon.compose.symbols import decode
from antiphon.errors import WrongUse
from antiphon_training.commands.out_folder import claim
from antiphon_training.commands.progress_bar import counted, watched
from antiphon_training.data.dataset import Dataset, load_dataset
from antiphon_training.fit import run_folder
from antiphon_training.judge.answer_settings import JudgedSettings
from antiphon_training.judge.answers import answers, chosen, continuations, speaker_of
from antiphon_training.judge.comparison import AnswerSet, Comparison, as_plain, judge
from antiphon_training.judge.comparison_plots import plots
from antiphon_training.judge.comparison_table import table
from antiphon_training.judge.copying import CopyIndex
from antiphon_training.judge.openings import Opening, four_bar_openings_of, openings_of
from antiphon_training.judge.trained import trial
from antiphon_training.judge.trained.trial import Trial
from antiphon_training.score import evaluate, pitch_table
from antiphon_training.score.evaluate import Report
from antiphon_training.score.evaluated_model import EvaluatedModel, evaluated_models
from antiphon_training.score.pitch_bits import PitchScore, collection_of, pitch_scores

JSON_FILE, PLOTS_FILE = "evaluation.json", "answers.png"
# Real songs to compare real songs with.
OTHERS = {"test": "valid", "valid": "test", "train": "valid"}
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Asked:
    """How many answers, to the openings of which side of the split, sampled how, with what chance.

    `judge`: whether trained judges are asked as well. `pitches`: whether bits of pitches are measured.
    """

    number: int
    split: str
    settings: JudgedSettings
    random_seed: int
    judge: bool = False
    pitches: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What was asked and found; `openings`: to how many different openings. `trial`: by trained judges."""

    asked: Asked
    openings: int
    comparison: Comparison
    trial: Trial | None = None

    @property
    def title(self) -> str:
        asked = self.asked
        return (
            f"{asked.number} answers to {self.openings} openings of {asked.split} songs, "
            f"{asked.settings}, random seed {asked.random_seed}"
        )

    def as_plain(self) -> dict[str, Any]:
        judged = {"trial": self.trial.as_plain()} if self.trial else {}
        return {**asdict(self.asked), "openings": self.openings, **as_plain(self.comparison), **judged}


def evaluate_models(
    models: Sequence[str],
    data: Path | None,
    songs: Path | None,
    asked: Asked,
    out: Path | None,
    as_json: bool,
) -> str:
    """Measure, write into `out` unless that is None, and give what goes to stdout.

    Answers are asked for where there are `data`, which say bars and keys. Raises WrongUse and Failure.
    """
    if asked.pitches and data is None:
        raise WrongUse("--pitches measures the songs of a data folder: name it with --data DIR")
    measured = evaluated_models(models)
    if out is not None:
        claim(out, f"{JSON_FILE}|{PLOTS_FILE}".replace(".", r"\."))
    answered = answer_openings(measured, data, asked) if data is not None and asked.number else None
    report = evaluate.evaluate(measured, data, songs, asked.split)
    pitches = measure_pitches(measured, data, asked.split) if asked.pitches and data is not None else {}
    plain = _as_plain(report, answered) | _plain_pitches(pitches)
    if out is not None:
        _write(out, plain, answered)
    if as_json:
        return json.dumps(plain, indent=1, ensure_ascii=False)
    return "\n".join([_as_text(report, answered), *([pitch_table.table(pitches)] if pitches else [])]).rstrip(
        "\n"
    )


def measure_pitches(models: Sequence[EvaluatedModel], data: Path, split: str) -> dict[str, list[PitchScore]]:
    """By the model's name the bits of pitches of the songs that all models can say, by collection."""
    dataset = load_dataset(data)
    named = zip(map(collection_of, dataset.sources_of(split)), evaluate.held_out(dataset, split), strict=True)
    songs = [(name, song) for name, song in named if song.stream and all(what.says(song) for what in models)]
    with counted(len(songs) * len(models), "pitches") as heard:
        return {what.name: pitch_scores(what, songs, heard) for what in models}


def _plain_pitches(pitches: dict[str, list[PitchScore]]) -> dict[str, Any]:
    return (
        {"pitches": {name: [asdict(each) for each in of] for name, of in pitches.items()}} if pitches else {}
    )


def answer_openings(models: Sequence[EvaluatedModel], data: Path, asked: Asked) -> Answered:
    """Every model's answers to the same openings, judged. Raises Failure where no song has an opening."""
    dataset = load_dataset(data)
    found, others = (openings_of(dataset, split) for split in (asked.split, OTHERS[asked.split]))
    openings = chosen(found, asked.number, asked.random_seed)
    different = openings[: len(found)]
    index = CopyIndex(decode(song) for song in dataset.songs_of("train"))
    said = [_answers_of(what, openings, asked) for what in models]
    truth = AnswerSet(f"true, {asked.split}", continuations(different))
    real = AnswerSet(f"true, {OTHERS[asked.split]}", continuations(others))
    tried = ask_judges(models, dataset, asked) if asked.judge else None
    return Answered(asked, len(different), judge(said, truth, real, index), tried)


def ask_judges(models: Sequence[EvaluatedModel], dataset: Dataset, asked: Asked) -> Trial | None:
    """Let trained judges tell every model's answers from the songs; None where the phrases are too few.

    Each phrase is asked once, so there are no more than the songs give.
    """
    phrases = four_bar_openings_of(dataset, asked.split)
    order = np.random.default_rng(asked.random_seed).permutation(len(phrases))[: asked.number]
    phrases = [phrases[place] for place in sorted(order)]
    if not trial.enough(phrases):
        return None
    openings = [opening for _, opening in phrases]
    said = {what.name: _answers_of(what, openings, asked).answers for what in models}
    with counted(trial.folds_in(phrases, len(said)), "judges") as heard:
        return trial.trial(phrases, said, heard)


def _answers_of(what: EvaluatedModel, openings: Sequence[Opening], asked: Asked) -> AnswerSet:
    coming = answers(speaker_of(what), openings, asked.settings, asked.random_seed)
    return AnswerSet(what.name, list(watched(coming, len(openings), f"answers of {what.name}")))


def _as_plain(report: Report, answered: Answered | None) -> dict[str, Any]:
    return asdict(report) | ({"answers": answered.as_plain()} if answered else {})


def _as_text(report: Report, answered: Answered | None) -> str:
    bits = evaluate.table(report)
    judged = f"\n{answered.title}\n{table(answered.comparison)}" if answered else ""
    tried = f"\n{trial.table(answered.trial)}" if answered and answered.trial else ""
    return (bits + judged + tried).rstrip("\n")


def _write(out: Path, plain: dict[str, Any], answered: Answered | None) -> None:
    run_folder.write_json(out / JSON_FILE, plain)
    if answered is not None:
        run_folder.write(out / PLOTS_FILE, plots(answered.comparison, answered.title, answered.trial))
