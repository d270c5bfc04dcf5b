"""The `fit` command: checks what was asked for, trains with a bar on stderr, says how it ended."""

from pathlib import Path

import click

from antiphon.errors import DONE, FAILED, INTERRUPTED, WrongUse
from antiphon_training.data.dataset import Dataset, load_dataset
from antiphon_training.fit.devices import find_devices
from antiphon_training.fit.progress import TrainingBar
from antiphon_training.fit.train import Outcome, fit
from antiphon_training.network.network import keras, limit_threads
from antiphon_training.recipe import RECIPES, Recipe

ENDED = {
    "epochs": "all epochs done",
    "patience": "nothing gained for a while",
    "time": "no time for another epoch",
    "stopped": "stopped",
}


def fit_folder(
    recipe_name: str,
    data: Path,
    out: Path,
    *,
    epochs: int | None,
    units: int | None,
    max_minutes: float | None,
    random_seed: int,
    resume: bool,
    force: bool,
    threads: int | None = None,
) -> int:
    """Train on a data folder into a run folder. `threads`: as many as TensorFlow likes unless given.

    Returns the exit code; raises WrongUse or Failure.
    """
    if max_minutes is not None and not max_minutes > 0:
        raise WrongUse(f"--max-minutes must be above 0, got {max_minutes:g}")
    if resume and force:
        raise WrongUse("--resume goes on with a run and --force begins it anew; choose one")
    recipe, dataset = RECIPES[recipe_name].with_settings(epochs, units), load_dataset(data)
    _check_that_they_fit(recipe_name, recipe, data, dataset)
    if threads is None:
        keras()
    else:
        limit_threads(threads)
    devices = find_devices(lambda line: click.echo(line, err=True))
    with TrainingBar(recipe.epochs, max_minutes, quiet=not devices.task.chief) as bar:
        outcome = fit(
            recipe,
            dataset,
            out,
            bar,
            random_seed=random_seed,
            max_minutes=max_minutes,
            resume=resume,
            force=force,
            devices=devices,
        )
    return _say(outcome, out) if devices.task.chief else DONE


def _check_that_they_fit(name: str, recipe: Recipe, data: Path, dataset: Dataset) -> None:
    if name == "seed" and not dataset.filtered:
        raise WrongUse(f"{data} holds songs that the seed recipe leaves out; prepare them with --recipe seed")
    if recipe.network == "lstm" and dataset.steps_per_quarter != recipe.steps_per_quarter:
        raise WrongUse(
            f"{data} has {dataset.steps_per_quarter} steps to a quarter, and the recipe {name} wants "
            f"{recipe.steps_per_quarter}; prepare it with --recipe {name}"
        )


def _say(outcome: Outcome, out: Path) -> int:
    why = ENDED[outcome.ended]
    stopped = outcome.ended == "stopped"
    if outcome.best is None:
        click.echo(f"{why} before an epoch was finished; nothing to keep in {out}", err=True)
        return INTERRUPTED if stopped else FAILED
    best = (
        f"best epoch {outcome.best.number}, {outcome.best.valid_bits:.4f} bits per symbol on held-out songs"
    )
    click.echo(f"{why}: kept the {best}, in {out}", err=stopped)
    return INTERRUPTED if stopped else DONE
