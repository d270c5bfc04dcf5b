"""Antiphon as a service of the user who plays: the files that systemd and launchd read.

Only texts and paths; nothing is started here.
"""

import plistlib
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from antiphon.errors import Failure

LABEL = "antiphon"

_UNIT_FILE = Path(__file__).parent / "antiphon.service"
# Notes end within a second. A take of 16 MB, the largest by default, is finished within 15 s on busy cores
# (0.9 s for each MB). A larger one that is cut off is finished by the next start.
STOP_S = 30


@dataclass(frozen=True, slots=True)
class Service:
    """A file to write, and what to type once it is written and once it is removed; `also` goes with it."""

    path: Path
    text: str
    begin: tuple[str, ...]
    end: tuple[str, ...]
    also: tuple[Path, ...] = ()


def service(
    system: str, start: Sequence[str], stop: Sequence[str], priority: int, home: Path, settings_home: Path
) -> Service:
    """The service of a system, named as in `sys.platform`. Raises Failure where there is none."""
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
    raise Failure("there is no service for this system; let its own autostart run antiphon play --quiet")


def to_start(interpreter: Path, config_file: Path | None, client_name: str | None) -> list[str]:
    """The command that a service runs, with absolute paths. Raises Failure where a name cannot be written."""
    parts = ["play", "--quiet"]
    if config_file is not None:
        parts += ["--config", str(config_file.absolute())]
    if client_name is not None:
        parts += ["--client-name", client_name]
    return _command(interpreter, parts)


def to_stop(interpreter: Path, client_name: str) -> list[str]:
    """The command that ends it."""
    return _command(interpreter, ["stop", "--client-name", client_name])


def _command(interpreter: Path, arguments: Sequence[str]) -> list[str]:
    # -P: a folder named antiphon in the user's home must not be taken for the program.
    parts = [str(interpreter.absolute()), "-P", "-m", "antiphon", *arguments]
    for part in parts:
        if re.search(r"[\x00-\x1f\x7f]", part):
            raise Failure(f"{part!r} cannot stand in a service's file: it holds a control character")
    return parts


def unit(start: Sequence[str], stop: Sequence[str], priority: int) -> str:
    """The text of a user's systemd unit."""
    text = _UNIT_FILE.read_text(encoding="utf-8")
    return text.format(command=_line(start), stop=_line(stop), stop_s=STOP_S, priority=priority)


def agent(parts: Sequence[str], home: Path) -> str:
    """The text of a user's launchd agent."""
    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": list(parts),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ProcessType": "Interactive",
            "ExitTimeOut": STOP_S,
            "Umask": 0o077,
            "WorkingDirectory": str(home),
            "StandardErrorPath": str(home / "Library" / "Logs" / f"{LABEL}.log"),
        },
        sort_keys=False,
    ).decode()


def _line(parts: Sequence[str]) -> str:
    program, *arguments = parts
    # systemd looks for variables in all words but the first.
    return " ".join([_quoted(program), *(_quoted(one).replace("$", "$$") for one in arguments)])


def _quoted(part: str) -> str:
    """A word as systemd reads it: in quotes where needed, percent signs doubled."""
    escaped = part.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"' if escaped != part or re.search(r"[^\w./=:-]", part) else part
