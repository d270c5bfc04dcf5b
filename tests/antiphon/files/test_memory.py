import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.memory.experience import MOST_SIXTEENTHS
from antiphon.errors import Failure
from antiphon.files import memory as memory_file

kept = st.lists(st.sampled_from(["", "60", "127", "_", "r"]), max_size=100).map(tuple)


@given(remembered=kept)
def test_what_was_written_is_read(remembered, tmp_path_factory):
    path = tmp_path_factory.mktemp("memory") / "memory.json"
    memory_file.write(path, remembered)
    assert memory_file.read(path) == remembered


def test_without_a_file_nothing_is_remembered(tmp_path):
    assert memory_file.read(tmp_path / "none.json") == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[" * 100_000,
        "null",
        "{}",
        json.dumps({"format": 2, "symbols": ""}),
        json.dumps({"format": 1}),
        json.dumps({"format": 1, "symbols": "60 128"}),
        json.dumps({"format": 1, "symbols": "60 " * (MOST_SIXTEENTHS + 1)}),
        json.dumps({"format": 1, "symbols": ["60"]}),
        json.dumps({"format": 1, "symbols": "x" * 60_000}),
        json.dumps({"format": float("nan"), "symbols": ""}),
        '{"format": ' + "9" * 5000 + "}",
        " " * (2 << 20),
    ],
)
def test_what_is_no_memory_is_refused_in_one_line(text, tmp_path):
    path = tmp_path / "memory.json"
    path.write_text(text)
    with pytest.raises(Failure, match=r"memory\.json: ") as refused:
        memory_file.read(path)
    assert "\n" not in refused.value.message
    assert len(refused.value.message) < 500


def test_what_cannot_be_written_is_said(tmp_path):
    with pytest.raises(Failure, match="nowhere"):
        memory_file.write(tmp_path / "nowhere" / "memory.json", ("60",))


def test_a_full_memory_is_not_too_large_to_read(tmp_path):
    remembered = ("127",) * MOST_SIXTEENTHS
    memory_file.write(tmp_path / "memory.json", remembered)
    assert memory_file.read(tmp_path / "memory.json") == remembered


def test_a_device_is_no_memory():
    with pytest.raises(Failure, match="is not a regular file"):
        memory_file.read(Path("/dev/zero"))


def test_a_memory_on_a_fine_grid_says_so_and_is_read_on_any(tmp_path):
    path = tmp_path / "memory.json"
    memory_file.write(path, ("", *[""] * 5, "60", *["_"] * 11), 24)
    assert json.loads(path.read_text())["steps_per_quarter"] == 24
    assert memory_file.read(path, 24) == ("", *[""] * 5, "60", *["_"] * 11)
    assert memory_file.read(path, 4) == ("", "60", "_")
    memory_file.write(path, ("60", "_"))
    assert "steps_per_quarter" not in json.loads(path.read_text())
    assert memory_file.read(path, 8) == ("60", "_", "_", "_")


@pytest.mark.parametrize("steps", [0, 97, "4", None])
def test_a_grid_that_is_none_is_refused(tmp_path, steps):
    path = tmp_path / "memory.json"
    path.write_text(json.dumps({"format": 1, "symbols": "60", "steps_per_quarter": steps}))
    with pytest.raises(Failure, match="steps_per_quarter must be 1–96"):
        memory_file.read(path)
