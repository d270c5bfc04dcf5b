"""Silence on other programs' and devices' ports: everything that may stop a note, sent to all channels."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from antiphon.errors import Failure
from antiphon.events import CHANNELS, HIGHEST_PITCH, LOWEST_PITCH, ControlChange, NoteOff
from antiphon.midi.messages import SUSTAIN, to_bytes
from antiphon.stage.machine.clock import Clock
from antiphon.stage.ports.names import fitting, lasting, nothing_fits
from antiphon.stage.ports.rtmidi import Listing, MidiSystem, answers, load_rtmidi, quiet, retire, systems

ALL_SOUND_OFF, ALL_NOTES_OFF = 120, 123
# A channel's note-offs are 384 bytes; a MIDI cable carries 3 125 a second, and what waits is buffered.
CHANNEL_PAUSE_S = 0.04


def silence() -> Iterator[list[list[int]]]:
    """The messages that silence a channel, channel by channel.

    First the controls that do it at once on what knows them, for all channels; then each note by itself, for
    what does not.
    """
    channels = range(CHANNELS)
    yield [
        list(to_bytes(ControlChange(control, 0, channel)))
        for channel in channels
        for control in (SUSTAIN, ALL_SOUND_OFF, ALL_NOTES_OFF)
    ]
    for channel in channels:
        yield [list(to_bytes(NoteOff(pitch, channel))) for pitch in range(LOWEST_PITCH, HIGHEST_PITCH + 1)]


def panic(clock: Clock, api: str = "auto", output: str = "", backend: Any = None) -> list[str]:
    """Silence every output that `output` fits, or all there are; gives their names.

    Takes less than a second. Raises Failure where no MIDI system answers, a name fits nothing, or a port
    cannot be opened; the others are silenced all the same.
    """
    rtmidi = backend or load_rtmidi()
    chosen = _chosen(list(answers(rtmidi, api, MidiSystem.listing)), output)
    by_api = {system.api: system for system in systems(rtmidi, api)}
    sinks: list[Any] = []
    with ExitStack() as ending:
        ending.callback(retire, clock, sinks)
        problems = [told for name, port in chosen if (told := _open(by_api[name], port, sinks))]
        _send_all(clock, sinks)
    if problems:
        raise Failure("\n".join(problems))
    return [lasting(port, name) for name, port in chosen]


def _chosen(found: Sequence[Listing], output: str) -> list[tuple[str, str]]:
    """API and port of each output that is meant."""
    if not output:
        return [(system.api, port) for system in found for port in system.outputs]
    chosen = [(s.api, port) for s in found for port in fitting(output, s.outputs, s.api)]
    if not chosen:
        there = [lasting(port, system.api) for system in found for port in system.outputs]
        raise nothing_fits("output", output, there, "")
    return chosen


def _open(system: MidiSystem, port: str, sinks: list[Any]) -> str:
    """Add an output to `sinks`; gives what is wrong where it cannot be opened."""
    with quiet():
        sink = system.sink("antiphon-panic")
    try:
        sink.open_port(sink.get_ports().index(port), "out")
    except (system.rtmidi.RtMidiError, ValueError) as error:  # ValueError: it went since it was listed
        sink.delete()
        return f"MIDI output {port} cannot be opened: {error}"
    sinks.append(sink)
    return ""


def _send_all(clock: Clock, sinks: Sequence[Any]) -> None:
    for messages in silence():
        # Also before the first: on JACK a connection works from the next period on.
        clock.wait_until_s(clock.now_s() + CHANNEL_PAUSE_S, exactly=False)
        for sink in sinks:
            for message in messages:
                sink.send_message(message)
