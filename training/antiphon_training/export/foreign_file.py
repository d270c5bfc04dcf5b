"""The files that Keras saves a model in, read as numbers with h5py: `.h5` of Keras 2 and 3, `.keras`.

Keras is not asked to open them, so nothing that a file says is run. Links to other files are not followed.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from antiphon.compose.lstm import Floats
from antiphon.compose.lstm_weights import LstmLayer, LstmStackWeights, LstmWeights, SymbolWeights
from antiphon.errors import Failure, WrongUse, shown
from antiphon.files.read import parse_json, read_file
from antiphon.weights import MAX_WEIGHTS_BYTES
from antiphon_training.export.foreign_network import foreign_network

ENDINGS = (".h5", ".hdf5", ".keras")
# Weights, and twice as many numbers of the optimizer.
MAX_MODEL_BYTES = 4 * MAX_WEIGHTS_BYTES
_MAX_CONFIG_BYTES = 1 << 20
_CONFIG, _WEIGHTS = "config.json", "model.weights.h5"
_LSTM_ARRAYS = ("kernel", "recurrent_kernel", "bias")
_DENSE_ARRAYS = ("kernel", "bias")
Group = Any  # of h5py, which carries no types


@dataclass(frozen=True, slots=True)
class ForeignModel:
    """What a file of Keras holds: the weights, and the steps of its input (None where any are heard)."""

    weights: SymbolWeights
    steps: int | None


def read_foreign(path: Path) -> ForeignModel:
    """Read a model that Keras saved. Raises WrongUse for another kind of file, Failure for what is wrong."""
    if path.suffix.lower() not in ENDINGS:
        raise WrongUse(f'{path}: a model of Keras must be one of {" ".join(ENDINGS)}, got "{path.suffix}"')
    data = read_file(path, MAX_MODEL_BYTES)
    try:
        return _of_keras(data) if path.suffix.lower() == ".keras" else _of_h5(data)
    except Exception as error:  # damaged bytes lead zipfile and h5py to nearly any
        said = " ".join(f"{error}".split())[:300] or type(error).__name__
        raise Failure(f"{path}: cannot be imported: {said}") from None


def _of_keras(data: bytes) -> ForeignModel:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if missing := {_CONFIG, _WEIGHTS} - set(archive.namelist()):
            raise ValueError(f"it holds no {min(missing)}")
        config = parse_json(_member(archive, _CONFIG, _MAX_CONFIG_BYTES))
        network = foreign_network(config)
        packed = _member(archive, _WEIGHTS, MAX_MODEL_BYTES)
    with _opened(packed) as file:
        layers = _group(file, "layers")
        numbers = range(len(network.lstms))
        lstms = [_of_cell(layers, f"lstm_{k}" if k else "lstm") for k in numbers]
        dense = [_array(_group(layers, "dense"), f"vars/{k}") for k in range(2)]
    return ForeignModel(_joined(lstms, dense), network.steps)


def _member(archive: zipfile.ZipFile, name: str, most_bytes: int) -> bytes:
    with archive.open(name) as member:
        data = member.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise ValueError(f"its {name} is larger than {most_bytes >> 20} MiB")
    return data


def _of_cell(layers: Group, name: str) -> list[Floats]:
    return [_array(_group(layers, name), f"cell/vars/{k}") for k in range(3)]


def _of_h5(data: bytes) -> ForeignModel:
    with _opened(data) as file:
        said = file.attrs.get("model_config")
        if said is None:
            raise ValueError(
                "it holds no model_config: it is no model, or weights alone; save the whole model"
            )
        network = foreign_network(parse_json(said if isinstance(said, bytes) else str(said).encode()))
        saved = _group(file, "model_weights")
        lstms = [_named(_group(saved, name), name, _LSTM_ARRAYS) for name in network.lstms]
        dense = _named(_group(saved, network.dense), network.dense, _DENSE_ARRAYS)
    return ForeignModel(_joined(lstms, dense), network.steps)


def _named(group: Group, layer: str, wanted: tuple[str, ...]) -> list[Floats]:
    """The arrays of a layer, wherever in its group they lie: Keras's versions nest them differently."""
    found = dict(_arrays_below(group))
    if sorted(found) != sorted(wanted):
        raise ValueError(
            f"layer {shown(layer)} must hold {', '.join(wanted)}, it holds {shown(sorted(found))}"
        )
    return [_array(group, found[name]) for name in wanted]


def _arrays_below(group: Group) -> Iterator[tuple[str, str]]:
    """Names as Keras says them ("kernel" for "kernel:0"), and the paths within the group."""
    import h5py

    paths: list[str] = []
    group.visititems(lambda path, item: paths.append(path) if isinstance(item, h5py.Dataset) else None)
    for path in paths:
        yield re.sub(r":\d+$", "", path.rpartition("/")[2]), path


def _opened(data: bytes) -> Any:
    import h5py

    return h5py.File(io.BytesIO(data), "r")


def _group(parent: Group, name: str) -> Group:
    import h5py

    found = parent.get(name) if isinstance(parent.get(name, getlink=True), h5py.HardLink) else None
    if not isinstance(found, h5py.Group):
        raise ValueError(f"it holds no weights of {shown(name)}")
    return found


def _array(group: Group, path: str) -> Floats:
    """Numbers that lie in the file itself. Raises ValueError."""
    import h5py

    found = group.get(path) if isinstance(group.get(path, getlink=True), h5py.HardLink) else None
    if not isinstance(found, h5py.Dataset) or found.external or found.is_virtual:
        raise ValueError(f"it holds no array {path} in {group.name}")
    if found.dtype.kind != "f" or found.size * 4 > MAX_WEIGHTS_BYTES:
        raise ValueError(f"{group.name}/{path} must hold numbers of at most {MAX_WEIGHTS_BYTES >> 20} MiB")
    with np.errstate(over="ignore"):  # what becomes infinite is refused as that
        return np.asarray(found[()], np.float32, order="C")


def _joined(lstms: list[list[Floats]], dense: list[Floats]) -> SymbolWeights:
    if len(lstms) == 1:
        return LstmWeights(*lstms[0], *dense)
    return LstmStackWeights(tuple(LstmLayer(*arrays) for arrays in lstms), *dense)
