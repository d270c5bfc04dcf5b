"""The panel of a real Antiphon without a MIDI system: it answers, dies, comes back; two of them are two."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked for in /proc"),
]
PATIENCE_S = 120.0


def beside(folder):
    """An environment whose runtime folder is this one."""
    return {**os.environ, "XDG_RUNTIME_DIR": str(folder)}


@contextmanager
def antiphon_panel(folder, name):
    words = ("panel", "--no-browser", "--port", "0", "--client-name", name, "--take-dir", str(folder / name))
    command = [sys.executable, "-m", "antiphon", *words]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, env=beside(folder))
    try:
        yield started.pid, json.loads(started.stdout.readline())["address"]
    finally:
        started.send_signal(signal.SIGINT)
        assert started.wait(PATIENCE_S) == 0


def health(address):
    with urllib.request.urlopen(address + "health", timeout=PATIENCE_S) as answer:
        return json.load(answer)


def panel_of(parent):
    """The process of the panel of an Antiphon."""
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        if text.startswith("Name:\tantiphon-panel\n") and f"PPid:\t{parent}\n" in text:
            return int(status.parent.name)
    return None


def wait_for(holds):
    until_s = time.monotonic() + PATIENCE_S
    while not (found := holds()):
        assert time.monotonic() < until_s
        time.sleep(0.05)
    return found


def test_the_panel_is_there_again_after_it_was_killed_and_the_music_went_on(tmp_path):
    with antiphon_panel(tmp_path, "one") as (pid, address):
        wait_for(lambda: health(address)["playing"])
        killed = wait_for(lambda: panel_of(pid))
        os.kill(killed, signal.SIGKILL)
        assert wait_for(lambda: panel_of(pid) not in (None, killed))
        wait_for(lambda: health(address) == {"ok": True, "playing": True})
        command = [sys.executable, "-m", "antiphon", "status", "--json", "--client-name", "one"]
        status = json.loads(subprocess.check_output(command, env=beside(tmp_path)))
        assert (status["panel"], status["restarts"]) == (address, 0)


def page_of(address):
    """What a page says and is told, as the page's own script would."""
    return connect(address.replace("http", "ws") + "ws", origin=address.rstrip("/"), open_timeout=PATIENCE_S)


def play_phrase(address):
    """Play a phrase that is answered at length; gives the page once the answer sounds."""
    with page_of(address) as page:
        page.send(json.dumps({"type": "set", "name": "answer.bars", "value": 16}))
        for pitch in (60, 62, 64, 65, 67, 65, 64, 62):
            for velocity, then_s in ((90, 0.2), (0, 0.05)):
                note = {"type": "note", "pitch": pitch, "velocity": velocity, "at_s": None}
                page.send(json.dumps(note))
                time.sleep(then_s)
        while json.loads(page.recv(PATIENCE_S))["type"] != "sounded":
            pass


def sounded_after(address, moment_s):
    """Whether a note of the answer began after a moment of the monotonic clock, as a new page is told."""
    with suppress(OSError, WebSocketException, TimeoutError), page_of(address) as page:
        hello = json.loads(page.recv(PATIENCE_S))
        return any(
            one["type"] == "sounded" and one["on"] and one["at_s"] > moment_s for one in hello["history"]
        )
    return False


def test_an_answer_goes_on_while_the_panel_is_killed(tmp_path):
    with antiphon_panel(tmp_path, "one") as (pid, address):
        wait_for(lambda: health(address)["playing"])
        play_phrase(address)
        os.kill(panel_of(pid), signal.SIGKILL)
        killed_s = time.monotonic()
        wait_for(lambda: sounded_after(address, killed_s))


def test_two_antiphons_have_two_panels(tmp_path):
    with antiphon_panel(tmp_path, "one") as (_, first), antiphon_panel(tmp_path, "two") as (_, second):
        assert first != second
        assert health(first)["ok"]
        assert health(second)["ok"]
