"""The process that makes sound: reads what is played, and gives it to a sound device or to FluidSynth."""

import socket
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from antiphon.errors import Failure
from antiphon.stage.machine.clock import Clock, SystemClock
from antiphon.stage.machine.priority import call_this_process, may_go_first
from antiphon.stage.machine.terminal import leave_the_terminal
from antiphon.stage.sound.feed import of_parts, read

_LAST_NOTES_S, _LOOK_S = 0.5, 0.01


@dataclass(frozen=True, slots=True)
class SoundOrder:
    """What is to sound: by "samples" or "fluidsynth", with which instrument for each voice.

    `on_jack`: JACK's device is tried before others.
    """

    by: str
    yours: str
    answers: str
    on_jack: bool


def serve(reader: socket.socket, supervisor: "Connection[str, Any]", order: SoundOrder) -> None:
    """Make audible what comes through `reader` until `supervisor` closes; tells it one line at the start."""
    leave_the_terminal()
    call_this_process("antiphon-sound")
    may_go_first()  # before JACK's library makes its thread
    reader.setblocking(False)
    play = _by_fluidsynth if order.by == "fluidsynth" else _by_samples
    with suppress(OSError):  # nobody is there to be told
        try:
            play(reader, supervisor, order)
        except Failure as failure:
            supervisor.send(f"There is no sound: {failure.message}.")


def _by_samples(reader: socket.socket, supervisor: "Connection[str, Any]", order: SoundOrder) -> None:
    from antiphon.stage.sound.device import open_device
    from antiphon.stage.sound.instruments import instrument, tick
    from antiphon.stage.sound.mixer import Mixer
    from antiphon.stage.sound.schedule import Schedule

    clock, device = SystemClock(), open_device(order.on_jack)
    with closing(device):
        rate_hz = device.rate_hz
        yours, answers, bass, chords = (
            instrument(name, rate_hz) for name in (order.yours, order.answers, *of_parts(order.answers))
        )
        mixer = Mixer([yours, answers, tick(rate_hz), bass, chords], rate_hz)
        schedule = Schedule(mixer, rate_hz)
        device.start(lambda frames: schedule.block(clock.now_s(), frames, read(reader)))
        _until(clock, lambda: mixer.frame > 0, _LAST_NOTES_S)
        supervisor.send(f"Sound is on {device.system}; it adds {1000 * schedule.delay_s:.0f} ms.")
        _wait_for_the_end(supervisor)
        mixer.silence(mixer.frame)
        _until(clock, lambda: mixer.silent, _LAST_NOTES_S)


def _wait_for_the_end(supervisor: "Connection[str, Any]") -> None:
    with suppress(EOFError, OSError):
        supervisor.recv()


def _until(clock: Clock, holds: Callable[[], bool], within_s: float) -> None:
    end_s = clock.now_s() + within_s
    while not holds() and clock.now_s() < end_s:
        clock.wait_until_s(clock.now_s() + _LOOK_S, exactly=False)


def _by_fluidsynth(reader: socket.socket, supervisor: "Connection[str, Any]", order: SoundOrder) -> None:
    from antiphon.stage.sound.fluidsynth import FluidSynth

    with closing(FluidSynth(order.yours, order.answers, order.on_jack)) as synthesizer:
        supervisor.send(f"Sound is made by FluidSynth with {synthesizer.soundfont}.")
        synthesizer.play(reader, supervisor, SystemClock())
