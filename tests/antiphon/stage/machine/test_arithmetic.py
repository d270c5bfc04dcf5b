"""numpy, BLAS and processor are named, whatever the system tells of them."""

import numpy as np
import pytest

from antiphon.stage.machine import arithmetic
from antiphon.stage.machine.arithmetic import this_arithmetic


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("processor\t: 0\nmodel name\t: Fast  CPU @ 2 GHz\nmodel name\t: other\n", "Fast CPU @ 2 GHz"),
        ("processor\t: 0\n", "from Python"),
        (None, "from Python"),
    ],
)
def test_the_processor_is_named(tmp_path, monkeypatch, text, model):
    if text is not None:
        (tmp_path / "cpuinfo").write_text(text)
    monkeypatch.setattr(arithmetic, "_CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(arithmetic.platform, "processor", lambda: "from Python")
    monkeypatch.setattr(arithmetic.platform, "machine", lambda: "pdp11")
    assert this_arithmetic().processor == f"pdp11 {model}"


@pytest.mark.parametrize(
    ("config", "blas"),
    [
        (
            {"Build Dependencies": {"blas": {"name": "openblas", "version": "0.3"}}},
            "openblas 0.3",
        ),
        ({"Build Dependencies": {"blas": {"name": "accelerate"}}}, "accelerate"),
        ({}, "unknown"),
    ],
)
def test_the_blas_is_named(monkeypatch, config, blas):
    monkeypatch.setattr(np, "show_config", lambda mode: config if mode == "dicts" else None)
    assert this_arithmetic().blas == blas


def test_numpy_is_named():
    assert this_arithmetic().numpy == np.__version__
