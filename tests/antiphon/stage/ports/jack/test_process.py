"""The process that is JACK's client, with a stand-in for the library."""

import os
import signal
import sys

import pytest

from antiphon.stage.ports.jack.client import JackOrder, start_jack_process

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="JACK is used on Linux only")

# Its server has one port, whose name tells whether the garbage collector is on. It refuses as many clients as
# a file says.
LIBRARY = """
import gc
from pathlib import Path
from types import SimpleNamespace

class JackError(Exception):
    pass

class JackOpenError(JackError):
    status = SimpleNamespace(server_failed=False)

refusals = int(Path(__file__).with_name("refusals").read_text())

def set_error_function(_):
    pass

set_info_function = set_error_function

class Client:
    blocksize, samplerate, realtime = 480, 48_000, True

    def __init__(self, name, **_):
        global refusals
        refusals -= 1
        if refusals >= 0:
            raise JackOpenError
        self.name = name

    def __getattr__(self, _):
        return lambda *_: None

    def get_ports(self, **_):
        return [SimpleNamespace(name=f"collects: {gc.isenabled()}")]
"""


@pytest.fixture
def jack_process(tmp_path, monkeypatch):
    """Starts it, on a server that refuses it so often."""
    (tmp_path / "jack.py").write_text(LIBRARY)
    monkeypatch.syspath_prepend(tmp_path)
    started = []

    def start(refusals=0):
        (tmp_path / "refusals").write_text(str(refusals))
        started.append(start_jack_process(JackOrder("antiphon")))
        return started[-1]

    yield start
    for process in started:
        os.kill(process._pid, signal.SIGKILL)  # no cycle runs, for which it would wait
        process.close()


def test_the_garbage_collector_never_holds_up_a_cycle(jack_process):
    assert jack_process().seen.inputs == ("collects: False",)


def test_a_pipe_of_the_process_that_started_it_ends_with_that_process(jack_process):
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    jack_process()
    os.close(writer)
    os.set_blocking(reader, False)
    assert os.read(reader, 1) == b""
    os.close(reader)


@pytest.mark.parametrize(("refusals", "name"), [(0, "antiphon"), (4, "antiphon"), (5, "antiphon-2")])
def test_a_name_that_is_refused_is_asked_for_again_before_another(jack_process, refusals, name):
    assert jack_process(refusals).name == name
