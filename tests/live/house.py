"""What the live tests and benchmarks start: a JACK server, `antiphon play`, and a player that is not ours."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import suppress
from pathlib import Path

HERE = Path(__file__).parent
PROBE = "import jack; jack.Client('probe', no_start_server=True).close()"
_PLACES = Path("/dev/shm/jack-shm-registry")
SILENT = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def wait_for(condition, what, seconds=60.0, every_s=0.02):
    """Wait until it holds; gives the moment it was seen to, in seconds of the monotonic clock."""
    until_s = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until_s, f"waited {seconds:g} s for {what}"
        time.sleep(every_s)
    return time.monotonic()


def may_be_real_time():
    return subprocess.run(["chrt", "-f", "70", "true"], capture_output=True, check=False).returncode == 0


class Server:
    """A JACK server of its own name on no sound card; a context. It may be killed and started again."""

    def __init__(self, options=(), real_time=False, frames=128):
        self.name = f"antiphon-{uuid.uuid4().hex[:8]}"
        self.real_time = real_time and may_be_real_time()
        scheduling = ["-R", "-P70"] if self.real_time else ["--no-realtime"]
        sound = ["-d", "dummy", "-r", "48000", "-p", str(frames)]
        self._command = ["jackd", "-n", self.name, *options, *scheduling, *sound]
        # Short, for a socket lies in it, and this server's alone: there is one Antiphon to a client name.
        self._folder = tempfile.TemporaryDirectory(prefix="live-")
        found = {"JACK_DEFAULT_SERVER": self.name, "JACK_NO_START_SERVER": "1"}
        self.environment = {**os.environ, **found, "XDG_RUNTIME_DIR": self._folder.name}

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._end()
        if self._left_its_place():
            # One that was killed, or whose clients were, stays in the list, which has eight places for all
            # users of the machine; the next of its name clears that.
            self.start()
            self._end()
        self._folder.cleanup()

    def _end(self):
        self._process.terminate()
        self._process.wait()

    def _left_its_place(self):
        with suppress(OSError):
            return self.name.encode() in _PLACES.read_bytes()
        return False

    def start(self):
        self.launch()
        wait_for(self._answers, "the JACK server")

    def launch(self):
        """Start it and do not wait."""
        self._process = subprocess.Popen(self._command, **SILENT)

    def _answers(self):
        if self._process.poll() is not None:  # all places were taken: it ends at once
            self.launch()
        probe = [sys.executable, "-c", PROBE]
        return subprocess.run(probe, env=self.environment, capture_output=True).returncode == 0

    def kill(self):
        self._process.kill()
        self._process.wait()

    def signal(self, number):
        self._process.send_signal(number)


def named(pid):
    """The processes below this one: their names and numbers."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = status.read_text().partition("(")[2].rpartition(")")
        except OSError:  # it went meanwhile
            continue
        parents[int(status.parent.name)] = (name, int(rest.split()[1]))
    below = {pid}
    while more := {child for child, (_, parent) in parents.items() if parent in below} - below:
        below |= more
    return {child: _role(child, parents[child][0]) for child in sorted(below - {pid})}


def _role(pid, name):
    """What it is called; the tracker that multiprocessing starts has no name of its own."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return name
    return "tracker" if b"resource_tracker" in command else name


def is_there(pid):
    """Whether a process runs; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# What a service manager does.
AGAIN = ("sh", "-c", 'until "$@"; do sleep 0.1; done', "sh")


class Daemon:
    """`antiphon play`, whose ports are open; `kept`: started again when it dies."""

    def __init__(self, environment, folder, *arguments, program=("-m", "antiphon"), kept=False):
        self.folder, self.environment = folder, environment
        self.log_file = folder / "play.log"
        command = [sys.executable, *program, "play", "--api", "jack", "--take-dir", str(folder), *arguments]
        self._kept, command = kept, [*AGAIN, *command] if kept else command
        with self.log_file.open("w") as out:
            self.process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        try:
            wait_for(lambda: "are open" in self.log or self.process.poll() is not None, "the ports")
            assert self.process.poll() is None, self.log
        except AssertionError:
            self.discard()  # else one that is kept would be started again for ever
            raise

    @property
    def log(self):
        return self.log_file.read_text()

    @property
    def parent(self):
        """The number of its first process."""
        return next(iter(named(self.process.pid))) if self._kept else self.process.pid

    def pids(self):
        """All its processes but the first."""
        return named(self.parent)

    def pid(self, name):
        """The number of the process of that name, which is waited for."""
        wait_for(lambda: name in self.pids().values(), name)
        return next(pid for pid, one in self.pids().items() if one == name)

    def ask(self, *words):
        """What a command says of it."""
        command = [sys.executable, "-m", "antiphon", *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def status(self):
        return json.loads(self.ask("status", "--json"))

    def end(self, number=signal.SIGTERM):
        """End it in order; gives its exit code."""
        self.process.send_signal(number)
        return self.process.wait(60)

    def discard(self):
        """End it and all its processes, however they are."""
        for pid in [self.process.pid, *named(self.process.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def begins(status, data):
    return status & 0xF0 == 0x90 and data[1] > 0


class Player:
    """A player in a process of its own, connected to two of `antiphon`'s ports, of which it hears `out`.

    `connected` is False for one that leaves that to others.
    """

    TRIES = 3

    def __init__(self, environment, client="antiphon", connected=True, out="out"):
        command = [sys.executable, str(HERE / "player.py"), client, out if connected else ""]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        for _ in range(self.TRIES):
            self.process = subprocess.Popen(command, env=environment, text=True, **pipes)
            if self._is_there():
                return
            self.kill()
        raise AssertionError("JACK let the player have no client")

    def _is_there(self):
        """Whether it answers; a busy server may refuse it."""
        with suppress(BrokenPipeError):
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        return self.process.stdout.readline() != ""

    def play(self, phrase):
        """Play [seconds, message] in order; gives when each left, in seconds of the monotonic clock."""
        return self._ask(json.dumps(phrase))

    def heard(self):
        """All messages heard so far: moment and bytes."""
        return self._ask("")

    def onsets(self, since_s=0.0):
        """The note-ons heard so far: moment and pitch."""
        return [(s, data[0]) for s, status, *data in self.heard() if begins(status, data) and s >= since_s]

    def _sounded(self):
        """The pitches that began and did not end, and when the last note began or ended.

        A synthesizer does nothing at a second note-off, which is sent where JACK may have dropped the first.
        """
        notes, changed_s = set(), None
        for moment_s, status, *data in self.heard():
            if begins(status, data):
                notes.add(data[0])
                changed_s = moment_s
            elif status & 0xE0 == 0x80 and data[0] in notes:
                notes.remove(data[0])
                changed_s = moment_s
        return sorted(notes), changed_s

    def sounding(self):
        """The pitches that began and did not end."""
        return self._sounded()[0]

    def last_change_s(self):
        """When the last note began or ended."""
        return self._sounded()[1]

    def end(self):
        self.process.communicate()

    def kill(self):
        """One whose server is gone waits for it for ever."""
        self.process.kill()
        self.process.communicate()

    def _ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())
