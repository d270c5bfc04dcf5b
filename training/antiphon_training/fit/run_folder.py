"""The run folder: what training leaves behind after every epoch, each file written beside and renamed.

`model.keras` and `weights.npz` (the best epoch; of the seed recipe `model.h5` too), `checkpoint.npz` (the
last one), `history.json`, `curve.png`, `run.json` (recipe, data, figures), `mapping.json`. Knows nothing of
how a network is trained.
"""

import io
import json
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antiphon.errors import Failure, WrongUse, shown
from antiphon.files.read import parse_json, read_file
from antiphon.weights import MAX_WEIGHTS_BYTES, Weights, parse_weights, weights_bytes

FORMAT = 1
MAX_RUN_BYTES = 16 << 20
RUN_FILE, CHECKPOINT_FILE, HISTORY_FILE = "run.json", "checkpoint.npz", "history.json"
MODEL_FILE, WEIGHTS_FILE, CURVE_FILE, MAPPING_FILE = "model.keras", "weights.npz", "curve.png", "mapping.json"
SEED_FILE = "model.h5"  # what the seed recipe calls its model


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the training songs. Bits are per symbol; times in seconds of wall and of processor."""

    number: int
    train_bits: float
    valid_bits: float
    learning_rate: float
    symbols: int
    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where training stands: the epochs so far, the arrays of network and optimizer in Keras's order."""

    epochs: tuple[Epoch, ...]
    network: tuple[NDArray[Any], ...]
    optimizer: tuple[NDArray[Any], ...]


def claim(folder: Path, resume: bool, force: bool) -> None:
    """Make the folder, or check that it may be used. Raises WrongUse that says what to add."""
    if resume:
        if not (folder / CHECKPOINT_FILE).is_file():
            raise WrongUse(f"{folder}: nothing to resume, there is no {CHECKPOINT_FILE}")
        return
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        if not force:
            raise WrongUse(f"{folder}: exists; --resume goes on with it, --force begins it anew")
        if not (folder / RUN_FILE).is_file():
            raise WrongUse(f"{folder}: is not a run folder; --force replaces nothing else")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


def write(path: Path, data: bytes) -> None:
    """Write beside, then rename: a reader sees the old file or the new one, never half of it."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def write_json(path: Path, value: object) -> None:
    write(path, (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode())


def read_run(folder: Path) -> dict[str, Any]:
    """`run.json`. Raises Failure where the folder is not a run folder of this format."""
    path = folder / RUN_FILE
    try:
        found = parse_json(read_file(path, MAX_RUN_BYTES))
    except ValueError as error:
        raise Failure(f"{path}: not JSON: {error}") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        said = found.get("format") if isinstance(found, dict) else None
        raise Failure(f"{path}: run format {shown(said)}, this Antiphon reads format {FORMAT}")
    return found


def write_best(folder: Path, model: Any, weights: Weights, files: Iterable[str] = (MODEL_FILE,)) -> None:
    """Keep this network as the best so far. `model` is a keras.Model; `files` are what Keras writes."""
    for name in files:
        beside = folder / f".part.{name}"
        model.save(beside)
        os.replace(beside, folder / name)
    write(folder / WEIGHTS_FILE, weights_bytes(weights))


def read_weights(folder: Path) -> Weights:
    """The best weights. Raises Failure where no epoch was finished or the file is not what it should be."""
    path = folder / WEIGHTS_FILE
    if not path.is_file():
        raise Failure(f"{folder}: holds no {WEIGHTS_FILE}; no epoch was finished there")
    try:
        return parse_weights(read_file(path, MAX_WEIGHTS_BYTES))
    except ValueError as error:
        raise Failure(f"{path}: {error}") from None


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    history = [asdict(epoch) for epoch in checkpoint.epochs]
    arrays: dict[str, Any] = {f"network_{i}": array for i, array in enumerate(checkpoint.network)}
    arrays |= {f"optimizer_{i}": array for i, array in enumerate(checkpoint.optimizer)}
    stream = io.BytesIO()
    np.savez(stream, epochs=np.frombuffer(json.dumps(history).encode(), np.uint8), **arrays)
    write_json(folder / HISTORY_FILE, history)
    write(folder / CHECKPOINT_FILE, stream.getvalue())


def read_checkpoint(folder: Path) -> Checkpoint:
    """Raises Failure where the file is damaged."""
    path = folder / CHECKPOINT_FILE
    try:
        with np.load(path, allow_pickle=False) as arrays:
            epochs = tuple(Epoch(**epoch) for epoch in json.loads(arrays["epochs"].tobytes()))
            return Checkpoint(epochs, _numbered(arrays, "network"), _numbered(arrays, "optimizer"))
    except Exception as error:  # damaged bytes lead zipfile to nearly any
        raise Failure(f"{path}: {error}") from None


def _numbered(arrays: Any, kind: str) -> tuple[NDArray[Any], ...]:
    count = sum(name.startswith(f"{kind}_") for name in arrays.files)
    return tuple(arrays[f"{kind}_{i}"] for i in range(count))


def draw_curve(path: Path, epochs: Sequence[Epoch]) -> None:
    """The learning curve as a PNG: bits per symbol over epochs, the best one marked."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), dpi=110, layout="constrained")
    axes = figure.subplots()
    numbers = [epoch.number for epoch in epochs]
    axes.plot(numbers, [epoch.train_bits for epoch in epochs], ".-", label="training songs, with dropout")
    axes.plot(numbers, [epoch.valid_bits for epoch in epochs], ".-", label="held-out songs")
    best = min(epochs, key=lambda epoch: epoch.valid_bits)
    axes.axvline(best.number, color="grey", linestyle=":", label=f"best: {best.valid_bits:.3f}")
    axes.set(xlabel="epoch", ylabel="bits per symbol")
    axes.grid(alpha=0.3)
    axes.legend()
    stream = io.BytesIO()
    canvas: Any = FigureCanvasAgg(figure)
    canvas.print_png(stream)
    write(path, stream.getvalue())
