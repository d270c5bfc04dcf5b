"""Every setting, its range and its default in one place; every mistake is told at once. Opens no file."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, get_args

from annotated_types import Ge, Le, Predicate
from pydantic import BeforeValidator, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from antiphon import mistakes
from antiphon.bundle import DEFAULT_MODEL
from antiphon.compose.context import Context
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import ShapeSettings
from antiphon.config_file import lay_over, read_toml, usual_file
from antiphon.errors import MOST_LINES, WrongUse
from antiphon.listen.heard import InputSettings
from antiphon.listen.key import Key, is_key_or_empty
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.settings import (
    AnswerSettings,
    ClickSettings,
    ClockSettings,
    FeelSettings,
    HarmonySettings,
    LatencyMs,
    SessionSettings,
    TempoSettings,
)

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


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a user can set."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    model: ModelSettings = field(default_factory=ModelSettings)
    tempo: TempoSettings = field(default_factory=TempoSettings)
    clock: ClockSettings = field(default_factory=ClockSettings)
    input: InputSettings = field(default_factory=InputSettings)
    phrase: PhraseSettings = field(default_factory=PhraseSettings)
    answer: AnswerSettings = field(default_factory=AnswerSettings)
    feel: FeelSettings = field(default_factory=FeelSettings)
    key: KeySettings = field(default_factory=KeySettings)
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    shape: ShapeSettings = field(default_factory=ShapeSettings)
    harmony: HarmonySettings = field(default_factory=HarmonySettings)
    memory: MemorySettings = field(default_factory=MemorySettings)
    click: ClickSettings = field(default_factory=ClickSettings)
    control: ControlSettings = field(default_factory=ControlSettings)
    midi: MidiSettings = field(default_factory=MidiSettings)
    osc: OscSettings = field(default_factory=OscSettings)
    sound: SoundSettings = field(default_factory=SoundSettings)
    panel: PanelSettings = field(default_factory=PanelSettings)
    take: TakeSettings = field(default_factory=TakeSettings)
    log: LogSettings = field(default_factory=LogSettings)

    @property
    def session(self) -> SessionSettings:
        """The part that shapes the music; the channel counted from 0."""
        return SessionSettings(
            self.tempo,
            self.phrase,
            self.answer,
            self.sampling,
            self.shape,
            Key.parse(self.key.name) if self.key.name else None,
            self.midi.output_channel - 1,
            self.control,
            self.clock,
            input=self.input,
            feel=self.feel,
            output_latency_ms=self.midi.output_latency_ms,
            click=self.click,
            strict_key=self.key.strict,
            harmony=self.harmony,
        )


_ADAPTER = TypeAdapter(Config)
_NOTHING: Mapping[str, Any] = {}
# Settings of earlier versions, in files and in the headers of takes: they are passed over.
_GONE = (("midi", "exact"),)


def load(
    path: Path | None,
    changes: Mapping[str, object] = _NOTHING,
    options: Mapping[str, str] = _NOTHING,
    say: Callable[[str], None] = lambda _: None,
) -> Config:
    """The configuration of a file, or of the first usual place that has one, with `changes` laid over it.

    `changes` maps "section.key" to a value; None values are left out. `options` names the option of the
    command line that gave a change. `say` is told of a file that is not ours. Raises WrongUse with a line a
    mistake.
    """
    source = path or usual_file(list(to_plain(Config())), say)
    raw = {} if source is None else read_toml(source)
    for name, value in changes.items():
        if value is not None:
            lay_over(raw, name, value)
    for section, key in _GONE:
        if isinstance(raw.get(section), dict) and key in raw[section]:
            say(f"{source or 'configuration'}: {section}.{key} is no longer a setting and is ignored")
    return checked(raw, f"{source or 'configuration'}: ", options)


def to_plain(config: Config) -> dict[str, Any]:
    """Nested dictionaries, as in the file."""
    plain: dict[str, Any] = _ADAPTER.dump_python(config, mode="json")
    return plain


def checked(
    raw: Mapping[str, Any], before: str = "", options: Mapping[str, str] = _NOTHING, *, together: bool = True
) -> Config:
    """The configuration of nested dictionaries; `together`: also whether the settings fit each other.

    Raises WrongUse with a line a mistake, begun with `before`, or with the option that gave the setting.
    """
    raw, defaults = _without_gone(raw), to_plain(Config())
    found = list(mistakes.unprintable(raw))
    try:
        config = _ADAPTER.validate_python(raw)
    except ValidationError as error:
        details = error.errors(include_url=False)[: MOST_LINES + 1]
        found += [mistakes.described(one, defaults) for one in details]
    wrong = {mistake.name for mistake in found}
    if together:
        found += (one for one in mistakes.contradictions(raw, defaults) if wrong.isdisjoint(one.names))
    if found:
        raise WrongUse("\n".join(mistake.line(before, options) for mistake in found))
    return config


def _without_gone(raw: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(raw)
    for section, key in _GONE:
        if isinstance(kept.get(section), Mapping):
            kept[section] = {name: value for name, value in kept[section].items() if name != key}
    return kept


def did_you_mean(place: list[str]) -> str:
    """What may have been meant by the last of the nested names, or what there is."""
    return mistakes.did_you_mean(place, to_plain(Config()))
