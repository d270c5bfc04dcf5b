"""Reads the instruments that ship, by miniaudio, and makes the sound of the metronome."""

import json
from functools import cache
from importlib import import_module
from importlib.resources import files
from types import ModuleType
from typing import Any

import numpy as np

from antiphon.errors import Failure
from antiphon.stage.sound.mixer import Instrument, Sample, Wave

SAMPLES = files("antiphon.stage.sound") / "samples"
_TICK_ROOT, _TICK_HZ, _TICK_S = 76, 1500.0, 0.05


def miniaudio() -> ModuleType:
    """The library that decodes samples and opens sound devices. Raises Failure where it is not installed."""
    try:
        return import_module("miniaudio")
    except (ImportError, OSError):  # it needs libraries of the system, too
        raise Failure("miniaudio is not installed: pip install '.[sound]' in Antiphon's folder") from None


@cache
def _manifest() -> dict[str, Any]:
    instruments: dict[str, Any] = json.loads((SAMPLES / "samples.json").read_text("utf-8"))["instruments"]
    return instruments


def instrument(name: str, rate_hz: int) -> Instrument | None:
    """An instrument that ships, decoded at this rate; None for "none".

    Raises Failure where there is no such instrument, or nothing that decodes it.
    """
    if name == "none":
        return None
    if name not in _manifest():
        raise Failure(f'the instrument must be none, {", ".join(_manifest())}, got "{name}"')
    return Instrument(name, tuple(_sample(note, rate_hz) for note in _manifest()[name]["notes"]))


def _sample(note: dict[str, Any], rate_hz: int) -> Sample:
    loop_s = note.get("loop_s")
    loop = None if loop_s is None else (loop_s[0] * rate_hz, loop_s[1] * rate_hz)
    wave = _decoded((SAMPLES / note["file"]).read_bytes(), rate_hz)
    return Sample(wave, note["root"], note["lowest"], note["highest"], note["release_s"], loop)


def _decoded(data: bytes, rate_hz: int) -> Wave:
    library = miniaudio()
    try:
        decoded = library.decode(data, library.SampleFormat.FLOAT32, nchannels=1, sample_rate=rate_hz)
    except library.MiniaudioError as error:
        raise Failure(f"a sample cannot be decoded: {error}") from None
    return np.frombuffer(decoded.samples, np.float32)


def tick(rate_hz: int) -> Instrument:
    """The metronome: a short sine that falls, higher on the first beat, whose pitch is higher."""
    time_s = np.arange(round(_TICK_S * rate_hz)) / rate_hz
    wave = 0.6 * np.sin(2 * np.pi * _TICK_HZ * time_s) * np.exp(-time_s / 0.008)
    wave[: rate_hz // 2000] *= np.linspace(0, 1, rate_hz // 2000)
    return Instrument("tick", (Sample(wave.astype(np.float32), _TICK_ROOT, 0, 127, _TICK_S),))
