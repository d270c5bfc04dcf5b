"""A chord table in a file: what was written is read, and any other file is refused in one line."""

import json

import numpy as np
import pytest

from antiphon.errors import Failure
from antiphon.files import chord_table
from antiphon.harmony.theory import SHAPES, theory


@pytest.fixture
def said(tmp_path):
    chord_table.write(tmp_path / "theory.json", theory(), 3, 40)
    return json.loads((tmp_path / "theory.json").read_text())


def test_what_was_written_is_read(tmp_path):
    path = tmp_path / "theory.json"
    chord_table.write(path, theory(), 3, 40)
    found = chord_table.read(path)
    for name in SHAPES:
        assert np.allclose(getattr(found.table, name), getattr(theory(), name), rtol=1e-4)
    assert len(found.sha256) == 64
    assert chord_table.read(path).sha256 == found.sha256


def changed(said, name, change):
    found = json.loads(json.dumps(said))
    change(found[name])
    return found


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda said: {**said, "format": 2}, "format 2, this Antiphon reads format 1"),
        (lambda _: [], "format [], this Antiphon reads format 1"),
        (lambda said: {k: v for k, v in said.items() if k != "bass"}, "bass is missing"),
        (lambda said: {**said, "usual": [1]}, "usual must be 2 × 24 numbers, got [1]"),
        (lambda said: {**said, "scale": "x"}, "scale must be 2 × 12 numbers, got 'x'"),
        (
            lambda said: changed(said, "usual", lambda rows: rows[0].__setitem__(0, True)),
            "usual must be 2 × 24 numbers",
        ),
        (
            lambda said: changed(said, "bass", lambda rows: rows[0].__setitem__(3, 0)),
            "bass must be 1e-09–1, got 0",
        ),
        (
            lambda said: changed(said, "places", lambda rows: rows[1][2].__setitem__(3, -4.0)),
            "places must be 1e-06–1e+06, got -4",
        ),
        (
            lambda said: changed(said, "usual", lambda rows: rows[0].__setitem__(0, 0.9)),
            "each row of usual must sum to 1, got 1.53",
        ),
    ],
)
def test_another_file_is_refused_in_one_line(said, change, line, tmp_path):
    path = tmp_path / "other.json"
    path.write_text(json.dumps(change(said)))
    with pytest.raises(Failure) as refused:
        chord_table.read(path)
    assert refused.value.message.startswith(f"{path}: is not a chord table: {line}")
    assert "\n" not in refused.value.message


@pytest.mark.parametrize("text", ["", "[" * 100_000, '{"format": NaN}', "1" * 5000, '{"format": 1e999}'])
def test_no_json_is_refused_too(text, tmp_path):
    (tmp_path / "other.json").write_text(text)
    with pytest.raises(Failure, match="is not a chord table"):
        chord_table.read(tmp_path / "other.json")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Failure, match="No such file"):
        chord_table.read(tmp_path / "none.json")
