"""Which of the ports there are a name means: the whole name, a pattern, or a part of it. Pure."""

import difflib
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from antiphon.errors import Failure

# ALSA and Windows put numbers behind a name that are others after the next plugging in.
_NUMBERS = {"alsa": re.compile(r" \d+:\d+$"), "winmm": re.compile(r" \d+$")}
_WILD = re.compile(r"[*?\[]")


def lasting(port: str, api: str) -> str:
    """The part of a port's name that is still the same when its device comes back."""
    return _NUMBERS[api].sub("", port) if api in _NUMBERS else port


def fitting(wanted: str, ports: Sequence[str], api: str) -> list[str]:
    """The ports that `wanted` means: those of exactly that name, else by pattern, else by a part of the name.

    Capitals do not matter in patterns and parts.
    """
    exact = [port for port in ports if wanted in (port, lasting(port, api))]
    if exact:
        return exact
    small = wanted.lower()
    if _WILD.search(wanted):
        return [
            port
            for port in ports
            if any(fnmatchcase(name.lower(), small) for name in (port, lasting(port, api)))
        ]
    return [port for port in ports if small in port.lower()]


def all_fitting(wanted: Sequence[str], ports: Sequence[str], api: str) -> list[str]:
    """The inputs that several names mean, each once, in the order of the names. Raises Failure naming one."""
    chosen: dict[str, None] = {}
    for name in wanted:
        found = fitting(name, ports, api)
        if not found:
            raise nothing_fits("input", name, ports, api)
        chosen.update(dict.fromkeys(found))
    return list(chosen)


def one_fitting(wanted: str, ports: Sequence[str], api: str) -> str:
    """The one output that a name means. Raises Failure where there is none, or more than one."""
    found = fitting(wanted, ports, api)
    if not found:
        raise nothing_fits("output", wanted, ports, api)
    if len(found) > 1:
        raise Failure(f'MIDI output must be one port; "{wanted}" fits {len(found)}: {", ".join(found)}')
    return found[0]


def nothing_fits(direction: str, wanted: str, ports: Sequence[str], api: str) -> Failure:
    """What to tell a player whose name fits no port."""
    names = [lasting(port, api) for port in ports]
    by_small = {name.lower(): name for name in names}
    close = difflib.get_close_matches(wanted.lower(), by_small, n=1, cutoff=0.5)
    hint = f", did you mean {by_small[close[0]]}?" if close else ""
    return Failure(f'no MIDI {direction} fits "{wanted}"{hint} (there are: {", ".join(names) or "none"})')
