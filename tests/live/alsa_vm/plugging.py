"""Checks of a USB keyboard and synthesizer that are unplugged while they sound, and come back."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from daemon import IN, Daemon, playing
from exchange import PHRASE
from peers import demand, pitches, play_file, ports, sounding, wait_for
from usb_device import NAME, PORT, UsbDevice

CYCLES = 5
PLAYED, HELD = (67, 69, 71, 72), 60
# Longer than it takes to look for what went, shorter than the shortest silence that ends a phrase.
SETTLE_S = 1.5
PART_S = 0.03


def _is_there() -> bool:
    return PORT in [port.name for port in ports()]


@contextmanager
def _playing_with_device(*options: str) -> Iterator[tuple[Daemon, UsbDevice]]:
    with UsbDevice() as device:
        wait_for(_is_there, PORT)
        with playing(*options, NAME) as daemon:
            daemon.wait_for_spare()
            yield daemon, device


def _play(daemon: Daemon, device: UsbDevice) -> None:
    """Play a phrase on the keyboard and wait until it was heard."""
    heard = len(daemon.phrases())
    device.play(*PLAYED)
    wait_for(lambda: len(daemon.phrases()) > heard, f"the phrase to be heard; it said {daemon.said()!r}")


def keyboard_comes_back() -> str:
    with _playing_with_device("--in") as (daemon, device):
        _play(daemon, device)
        before = daemon.clients(), daemon.descriptors()
        for cycle in range(1, CYCLES + 1):
            _pull_while_held(daemon, device, cycle)
        after = daemon.clients(), daemon.descriptors()
        demand(before == after, f"clients and descriptors were {before}, are {after}")
        demand(daemon.stop(signal.SIGINT) == 0, daemon.said())
        player = daemon.take()[0]
        demand(pitches(player) == [*PLAYED, *((HELD, *PLAYED) * CYCLES)], f"heard {pitches(player)}")
        demand(not sounding(player), f"never released: {sounding(player)}")
        return (
            f"{CYCLES} times; the held key was let go each time; clients {after[0]}, descriptors {after[1]}"
        )


def _pull_while_held(daemon: Daemon, device: UsbDevice, cycle: int) -> None:
    device.press(HELD)
    time.sleep(SETTLE_S)
    heard = len(daemon.phrases())
    device.unplug()
    daemon.wait_for_words(f"{PORT} is gone", cycle)
    wait_for(lambda: len(daemon.phrases()) > heard, "the phrase of the held key to end")
    device.plug_in()
    daemon.wait_for_words(f"{PORT} is back", cycle)
    _play(daemon, device)


def keyboard_comes_back_at_once() -> str:
    """As by a loose cable: away and back between two looks, so that the list of ports never lacks it."""
    with _playing_with_device("--in") as (daemon, device):
        for _ in range(CYCLES):
            device.press(HELD)
            time.sleep(SETTLE_S)
            with daemon.asleep():
                device.unplug()
                device.plug_in()
                wait_for(_is_there, PORT)
            time.sleep(SETTLE_S)
            _play(daemon, device)
        demand(daemon.stop() == 0, daemon.said())
        player = daemon.take()[0]
        demand(not sounding(player), f"never released: {sounding(player)}")
        gone = daemon.said().count("is gone")
        return f"{CYCLES} times, {gone} of them noticed as gone; every phrase heard, every key let go"


def synthesizer_comes_back() -> str:
    with _playing_with_device("--out") as (daemon, device):
        before = daemon.clients(), daemon.descriptors()
        for cycle in range(1, CYCLES + 1):
            _pull_while_sounding(daemon, device, cycle)
        _answered(daemon, device)
        after = daemon.clients(), daemon.descriptors()
        demand(before == after, f"clients and descriptors were {before}, are {after}")
        demand(daemon.stop() == 0, daemon.said())
        wait_for(lambda: not sounding(device.heard()), f"silence on the device: {device.heard()}")
        return f"{CYCLES} times in mid-note; released when it was back; the next answer was heard whole"


def _pull_while_sounding(daemon: Daemon, device: UsbDevice, cycle: int) -> None:
    """Each time at a later note of the answer, and later within it."""
    heard = len(pitches(device.heard()))
    play_file(PHRASE, IN)
    wait_for(lambda: len(pitches(device.heard())) >= heard + cycle, f"note {cycle} of the answer")
    time.sleep(PART_S * cycle)
    device.unplug()
    daemon.wait_for_words(f"{PORT} is gone", cycle)
    held = sounding(device.heard())
    device.plug_in()
    daemon.wait_for_words(f"{PORT} is back", cycle)
    wait_for(lambda: not sounding(device.heard()), f"{held} to be released, heard {device.heard()}", 20)


def _answered(daemon: Daemon, device: UsbDevice) -> None:
    wait_for(lambda: "answering" not in daemon.said(), "the rest")
    answers, heard = len(daemon.answers()), len(device.heard())
    play_file(PHRASE, IN)
    wait_for(lambda: len(daemon.answers()) > answers, "the answer")
    demand(len(device.heard()) > heard, f"heard nothing more than {device.heard()}")
