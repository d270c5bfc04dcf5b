"""Is a file of Keras one that our training writes? Asked before Keras opens it: it may name code."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from antiphon.errors import Failure, shown
from antiphon.files.read import parse_json

MAX_FILE_BYTES = 512 << 20
MAX_CONFIG_BYTES = 1 << 20
_MEMBERS = {"metadata.json", "config.json", "model.weights.h5"}
# Where the parts of our networks come from. None of these runs what a file says.
_MODULES = {
    "keras",
    "keras.initializers",
    "keras.layers",
    "keras.optimizers",
    "keras.optimizers.schedules",
    "keras.src.models.functional",
    "keras.src.ops.numpy",
}
_FORBIDDEN = {"Lambda", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer"}


def check_keras_file(path: Path) -> None:
    """Raises Failure, naming the file, where it holds anything but a network of ours."""
    try:
        with zipfile.ZipFile(path) as archive:
            strange = {member.filename for member in archive.infolist()} - _MEMBERS
            if strange:
                raise ValueError(f"it may hold {', '.join(sorted(_MEMBERS))}, got {shown(sorted(strange))}")
            if sum(member.file_size for member in archive.infolist()) > MAX_FILE_BYTES:
                raise ValueError(f"it unpacks to more than {MAX_FILE_BYTES >> 20} MiB")
            with archive.open("config.json") as member:
                config = parse_json(member.read(MAX_CONFIG_BYTES + 1)[:MAX_CONFIG_BYTES])
        for module, name in _named(config):
            if module not in _MODULES or name in _FORBIDDEN:
                raise ValueError(
                    f"it asks for {shown(name)} of {shown(module)}, which no network of ours has"
                )
    except Exception as error:  # damaged bytes lead zipfile to nearly any
        raise Failure(f"{path}: is no network of ours: {error}") from None


def _named(config: Any) -> Iterator[tuple[object, object]]:
    """The modules that a configuration names, and what of them."""
    waiting = [config]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            if here.get("module") is not None or here.get("class_name") in _FORBIDDEN:
                yield here.get("module"), here.get("class_name")
            waiting += here.values()
        elif isinstance(here, list):
            waiting += here
