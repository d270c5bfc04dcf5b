"""Antiphon as a service of the user who plays: the files that systemd and launchd read.

Only texts and places; nothing is started here.
"""

import plistlib
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from antiphon.errors import Failure

LABEL = "antiphon"

_UNIT_TEXT = """\
# Written by antiphon service install. To change it, let systemctl --user edit antiphon lay lines over it.
[Unit]
Description=Antiphon, which answers what you play
After=pipewire.service jack.service
# A MIDI system that is not there yet: ten starts in a minute, then it rests until it is started by hand.
StartLimitIntervalSec=60
StartLimitBurst=10

[Service]
Type=notify
NotifyAccess=main
ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
# As Ctrl-C; systemd's own signal comes after it, to all that is left.
ExecStop={stop}
WatchdogSec=15
# It begins again after a crash, a kill or silence; not after antiphon stop, nor with wrong settings (2).
Restart=on-failure
RestartPreventExitStatus=2
RestartSec=200ms
TimeoutStartSec=60
TimeoutStopSec=5
# Not mixed: what is left when the first process was killed has notes to close, and must not be killed, too.
KillMode=control-group
WorkingDirectory=%h
UMask=0077

# Antiphon asks for priority {priority}, below all that makes sound; JACK's own thread, which runs inside, for
# nearly as much as its server has. Both are lowered to what the user may have.
LimitRTPRIO=95
LimitMEMLOCK=infinity

# What it never needs. Not here: MemoryDenyWriteExecute, which takes callbacks from JACK-Client (CFFI), and
# RestrictRealtime. /dev/shm, /dev/snd and the sockets of JACK, PipeWire and Ableton Link stay as they are.
NoNewPrivileges=yes
LockPersonality=yes
RestrictSUIDSGID=yes
RestrictNamespaces=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=default.target
"""


@dataclass(frozen=True, slots=True)
class Service:
    """A file to be written, what to type after that, and after it is gone; `also` goes with it."""

    path: Path
    text: str
    begin: tuple[str, ...]
    end: tuple[str, ...]
    also: tuple[Path, ...] = ()


def service(
    system: str, start: Sequence[str], stop: Sequence[str], priority: int, home: Path, settings_home: Path
) -> Service:
    """For a system as `sys.platform` names it. Raises Failure, saying what to do, where there is none."""
    if system.startswith("linux"):
        units = settings_home / "systemd" / "user"
        reload = "systemctl --user daemon-reload"
        return Service(
            units / f"{LABEL}.service",
            unit(start, stop, priority),
            (reload, f"systemctl --user enable --now {LABEL}"),
            (f"systemctl --user stop {LABEL}", reload),
            (units / "default.target.wants" / f"{LABEL}.service",),
        )
    if system == "darwin":
        path = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
        begin = f"launchctl bootstrap gui/$(id -u) {shlex.quote(str(path))}"
        return Service(path, agent(start, home), (begin,), (f"launchctl bootout gui/$(id -u)/{LABEL}",))
    raise Failure("there is no service for this system; let its own autostart begin antiphon play --quiet")


def to_start(interpreter: Path, config_file: Path | None, client_name: str | None) -> list[str]:
    """What a service starts; every path in it is absolute. Raises Failure where a name cannot be written."""
    parts = ["play", "--quiet"]
    if config_file is not None:
        parts += ["--config", str(config_file.absolute())]
    if client_name is not None:
        parts += ["--client-name", client_name]
    return _command(interpreter, parts)


def to_stop(interpreter: Path, client_name: str) -> list[str]:
    """What ends it."""
    return _command(interpreter, ["stop", "--client-name", client_name])


def _command(interpreter: Path, arguments: Sequence[str]) -> list[str]:
    # -P: a folder named antiphon in the user's home is not the program.
    parts = [str(interpreter.absolute()), "-P", "-m", "antiphon", *arguments]
    for part in parts:
        if re.search(r"[\x00-\x1f\x7f]", part):
            raise Failure(f"{part!r} cannot stand in a service's file: it holds a control character")
    return parts


def unit(start: Sequence[str], stop: Sequence[str], priority: int) -> str:
    """A systemd unit of a user's own."""
    return _UNIT_TEXT.format(command=_line(start), stop=_line(stop), priority=priority)


def agent(parts: Sequence[str], home: Path) -> str:
    """A launchd agent of a user's own."""
    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": list(parts),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ProcessType": "Interactive",
            "Umask": 0o077,
            "WorkingDirectory": str(home),
            "StandardErrorPath": str(home / "Library" / "Logs" / f"{LABEL}.log"),
        },
        sort_keys=False,
    ).decode()


def _line(parts: Sequence[str]) -> str:
    program, *arguments = parts
    # The program's name is not searched for variables; all else is.
    return " ".join([_quoted(program), *(_quoted(one).replace("$", "$$") for one in arguments)])


def _quoted(part: str) -> str:
    """As systemd reads it: in quotes, and a percent sign is one."""
    escaped = part.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"' if escaped != part or re.search(r"[^\w./=:-]", part) else part
