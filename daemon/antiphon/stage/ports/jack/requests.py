"""What the process that is JACK's client is asked, and what it answers, when nothing sounds by it."""

from dataclasses import dataclass
from typing import Any, Literal

What = Literal["inputs", "outputs", "listen", "play", "tie", "untie", "ties", "drain"]


@dataclass(frozen=True, slots=True)
class JackOrder:
    """Become a client. `transport_bpm` None: the transport is not told of; `insist`: under that very name,
    which one that is no more may have for a moment yet; `exact`: with ports, where the server runs in real
    time. Elsewhere, and without `exact`, the client only watches, under a name of its own."""

    client_name: str
    transport_bpm: float | None = None
    insist: bool = False
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Opened:
    """It is a client of the server, under this name; `period_s` is the length of a cycle, and `exact`
    whether it can have ports."""

    client_name: str
    period_s: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Request:
    """Ports to listen to or to send to ("inputs", "outputs"); a port of ours made, its number to be told
    ("listen", "play", `port` its short name); an output and an input joined or parted; the ties of `ports`,
    ours by name; or all that was handed over to be let out ("drain")."""

    what: What
    port: str = ""
    other: str = ""
    ports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """`refused` says why not, if anything; `lost` how many messages nobody took from the pipe so far."""

    value: Any = None
    refused: str = ""
    lost: int = 0
