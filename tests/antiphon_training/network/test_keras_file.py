"""Keras opens only what our training writes; whatever else a file asks for is refused before."""

import json
import zipfile

import pytest

from antiphon.errors import Failure
from antiphon_training.network import keras_file
from antiphon_training.network.keras_file import check_keras_file
from antiphon_training.network.network import build_model

LAYER = {"module": "keras.layers", "class_name": "LSTM", "config": {"units": 3}}


def written(path, config, *more):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", config if isinstance(config, str) else json.dumps(config))
        for name in ("metadata.json", "model.weights.h5", *more):
            archive.writestr(name, b"")
    return path


def test_a_network_of_ours_is_one(tmp_path):
    build_model(3, 5).save(tmp_path / "m.keras")
    check_keras_file(tmp_path / "m.keras")
    check_keras_file(written(tmp_path / "n.keras", {"config": {"layers": [LAYER]}}))


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"layers": [LAYER | {"class_name": "Lambda"}]}, "asks for 'Lambda' of 'keras.layers'"),
        ({"class_name": "TFSMLayer"}, "asks for 'TFSMLayer' of None"),
        ({"module": "os", "class_name": "function", "config": "system"}, "asks for 'function' of 'os'"),
        ({"module": "keras.utils", "class_name": "get_file"}, "of 'keras.utils'"),
        ({"config": {"initializer": {"module": "builtins", "class_name": "exec"}}}, "of 'builtins'"),
        ({"module": ["keras"]}, "unhashable"),
        ("[" * 100_000, "nested too deeply"),
        ("x" * (keras_file.MAX_CONFIG_BYTES + 1), "Expecting value"),
    ],
)
def test_a_file_that_asks_for_something_else_is_refused(tmp_path, config, reason):
    with pytest.raises(Failure, match=r"m\.keras: is no network of ours: ") as refused:
        check_keras_file(written(tmp_path / "m.keras", config))
    assert reason in refused.value.message


def test_what_is_no_such_file_is_refused(tmp_path):
    with pytest.raises(Failure, match=r"it may hold config\.json"):
        check_keras_file(written(tmp_path / "m.keras", {}, "../../x.py"))
    for data in (b"", b"\x89HDF\r\n\x1a\n", b"PK\3\4"):
        (tmp_path / "h.keras").write_bytes(data)
        with pytest.raises(Failure, match=r"h\.keras: is no network of ours"):
            check_keras_file(tmp_path / "h.keras")
    with pytest.raises(Failure, match=r"none\.keras"):
        check_keras_file(tmp_path / "none.keras")
