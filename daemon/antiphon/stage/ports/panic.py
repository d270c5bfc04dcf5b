"""Silence on other programs' and devices' ports: everything that may stop a note, sent to all channels."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from antiphon.errors import Failure
from antiphon.events import CHANNELS, HIGHEST_PITCH, LOWEST_PITCH, NoteOff
from antiphon.midi.messages import to_bytes
from antiphon.stage.machine.clock import Clock
from antiphon.stage.ports.bindings import quiet
from antiphon.stage.ports.jack.client import JackOrder, StartJack
from antiphon.stage.ports.names import fitting, lasting, nothing_fits
from antiphon.stage.ports.output import SETTLE_S
from antiphon.stage.ports.system import Device, Listing, System
from antiphon.stage.ports.systems import answers, candidates

SUSTAIN, ALL_SOUND_OFF, ALL_NOTES_OFF = 64, 120, 123
_CONTROL = 0xB0
# So many messages go at once, which is less than any of JACK's buffers holds.
TOGETHER, PAUSE_S = 16, 0.005
_CLIENT = "antiphon-panic"


def silence() -> Iterator[bytes]:
    """The messages that silence a port.

    First the controls that do it at once on what knows them, for all channels; then each note by itself, for
    what does not. The controls come again after the notes of their channel and twice at the end: a busy JACK
    server drops all that comes in a period for a client that is late.
    """
    channels = range(CHANNELS)
    yield from _controls(channels)
    for channel in channels:
        for pitch in range(LOWEST_PITCH, HIGHEST_PITCH + 1):
            yield to_bytes(NoteOff(pitch, channel))
        yield from _controls([channel])
    yield from _controls(channels)
    yield from _controls(channels)


def _controls(channels: Iterable[int]) -> Iterator[bytes]:
    for channel in channels:
        for control in (SUSTAIN, ALL_SOUND_OFF, ALL_NOTES_OFF):
            yield bytes((_CONTROL | channel, control, 0))


def panic(
    clock: Clock,
    api: str = "auto",
    output: str = "",
    backend: Any = None,
    start_jack: StartJack | None = None,
) -> list[str]:
    """Silence every output that `output` fits, or all there are; gives their names.

    Takes less than a second. Raises Failure where no MIDI system answers, a name fits nothing, or a port
    cannot be opened; the others are silenced all the same.
    """
    with ExitStack() as closing:
        found = []
        for system, listing in answers(candidates(api, JackOrder(_CLIENT), backend, start_jack), _looked):
            closing.callback(system.close)
            found.append((system, listing))
        chosen = _chosen(found, output)
        opened = [_open(system, port, number) for number, (system, port) in enumerate(chosen, 1)]
        _send_all(clock, [device for device in opened if not isinstance(device, str)])
    if problems := [problem for problem in opened if isinstance(problem, str)]:
        raise Failure("\n".join(problems))
    return [lasting(port, system.api) for system, port in chosen]


def _looked(system: System) -> tuple[System, Listing]:
    return system, system.listing()


def _chosen(found: Sequence[tuple[System, Listing]], output: str) -> list[tuple[System, str]]:
    """System and port of each output that is meant."""
    if not output:
        return [(system, port) for system, there in found for port in there.outputs]
    chosen = [(system, port) for system, there in found for port in fitting(output, there.outputs, there.api)]
    if not chosen:
        names = [lasting(port, there.api) for _, there in found for port in there.outputs]
        raise nothing_fits("output", output, names, "")
    return chosen


def _open(system: System, port: str, number: int) -> Device | str:
    """An output to that port, or what is wrong where it cannot be opened."""
    try:
        with quiet():
            device = system.output(_CLIENT, f"out-{number}")
            device.connect(port)
    except (system.errors, OSError) as error:
        return f"MIDI output {port} cannot be opened: {error}"
    return device


def _send_all(clock: Clock, devices: Sequence[Device]) -> None:
    clock.wait_until_s(clock.now_s() + SETTLE_S, exactly=False)
    for number, message in enumerate(silence()):
        if number % TOGETHER == 0:
            clock.wait_until_s(clock.now_s() + PAUSE_S, exactly=False)
        for device in devices:
            device.send(message, clock.now_s())
