"""The sound device, by miniaudio: which system of the machine answers, and blocks of sound for it."""

import sys
from collections.abc import Callable, Generator
from typing import Any

import numpy as np

from antiphon.errors import Failure
from antiphon.stage.sound.instruments import miniaudio
from antiphon.stage.sound.mixer import Wave

# How much is asked for at once. Most systems hold three such pieces; JACK none.
_PERIOD_MS, _PERIOD_ON_JACK_MS = 10, 4
_CHANNELS = 2  # the same on both: JACK's devices refuse one
# In the order they are tried. miniaudio's own list ends with one that throws all sound away.
_SYSTEMS = {"win32": ("WASAPI", "DSOUND"), "darwin": ("COREAUDIO",)}
_ELSEWHERE = ("PULSEAUDIO", "ALSA", "JACK", "SNDIO", "OSS")

# Gives so many frames.
MakeBlock = Callable[[int], Wave]


class SoundDevice:
    """One that answered, at its own rate; silent until `start`."""

    def __init__(self, device: Any) -> None:
        self._device = device
        self.rate_hz = int(device._device.sampleRate)
        self.system = str(device.backend)

    def start(self, make_block: MakeBlock) -> None:
        """From now on its thread asks for blocks."""
        blocks = _blocks(make_block)
        next(blocks)
        self._device.start(blocks)

    def close(self) -> None:
        self._device.close()


def _blocks(make_block: MakeBlock) -> Generator[bytes, int, None]:
    frames = yield b""
    while True:
        frames = yield np.repeat(make_block(frames), _CHANNELS).tobytes()


def open_device(on_jack: bool) -> SoundDevice:
    """The first system that answers; JACK is tried first where the MIDI ports are `on_jack`.

    Raises Failure where none does, or miniaudio is not installed.
    """
    library, systems = miniaudio(), _SYSTEMS.get(sys.platform, _ELSEWHERE)
    if on_jack and "JACK" in systems:
        systems = ("JACK", *(one for one in systems if one != "JACK"))
    for system in systems:
        try:
            return SoundDevice(_opened(library, system))
        except library.MiniaudioError:
            continue
    raise Failure("no sound device answers")


def _opened(library: Any, system: str) -> Any:
    return library.PlaybackDevice(
        library.SampleFormat.FLOAT32,
        nchannels=_CHANNELS,
        sample_rate=0,  # its own
        buffersize_msec=_PERIOD_ON_JACK_MS if system == "JACK" else _PERIOD_MS,
        backends=[library.Backend[system]],
        app_name="antiphon-sound",
    )
