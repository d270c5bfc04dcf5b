"""Training into a run folder: epochs until nothing is gained, time is up or somebody says stop.

An epoch that was not finished leaves no trace; resumed, it is run again with the same result. Where several
workers train together, each reads the same files, and the chief alone writes.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from antiphon.compose.event_weights import EventWeights
from antiphon.errors import WrongUse
from antiphon.signals import stop_signals
from antiphon_training.data.batches import Feed
from antiphon_training.data.dataset import SPLITS, Dataset
from antiphon_training.data.preprocess import create_mapping
from antiphon_training.fit import run_folder
from antiphon_training.fit.devices import Devices, lost_worker_is_failure, one_device
from antiphon_training.fit.run_folder import Checkpoint, Epoch
from antiphon_training.fit.schedule import learning_rate, out_of_patience
from antiphon_training.fit.trainer import Trainer
from antiphon_training.network.begin import begin_with
from antiphon_training.network.network_kinds import feed_for
from antiphon_training.recipe import Recipe

Ended = Literal["epochs", "patience", "time", "stopped"]


class Report(Protocol):
    """Who is told how training goes."""

    def batch(self, epoch: int, done: int, of: int, bits: float) -> None: ...

    def epoch(self, epoch: Epoch) -> None: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """How training ended, and its best epoch (None where none was finished)."""

    ended: Ended
    best: Epoch | None


def fit(
    recipe: Recipe,
    dataset: Dataset,
    folder: Path,
    report: Report,
    *,
    random_seed: int = 0,
    max_minutes: float | None = None,
    resume: bool = False,
    force: bool = False,
    devices: Devices | None = None,
    begin: EventWeights | None = None,
) -> Outcome:
    """Train into a run folder; see `run_folder` for what lies there after every epoch.

    `max_minutes`: no epoch is begun that would, as the last one did, end later than this after the start.
    `begin`: the arrays that the network begins with, else it begins at random. `devices`: the one that
    TensorFlow chooses unless given. Raises WrongUse where the folder may not be used or was begun with other
    settings, Failure where another worker was lost.
    """
    devices = devices or one_device()
    recipe = replace(recipe, steps_per_quarter=dataset.steps_per_quarter)
    about = _about(recipe, dataset, random_seed)
    if devices.task.chief or resume:
        run_folder.claim(folder, resume, force)
    if resume:
        _check_same(folder, about)
    with stop_signals() as stopped, lost_worker_is_failure(devices.task):
        trainer = Trainer(recipe, dataset.vocabulary, random_seed, devices, dataset.event_grid)
        if begin is not None:
            begin_with(trainer.model, begin)
        feed = feed_for(recipe, dataset)
        training = _Training(recipe, trainer, feed, folder, about, report, stopped, devices)
        training.begin(create_mapping([dataset.vocabulary.symbols]), resume)
        ended = training.run(None if max_minutes is None else time.monotonic() + 60 * max_minutes)
    return Outcome(ended, training.best)


class _Stopped(Exception):  # noqa: N818 - not an error
    """Somebody asked for an end; the epoch that was running counts for nothing."""


class _Training:
    """One run: epochs one after another, each kept on disk before the next begins."""

    def __init__(
        self,
        recipe: Recipe,
        trainer: Trainer,
        feed: Feed,
        folder: Path,
        about: dict[str, Any],
        report: Report,
        stopped: Callable[[], bool],
        devices: Devices,
    ) -> None:
        self._recipe, self._trainer, self._feed = recipe, trainer, feed
        self._folder, self._about = folder, about
        self._report, self._stopped, self._devices = report, stopped, devices
        self._epochs: list[Epoch] = []

    @property
    def best(self) -> Epoch | None:
        return min(self._epochs, key=lambda epoch: epoch.valid_bits, default=None)

    def begin(self, mapping: dict[str, int], resume: bool) -> None:
        """Take up the last checkpoint, if there is to be one, and describe the run."""
        if resume:
            checkpoint = run_folder.read_checkpoint(self._folder)
            self._trainer.restore(checkpoint)
            self._epochs = list(checkpoint.epochs)
        if self._devices.task.chief:
            run_folder.write_json(self._folder / run_folder.MAPPING_FILE, mapping)
            self._describe()

    def run(self, end_s: float | None) -> Ended:
        """Train until there is a reason to end; `end_s` on the monotonic clock."""
        try:
            while len(self._epochs) < self._recipe.epochs:
                if out_of_patience(self._recipe, self._valid_bits()):
                    return "patience"
                if end_s is not None and self._epochs and self._devices.agree(self._too_late(end_s)):
                    return "time"
                self._check()
                self._epochs.append(self._one_epoch(len(self._epochs) + 1))
                if self._devices.task.chief:
                    self._keep()
                self._report.epoch(self._epochs[-1])
        except _Stopped:
            return "stopped"
        return "epochs"

    def _too_late(self, end_s: float) -> bool:
        """Would an epoch as long as the last one end later?"""
        return time.monotonic() + self._epochs[-1].wall_s > end_s

    def _one_epoch(self, number: int) -> Epoch:
        wall_s, cpu_s = time.monotonic(), time.process_time()
        rate = learning_rate(self._recipe, self._valid_bits())

        def heard(done: int, bits: float) -> None:
            self._report.batch(number, done, self._feed.batches, bits)
            self._check()

        train_bits = self._trainer.train(self._feed, number, rate, heard)
        valid_bits = self._trainer.score(self._feed.valid(), self._check)
        taken_s = time.monotonic() - wall_s, time.process_time() - cpu_s
        return Epoch(number, train_bits, valid_bits, rate, self._feed.symbols, *taken_s)

    def _check(self) -> None:
        if self._stopped():
            raise _Stopped

    def _valid_bits(self) -> list[float]:
        return [epoch.valid_bits for epoch in self._epochs]

    def _keep(self) -> None:
        if self.best == self._epochs[-1]:
            run_folder.write_best(self._folder, self._trainer.model, self._trainer.weights(), self._files())
        run_folder.draw_curve(self._folder / run_folder.CURVE_FILE, self._epochs)
        self._describe()
        # Last: an end before this line leaves the epoch to be run again, with the same result.
        run_folder.write_checkpoint(self._folder, Checkpoint(tuple(self._epochs), *self._trainer.state()))

    def _files(self) -> list[str]:
        """What Keras writes: the seed recipe has its model under its own name, too."""
        return [run_folder.MODEL_FILE, *([run_folder.SEED_FILE] if self._recipe.name == "seed" else [])]

    def _describe(self) -> None:
        run_folder.write_json(self._folder / run_folder.RUN_FILE, self._about | {"figures": self._figures()})

    def _figures(self) -> dict[str, Any] | None:
        if self.best is None:
            return None
        return {
            "epochs": len(self._epochs),
            "best_epoch": self.best.number,
            "valid_bits": self.best.valid_bits,
            "cpu_s": sum(epoch.cpu_s for epoch in self._epochs),
        }


def _about(recipe: Recipe, dataset: Dataset, random_seed: int) -> dict[str, Any]:
    """What a run is, as `run.json` says it."""
    return {
        "format": run_folder.FORMAT,
        "recipe": asdict(recipe),
        "random_seed": random_seed,
        "data": {"folder": str(dataset.folder), "sha256": digest(dataset)},
        "vocabulary": list(dataset.vocabulary.symbols),
        "lengths": list(dataset.event_grid.lengths),
    }


def digest(dataset: Dataset) -> str:
    """SHA-256 of a data folder: its vocabulary, every song's symbols and its part in the split."""
    found = hashlib.sha256(" ".join(dataset.vocabulary.symbols).encode())
    for split in SPLITS:
        for song in dataset.songs_of(split):
            found.update(f"\n{split}: {' '.join(song)}".encode())
    return found.hexdigest()


def _check_same(folder: Path, about: dict[str, Any]) -> None:
    """More epochs may be asked for on resuming; anything else would make it another training."""
    there, here = (_identity(said) for said in (run_folder.read_run(folder), about))
    for name, value in here.items():
        if there.get(name, value) != value:  # a setting that did not exist then had the value it has now
            raise WrongUse(f"{folder}: was begun with {name} {there[name]}, not {value}")


def _identity(about: dict[str, Any]) -> dict[str, Any]:
    """The settings that make a run what it is."""
    recipe = {name: value for name, value in about["recipe"].items() if name != "epochs"}
    return {
        "recipe": recipe.pop("name"),
        **recipe,
        "random seed": about["random_seed"],
        "data": about["data"]["sha256"],
    }
