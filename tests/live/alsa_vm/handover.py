"""Checks of a playing process that dies or hangs in mid-note, a parent that dies, commands from outside."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from daemon import IN, Daemon, playing
from exchange import PHRASE
from peers import connections, demand, play_file, ports, run, sounding, wait_for
from usb_device import PORT, UsbDevice

PLAYED = (67, 69, 71, 72)
# Longer than it takes to look for what was connected.
SETTLE_S = 1.5
# As a player types them: clients by name, the first port of each.
KEYBOARD, SYNTHESIZER = ("Toy Keys", "antiphon"), ("antiphon-out", "Toy Keys")


def _connected() -> set[tuple[str, str]]:
    return {pair for pair in connections() if PORT in pair}


@contextmanager
def _connected_to_device() -> Iterator[tuple[Daemon, UsbDevice]]:
    """A keyboard and a synthesizer that aconnect joined to our virtual ports."""
    with UsbDevice() as device:
        wait_for(lambda: PORT in [port.name for port in ports()], PORT)
        with playing() as daemon:
            daemon.wait_for_spare()
            for ends in (KEYBOARD, SYNTHESIZER):
                run("aconnect", *ends)
            time.sleep(SETTLE_S)
            yield daemon, device


def _until_it_sounds(device: UsbDevice) -> None:
    device.play(*PLAYED)
    wait_for(lambda: sounding(device.heard()), "a note of the answer")


def aconnect_reaches_either_by_its_name() -> str:
    with playing() as daemon:
        run("aconnect", "Midi Through", "antiphon")
        run("aconnect", "antiphon-out", "Virtual Raw MIDI 0-0")
        ours = {port.name for port in ports() if port.pid in daemon.pids()}
        told = [" → ".join(pair) for pair in connections() if not ours.isdisjoint(pair)]
        demand(len(told) == 2, str(told))
        demand(daemon.stop() == 0, daemon.said())
        return "; ".join(told)


def playing_process_is_killed() -> str:
    return _taken_over(signal.SIGKILL, "signal 9")


def playing_process_is_stopped() -> str:
    return _taken_over(signal.SIGSTOP, "hung")


def _taken_over(how: signal.Signals, word: str) -> str:
    """In mid-note: the note ends on the synthesizer, both connections come back, and a phrase is answered."""
    with _connected_to_device() as (daemon, device):
        before, clients = _connected(), len(ports())
        _until_it_sounds(device)
        first = daemon.playing_process()
        begun = sounding(device.heard())
        os.kill(first, how)
        wait_for(lambda: not sounding(device.heard()), f"{begun} to end; it said {daemon.said()}")
        demand(word in daemon.said() and "another takes over" in daemon.said(), daemon.said())
        wait_for(lambda: _connected() == before, f"{before}; there is {_connected()}")
        demand(len(before) == 2 and len(ports()) == clients, f"{before}; {ports()}")
        daemon.wait_for_spare()
        heard, answers = len(device.heard()), len(daemon.answers())
        device.play(*PLAYED)
        wait_for(lambda: len(daemon.answers()) > answers, f"an answer; it said {daemon.said()}")
        wait_for(lambda: len(device.heard()) > heard, "the answer on the synthesizer")
        demand(
            daemon.playing_process() != first and not os.path.exists(f"/proc/{first}"),
            f"{first} is still there",
        )
        demand(daemon.stop() == 0, daemon.said())
        wait_for(lambda: not sounding(device.heard()), "silence")
        demand(not any(map(sounding, daemon.take())), f"never ended in the take: {daemon.take()}")
        return (
            f"{len(begun)} note ended, {' and '.join(map(' → '.join, sorted(before)))} back, answered again"
        )


def twice_in_a_row() -> str:
    """The successor, too, tells what is connected; and what was parted meanwhile stays so."""
    with _connected_to_device() as (daemon, device):
        before = _connected()
        os.kill(daemon.playing_process(), signal.SIGKILL)
        wait_for(lambda: "another takes over" in daemon.said(), "the first end")
        wait_for(lambda: _connected() == before, f"{before}; there is {_connected()}")
        daemon.wait_for_spare()
        run("aconnect", "-d", *KEYBOARD)
        time.sleep(SETTLE_S)
        kept = _connected()
        os.kill(daemon.playing_process(), signal.SIGKILL)
        wait_for(lambda: daemon.said().count("another takes over") == 2, "the second end")
        daemon.wait_for_spare()
        wait_for(lambda: _connected() == kept, f"{kept}; there is {_connected()}")
        time.sleep(SETTLE_S)
        demand(_connected() == kept and len(kept) == 1, f"{_connected()} in place of {kept}")
        demand(not device.heard() or not sounding(device.heard()), str(device.heard()))
        demand(daemon.stop() == 0, daemon.said())
        return f"both back after the first; of these, {' → '.join(*kept)} after the second"


def parent_is_killed() -> str:
    return _left_alone(stopped=False)


def parent_is_killed_while_its_playing_process_is_stopped() -> str:
    """The kernel lets stopped processes go on whose group is left without anybody who could."""
    return _left_alone(stopped=True)


def _left_alone(stopped: bool) -> str:
    with _connected_to_device() as (daemon, device):
        _until_it_sounds(device)
        begun, pids = sounding(device.heard()), daemon.pids()
        if stopped:
            os.kill(daemon.playing_process(), signal.SIGSTOP)
        daemon.process.kill()
        wait_for(lambda: not sounding(device.heard()), f"{begun} to end")
        wait_for(lambda: not [port for port in ports() if port.pid in pids], "our ports to go")
        daemon.process.wait()
        wait_for(lambda: not [pid for pid in pids if os.path.exists(f"/proc/{pid}")], f"an end of {pids}")
        return f"{len(begun)} note ended; none of {len(pids)} processes and none of their ports is left"


def asked_from_outside() -> str:
    with playing() as daemon:
        told = json.loads(daemon.ask("status", "--json"))
        names = sorted(port.name for port in ports() if port.pid in daemon.pids())
        demand(sorted([*told["ports"]["inputs"], told["ports"]["output"]]) == names, f"{told} and {names}")
        demand((told["state"], told["ports"]["api"]) == ("idle", "alsa"), str(told))
        said = daemon.ask("set", "sampling.temperature", "1.2").strip()
        told = json.loads(daemon.ask("status", "--json"))
        demand(told["settings"]["sampling"]["temperature"] == 1.2, str(told))
        play_file(PHRASE, IN)
        wait_for(daemon.answers, "an answer")
        daemon.ask("stop")
        code = daemon.process.wait(30)
        demand(code == 0 and not [port for port in ports() if port.pid], f"{code}: {ports()}")
        return f"status has {', '.join(names)}; set {said}; stop ended it with exit code {code}"
