"""Ctrl-C while it starts, and a second one while it ends: one line or none, and nothing is left behind."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from live.house import HERE, is_there, wait_for

pytestmark = pytest.mark.live

INTERRUPTED = 130
MOMENTS_S = [place / 10 for place in range(20)]
# As a traceback names what is read before `main` says what Ctrl-C does.
FIRST_MODULES = re.compile(r'(__main__|__init__|cli)\.py", line \d+, in <module>')


def start(server, folder, program=("-m", "antiphon"), more=()):
    """`antiphon play` in a session of its own, as at a terminal."""
    process = subprocess.Popen(
        [sys.executable, *program, "play", "--api", "jack", "--take-dir", str(folder)],
        env={**server.environment, **dict(more)},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    process.press = lambda: os.killpg(process.pid, signal.SIGINT)
    return process


def of_session(number):
    """The processes of a session, which its members keep whatever they do."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
        except OSError:  # it went meanwhile
            continue
        if int(session) == number and state != "Z":
            found.append(int(stat.parent.name))
    return found


def ports(server):
    listed = subprocess.run(
        ["jack_lsp"], env=server.environment, capture_output=True, text=True, check=True
    ).stdout
    return [name for name in listed.splitlines() if name.startswith("antiphon")]


def began_in_python(err):
    """Whether the interpreter itself was still starting, or found and read our first modules.

    No line of ours could run yet that says what Ctrl-C does.
    """
    ours = [line for line in err.splitlines() if f"antiphon{os.sep}" in line]
    return "Traceback" in err and all(FIRST_MODULES.search(line) for line in ours)


@pytest.mark.parametrize("moment_s", MOMENTS_S)
def test_ctrl_c_at_every_moment_of_the_start(server, tmp_path, moment_s):
    process = start(server, tmp_path)
    time.sleep(moment_s)
    process.press()
    out, err = process.communicate(timeout=60)
    if "are open" in out:
        assert process.returncode == 0
        assert out.splitlines()[-1].startswith("No take is kept")
    elif not began_in_python(err):
        assert process.returncode in (INTERRUPTED, -signal.SIGINT)
        assert out == ""
        assert err.strip() in ("", "antiphon: interrupted")  # click ends the line with ^C
    wait_for(lambda: not of_session(process.pid), "its processes to end")
    assert ports(server) == []


@pytest.mark.parametrize("command", ["demo", "generate", "doctor"])
@pytest.mark.parametrize("moment_s", [0.1, 0.25, 0.4])
def test_ctrl_c_while_another_command_is_imported(server, tmp_path, command, moment_s):
    folder = ("--take-dir", str(tmp_path)) if command == "demo" else ()
    process = subprocess.Popen(
        [sys.executable, "-m", "antiphon", command, *folder],
        env=server.environment,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(moment_s)
    process.send_signal(signal.SIGINT)
    # A quick machine may be done by then: a process that has ended is sent no signal.
    was_done = process.poll() == 0
    _, err = process.communicate(timeout=60)
    if not was_done and not began_in_python(err):
        assert process.returncode in (INTERRUPTED, -signal.SIGINT)
        assert "Traceback" not in err
        assert err.splitlines()[-1:] in ([], ["antiphon: interrupted"])


def test_a_second_ctrl_c_ends_an_end_that_hangs(server, tmp_path):
    breaking = {"BREAKING": "end", "BROKEN": str(tmp_path / "broken")}
    process = start(server, tmp_path, program=[str(HERE / "breaking.py")], more=breaking)
    assert "are open" in process.stdout.readline()
    process.press()
    wait_for((tmp_path / "broken").exists, "the end to hang")
    assert process.poll() is None
    pressed_s = time.monotonic()
    process.press()
    _, err = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED
    assert time.monotonic() - pressed_s < 20
    assert err == "antiphon: interrupted\n"
    wait_for(lambda: not any(map(is_there, of_session(process.pid))), "its processes to end")
