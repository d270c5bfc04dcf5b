"""What the last digits of a computation depend on: numpy, its BLAS and the processor. Knows no music."""

import platform
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_CPUINFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Names and versions as numpy and the system tell them; "unknown" where they do not."""

    numpy: str
    blas: str
    processor: str


def this_arithmetic() -> Arithmetic:
    """That of this process on this machine."""
    return Arithmetic(np.__version__, _blas(), _processor())


def _blas() -> str:
    config: Any = np.show_config(mode="dicts")
    blas = config.get("Build Dependencies", {}).get("blas", {})
    return " ".join(str(blas[key]) for key in ("name", "version") if blas.get(key)) or "unknown"


def _processor() -> str:
    model = _linux_model() or platform.processor()
    return " ".join(part for part in (platform.machine(), model) if part) or "unknown"


def _linux_model() -> str:
    """Python knows no more than the architecture there."""
    with suppress(OSError):
        for line in _CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip().lower() in ("model name", "cpu model"):
                return " ".join(value.split())[:100]
    return ""
