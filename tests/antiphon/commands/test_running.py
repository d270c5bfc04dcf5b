"""`antiphon status`, `set`, `stop` and `panic` as a person meets them, with and without one that runs."""

import json
import threading

import pytest

from antiphon import cli
from antiphon.commands import panic
from antiphon.config import Config
from antiphon.errors import Failure
from antiphon.stage.control.protocol import Command, Done, Refused, SetOne
from antiphon.stage.control.server import SUPPORTED, ControlServer
from antiphon.stage.control.status import status_of
from antiphon.stage.machine.single_instance import made, socket_of
from antiphon.stage.performance_state import PerformanceTracker
from antiphon.stage.ports.port import PortChanged

pytestmark = pytest.mark.skipif(not SUPPORTED, reason="no Unix sockets")
NOBODY = "antiphon: no antiphon is running (client name antiphon); antiphon play starts it\n"


@pytest.fixture(autouse=True)
def nothing_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


@pytest.fixture
def antiphon(capsys):
    """Runs a command where nobody has a configuration; gives exit code, stdout and stderr."""

    def run(*arguments):
        with pytest.raises(SystemExit) as end:
            cli.main(arguments)
        said = capsys.readouterr()
        return end.value.code or 0, said.out, said.err

    return run


class Running:
    """One that runs, of a client name; it refuses what `refuses` says."""

    def __init__(self, client_name):
        self.asked, self.refuses = [], ""
        made(socket_of(client_name).parent)
        self._over = threading.Event()
        self._server = ControlServer(socket_of(client_name))
        self._server.serve = self._serve
        self._thread = threading.Thread(target=self._poll)
        self._thread.start()

    def _poll(self):
        while not self._over.wait(0.001):
            self._server.poll()
        self._server.close()

    def _serve(self, request):
        self.asked.append(request)
        if self.refuses:
            return Refused(self.refuses)
        if request == Command("stop"):
            self._over.set()
        if request == Command("status"):
            performance = PerformanceTracker(Config(), "essen")
            performance.opened(("antiphon:in",), "antiphon:out", "jack")
            performance.hear(PortChanged("keys", False))
            return Done({"status": status_of(performance.state, 0.0, 9.0).to_plain()})
        return Done()

    def end(self):
        self._over.set()
        self._thread.join()


@pytest.fixture
def running():
    there = []

    def start(client_name="antiphon"):
        there.append(Running(client_name))
        return there[-1]

    yield start
    for one in there:
        one.end()


def test_nobody_is_there(antiphon):
    for command in (["status"], ["status", "--json"], ["set", "tempo.bpm", "96"], ["stop"]):
        assert antiphon(*command) == (1, "", NOBODY)
    assert "client name mine" in antiphon("stop", "--client-name", "mine")[2]


def test_how_it_is(antiphon, running):
    running()
    code, out, err = antiphon("status")
    assert (code, err) == (0, "")
    rows = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert rows["state"] == "idle"
    assert rows["ports"] == "antiphon:in, antiphon:out (jack)"
    assert (rows["away"], rows["time"], rows["recording"]) == ("keys", "internal, 110.0 bpm, 4/4", "no")
    assert "key" not in rows
    told = json.loads(antiphon("status", "--json")[1])
    assert (told["model"], told["settings"]["tempo"]["bpm"]) == ("essen", 110.0)


def test_a_setting_is_set(antiphon, running):
    there = running()
    assert antiphon("set", "sampling.temperature", "1.2") == (0, "sampling.temperature = 1.2\n", "")
    assert antiphon("set", "answer.mode", "trade") == (0, 'answer.mode = "trade"\n', "")
    assert antiphon("set", "sampling.weights", "{r = 0.5}")[0] == 0
    assert there.asked == [
        SetOne("sampling.temperature", 1.2),
        SetOne("answer.mode", "trade"),
        SetOne("sampling.weights", {"r": 0.5}),
    ]


@pytest.mark.parametrize(
    ("name", "value", "mistake"),
    [
        ("tmpo.bpm", "96", "tmpo.bpm is not a setting; did you mean tempo.bpm?"),
        ("tempo.bpm", "[1]", "tempo.bpm must be a valid number, got [1]"),
        ("tempo.bpm", "1000", "tempo.bpm must be less than or equal to 300, got 1000"),
        ("midi.thru", "true", "midi.thru only takes effect at the next start; set it in config.toml"),
    ],
)
def test_a_wrong_name_or_value_is_told_and_asks_nobody(antiphon, running, name, value, mistake):
    there = running()
    assert antiphon("set", name, value) == (2, "", f"antiphon: {mistake}\n")
    assert there.asked == []


def test_what_it_refuses_is_told(antiphon, running):
    there = running()
    there.refuses = "not while a take is written"
    assert antiphon("set", "tempo.bpm", "96") == (1, "", "antiphon: not while a take is written\n")


def test_the_end(antiphon, running):
    there = running()
    assert antiphon("stop") == (0, "Antiphon has ended.\n", "")
    assert there.asked == [Command("stop")]
    assert antiphon("status") == (1, "", NOBODY)


def test_the_configurations_client_name_is_the_one_that_is_meant(antiphon, running, tmp_path):
    there, other = running("mine"), running("other")
    (tmp_path / "config.toml").write_text('[midi]\nclient_name = "mine"\n')
    assert antiphon("status")[0] == 0
    assert antiphon("status", "--client-name", "other")[0] == 0
    assert (len(there.asked), len(other.asked)) == (1, 1)


def test_a_mistake_in_the_configuration_hinders_no_end(antiphon, running, tmp_path):
    running()
    (tmp_path / "config.toml").write_text("[midi\n")
    assert antiphon("stop")[0] == 0


def test_buttons_are_pressed_from_another_terminal(antiphon, running):
    there = running()
    assert antiphon("again") == (
        0,
        "If a phrase was answered, another answer begins with the next bar.\n",
        "",
    )
    assert antiphon("motif") == (0, "If there was an answer, the next one keeps to its motif.\n", "")
    assert there.asked == [Command("again"), Command("motif")]


def test_panic_asks_the_running_one_first(antiphon, running, monkeypatch):
    there = running()
    silenced = []

    def silence(*_):
        silenced.append(list(there.asked))
        return ["synth"]

    monkeypatch.setattr(panic, "silence", silence)
    assert antiphon("panic") == (0, "The running Antiphon is silent.\nSilenced: synth.\n", "")
    assert silenced == [[Command("panic")]]
    there.refuses = "no"
    code, out, err = antiphon("panic")
    assert (code, out, err) == (0, "Silenced: synth.\n", "The running Antiphon is not silenced: no\n")


def test_panic_without_one_does_what_it_can(antiphon, monkeypatch):
    monkeypatch.setattr(panic, "silence", lambda *_: [])
    assert antiphon("panic") == (0, "There is no MIDI output to silence.\n", "")

    def refuse(*_):
        raise Failure("no MIDI system answers")

    monkeypatch.setattr(panic, "silence", refuse)
    assert antiphon("panic") == (1, "", "antiphon: no MIDI system answers\n")
