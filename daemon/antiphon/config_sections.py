"""The sections of config.toml that shape no music: who answers, which ports, what is kept and told."""

from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Annotated, ClassVar, Literal, get_args

from annotated_types import Ge, Le, Predicate
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from antiphon.bundle import DEFAULT_MODEL
from antiphon.compose.context import Context
from antiphon.listen.key import is_key_or_empty
from antiphon.perform.settings import LatencyMs

_STRICT = {"extra": "forbid"}
LogLevel = Literal["debug", "info", "warning", "error"]
LOG_LEVELS = get_args(LogLevel)


def _names(given: object, error: str, message: str, most: int) -> tuple[str, ...]:
    """One name may stand without its brackets."""
    names = (given,) if isinstance(given, str) else given
    if (
        isinstance(names, list | tuple)
        and len(names) <= most
        and all(isinstance(n, str) and n for n in names)
    ):
        return tuple(names)
    raise PydanticCustomError(error, message)


def _port_names(given: object) -> tuple[str, ...]:
    return _names(given, "port_names", 'a list of port names such as ["nanoKEY", "Launchkey*"]', 64)


def _program_names(given: object) -> tuple[str, ...]:
    return _names(given, "program_names", 'a list of up to 128 bundles such as ["essen", "mine"]', 128)


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Who answers; a bundle is named by its name if it ships, or by its folder.

    name       the bundle that answers first
    programs   bundles that a program change chooses, in the order of their numbers
    context    "stream" or "window"; None: what each bundle says
    """

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    name: str = DEFAULT_MODEL
    programs: Annotated[tuple[str, ...], BeforeValidator(_program_names)] = ()
    context: Context | None = None


def _client_name(given: object) -> str:
    if isinstance(given, str) and 0 < len(given) <= 32 and ":" not in given and given.isprintable():
        return given
    raise PydanticCustomError("client_name", "a name of 1–32 printable characters without a colon")


@dataclass(frozen=True, slots=True)
class MidiSettings:
    """Which MIDI ports, and what passes them.

    api             "auto" is the first MIDI system that answers
    inputs, output  ports there are, by name, part of a name or pattern; empty: a virtual port
    input_channel   1–16, the only one listened to; 0: all
    output_channel  1–16, where the answer goes
    thru            whether what you play goes to the output too
    client_name     what stands before the colon of the virtual ports' names
    output_latency_ms  how much later than it is sent the answer sounds: it is sent earlier by that
    """

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    api: Literal["auto", "alsa", "jack", "coremidi", "winmm"] = "auto"
    inputs: Annotated[tuple[str, ...], BeforeValidator(_port_names)] = ()
    output: str = ""
    client_name: Annotated[str, BeforeValidator(_client_name)] = "antiphon"
    input_channel: Annotated[int, Ge(0), Le(16)] = 0
    thru: bool = False
    output_channel: Annotated[int, Ge(1), Le(16)] = 1
    output_latency_ms: LatencyMs = 0.0


@dataclass(frozen=True, slots=True)
class KeySettings:
    """Which key is played in, and how strictly.

    name    "G major", "F# minor", "Am"; empty: heard in what is played
    strict  whether answers keep to the notes of its scale; in minor both sevenths belong to it
    """

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    name: Annotated[str, Predicate(is_key_or_empty)] = ""
    strict: bool = False


@dataclass(frozen=True, slots=True)
class MemorySettings:
    """file: what the `keep_memory` button writes and the next session begins with; empty: none."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    file: str = ""


SoundMaker = Literal["none", "samples", "fluidsynth"]
InstrumentName = Literal["none", "piano", "flute", "fiddle", "bass"]


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """What makes sound here, beside the MIDI ports, and with which instruments; "none": not heard.

    by       "samples" are those that ship, "fluidsynth" is the program of that name
    yours    for what you play
    answers  for what Antiphon plays
    """

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    by: SoundMaker = "none"
    yours: InstrumentName = "piano"
    answers: InstrumentName = "flute"


@dataclass(frozen=True, slots=True)
class TakeSettings:
    """Where recordings are written, and when one ends and the next begins.

    folder           made if missing
    record           whether that begins with the playing
    longest_minutes  a longer take ends at the next quiet moment, and the next begins; 0: never
    largest_mb       the same for the size of its file while it is recorded
    """

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    folder: str = "takes"
    record: bool = True
    longest_minutes: Annotated[float, Ge(0), Le(1440)] = 60.0
    largest_mb: Annotated[float, Ge(0), Le(256)] = 16.0


@dataclass(frozen=True, slots=True)
class LogSettings:
    """level: the least that is told. file: where; empty: stderr, unless the live picture is drawn there."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    level: LogLevel = "warning"
    file: str = ""


def _osc_targets(given: object) -> tuple[str, ...]:
    message = 'a list of up to 8 of "host:port", the port 1–65535, such as ["127.0.0.1:9001"]'
    names = _names(given, "osc_targets", message, 8)
    if all(_is_target(name) for name in names):
        return names
    raise PydanticCustomError("osc_targets", message)


def _is_target(name: str) -> bool:
    host, _, port = name.rpartition(":")
    return bool(host) and ":" not in host and port.isdecimal() and 0 < int(port[:6]) < 65536


def _osc_address(given: object) -> str:
    with suppress(ValueError):
        return str(IPv4Address(given if isinstance(given, str) else ""))
    raise PydanticCustomError("osc_address", 'an IPv4 address such as "127.0.0.1" or "0.0.0.0"')


@dataclass(frozen=True, slots=True)
class OscSettings:
    """Open Sound Control over UDP.

    port     that messages are received on; 0: none is received
    bind     the address of this machine that they are received at; "0.0.0.0": from the whole network
    targets  "host:port" of those who are told what happens
    """

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    port: Annotated[int, Ge(0), Le(65535)] = 0
    bind: Annotated[str, BeforeValidator(_osc_address)] = "127.0.0.1"
    targets: Annotated[tuple[str, ...], BeforeValidator(_osc_targets)] = ()

    @property
    def wanted(self) -> bool:
        """Whether anything is received or told."""
        return bool(self.port or self.targets)


@dataclass(frozen=True, slots=True)
class PanelSettings:
    """The page in a browser that shows and plays.

    on    whether it is served
    port  that it is served on; 0: the usual one, or any that is free
    lan   whether other machines of the network may open it, with a token
    """

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    on: bool = False
    port: Annotated[int, Ge(0), Le(65535)] = 0
    lan: bool = False
