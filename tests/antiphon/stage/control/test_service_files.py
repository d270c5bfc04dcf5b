"""The files that systemd and launchd read: what stands in them, and that odd names stand in them unharmed."""

import plistlib
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from antiphon.config_sections import TakeSettings
from antiphon.errors import Failure
from antiphon.stage.control import client
from antiphon.stage.control.service_files import agent, service, to_start, to_stop, unit

HOME, SETTINGS = Path("/home/anna"), Path("/home/anna/.config")
PYTHON = Path("/opt/my venv/bin/python")
START, STOP = to_start(PYTHON, None, None), to_stop(PYTHON, "antiphon")


def line(text, key):
    (found,) = [one.partition("=")[2] for one in text.splitlines() if one.startswith(f"{key}=")]
    return found


def test_what_is_started_has_absolute_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    parts = to_start(Path("python"), Path("mine.toml"), "mine")
    assert parts[0] == str(tmp_path / "python")
    assert parts[1:6] == ["-P", "-m", "antiphon", "play", "--quiet"]
    assert parts[6:] == ["--config", str(tmp_path / "mine.toml"), "--client-name", "mine"]
    assert [str(PYTHON), "-P", "-m", "antiphon", "play", "--quiet"] == START
    assert [str(PYTHON), "-P", "-m", "antiphon", "stop", "--client-name", "antiphon"] == STOP


def test_the_unit_keeps_what_must_be_kept():
    text = unit(START, STOP, 4)
    assert line(text, "ExecStop").endswith(" -P -m antiphon stop --client-name antiphon")
    assert line(text, "KillMode") == "control-group"
    assert line(text, "ExecStart") == '"/opt/my venv/bin/python" -P -m antiphon play --quiet'
    assert (line(text, "Type"), line(text, "NotifyAccess")) == ("notify", "main")
    assert (line(text, "Restart"), line(text, "RestartSec")) == ("on-failure", "200ms")
    assert line(text, "RestartPreventExitStatus") == "2"
    assert {"AF_UNIX", "AF_INET", "AF_NETLINK"} <= set(line(text, "RestrictAddressFamilies").split())
    keys = {one.partition("=")[0] for one in text.splitlines()}
    assert not keys & {"MemoryDenyWriteExecute", "RestrictRealtime", "PrivateTmp", "PrivateDevices", "User"}


def test_odd_names_are_told_to_systemd_as_they_are():
    parts = to_start(Path("/a%b/py$thon"), Path('/c/$HOME "q" \\.toml'), "100% $me")
    assert line(unit(parts, STOP, 4), "ExecStart") == (
        '"/a%%b/py$thon" -P -m antiphon play --quiet '
        '--config "/c/$$HOME \\"q\\" \\\\.toml" --client-name "100%% $$me"'
    )


def test_a_name_that_would_be_another_line_is_refused():
    with pytest.raises(Failure, match="holds a control character"):
        to_start(PYTHON, None, "a\nExecStartPre=/bin/false")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_understands_the_unit(tmp_path):
    program = tmp_path / "my $HOME 100%"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    path = tmp_path / "antiphon.service"
    path.write_text(
        unit(to_start(program, tmp_path / "a b.toml", "my $name"), to_stop(program, "my $name"), 4)
    )
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(path)],
        capture_output=True,
        text=True,
        env={"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_agent():
    read = plistlib.loads(agent(to_start(PYTHON, None, "a<b>&"), HOME).encode())
    assert read["ProgramArguments"] == to_start(PYTHON, None, "a<b>&")
    assert read["KeepAlive"] == {"SuccessfulExit": False}
    assert (read["ProcessType"], read["Umask"], read["RunAtLoad"]) == ("Interactive", 0o077, True)


def test_where_it_is_written_and_what_to_type():
    linux = service("linux", START, STOP, 4, HOME, SETTINGS)
    assert linux.path == SETTINGS / "systemd/user/antiphon.service"
    assert linux.begin[-1] == "systemctl --user enable --now antiphon"
    assert linux.also == (SETTINGS / "systemd/user/default.target.wants/antiphon.service",)
    mac = service("darwin", START, STOP, 4, Path("/Users/my name"), SETTINGS)
    assert mac.path == Path("/Users/my name/Library/LaunchAgents/antiphon.plist")
    assert shlex.split(mac.begin[0])[-1] == str(mac.path)
    with pytest.raises(Failure, match="there is no service for this system; let its own autostart"):
        service("win32", START, STOP, 4, HOME, SETTINGS)


def test_a_service_manager_waits_longer_than_ending_takes():
    """A take is finished at 0.9 s a megabyte on busy cores, and `antiphon stop` waits for it."""
    text = unit(["python"], ["python", "stop"], 4)
    waits_s = float(line(text, "TimeoutStopSec"))
    assert 1 + 0.9 * TakeSettings().largest_mb < client._END_S < waits_s
    assert plistlib.loads(agent(["python"], Path("/Users/me")).encode())["ExitTimeOut"] == waits_s
