"""config.toml: every setting, its range and its default in one place; every mistake told at once."""

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import click
from annotated_types import Ge, Le, Predicate
from pydantic import BeforeValidator, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from antiphon.bundle import DEFAULT_MODEL
from antiphon.compose.model import Context
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import ShapeSettings
from antiphon.errors import MOST_LINES, Failure, WrongUse, shown
from antiphon.files.read import read_file
from antiphon.listen.key import Key, is_key_or_empty
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.settings import (
    AnswerSettings,
    ClockSettings,
    ControlSettings,
    SessionSettings,
    TempoSettings,
)

FILE = "config.toml"
MAX_FILE_BYTES = 128 << 10
_LONGEST_NAME = 64
_STRICT = {"extra": "forbid"}
LogLevel = Literal["debug", "info", "warning", "error"]


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
    exact           on JACK: whether notes leave at their very frame; needs the package JACK-Client
    """

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    api: Literal["auto", "alsa", "jack", "coremidi", "winmm"] = "auto"
    inputs: Annotated[tuple[str, ...], BeforeValidator(_port_names)] = ()
    output: str = ""
    client_name: Annotated[str, BeforeValidator(_client_name)] = "antiphon"
    input_channel: Annotated[int, Ge(0), Le(16)] = 0
    thru: bool = False
    exact: bool = True
    output_channel: Annotated[int, Ge(1), Le(16)] = 1


@dataclass(frozen=True, slots=True)
class KeySettings:
    """name: "G major", "F# minor", "Am"; empty: heard in what is played."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    name: Annotated[str, Predicate(is_key_or_empty)] = ""


@dataclass(frozen=True, slots=True)
class MemorySettings:
    """file: what the `keep_memory` button writes and the next session begins with; empty: none."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    file: str = ""


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


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a user can set."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    model: ModelSettings = field(default_factory=ModelSettings)
    tempo: TempoSettings = field(default_factory=TempoSettings)
    clock: ClockSettings = field(default_factory=ClockSettings)
    phrase: PhraseSettings = field(default_factory=PhraseSettings)
    answer: AnswerSettings = field(default_factory=AnswerSettings)
    key: KeySettings = field(default_factory=KeySettings)
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    shape: ShapeSettings = field(default_factory=ShapeSettings)
    memory: MemorySettings = field(default_factory=MemorySettings)
    control: ControlSettings = field(default_factory=ControlSettings)
    midi: MidiSettings = field(default_factory=MidiSettings)
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
        )


_ADAPTER = TypeAdapter(Config)


def load(path: Path | None, changes: Mapping[str, object] | None = None) -> Config:
    """The configuration of a file, or of the first usual place that has one, with `changes` laid over it.

    `changes` maps "section.key" to a value; None values are left out. Raises WrongUse with a line a mistake.
    """
    source = path or next((place for place in usual_places() if place.is_file()), None)
    raw = {} if source is None else _read(source)
    for name, value in (changes or {}).items():
        if value is not None:
            section, _, key = name.partition(".")
            if isinstance(settings := raw.setdefault(section, {}), dict):
                settings[key] = value
    return checked(raw, f"{source or 'configuration'}: ")


def usual_places() -> tuple[Path, Path]:
    """Where a configuration is looked for: this folder, then the user's own."""
    return Path(FILE), Path(click.get_app_dir("antiphon")) / FILE


def to_plain(config: Config) -> dict[str, Any]:
    """Nested dictionaries, as in the file."""
    plain: dict[str, Any] = _ADAPTER.dump_python(config, mode="json")
    return plain


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_file(path, MAX_FILE_BYTES).decode("utf-8-sig"))
    except Failure as failure:
        raise WrongUse(failure.message) from None
    except RecursionError:
        raise WrongUse(f"{path}: not TOML: nested too deeply") from None
    except ValueError as error:
        raise WrongUse(f"{path}: not TOML: {error}".replace("\n", " ")) from None


def checked(raw: Mapping[str, Any], before: str = "") -> Config:
    """The configuration of nested dictionaries. Raises WrongUse, each mistake's line begun with `before`."""
    mistakes = list(_unprintable(raw))
    try:
        config = _ADAPTER.validate_python(raw)
    except ValidationError as error:
        mistakes += [_describe(details) for details in error.errors(include_url=False)[: MOST_LINES + 1]]
    if mistakes:
        raise WrongUse("\n".join(f"{before}{mistake}" for mistake in mistakes))
    return config


def _unprintable(raw: Mapping[str, Any]) -> Iterator[str]:
    """What no file and no port is called, and what would move a terminal's cursor."""
    sections = ((name, section) for name, section in raw.items() if isinstance(section, dict))
    for place, value in (
        (f"{_name(s)}.{_name(key)}", value) for s, of in sections for key, value in of.items()
    ):
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and not text.isprintable() for text in texts):
            yield f"{place} must be printable, got {shown(value)}"


def _describe(details: ErrorDetails) -> str:
    place = [_name(part) for part in details["loc"] if part != "[key]"]
    name = ".".join(place)
    if details["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"{name} is not a setting{did_you_mean(place)}"
    message = details["msg"].removeprefix("Input should be ")
    if details["type"] == "predicate_failed":
        message = _RULES[name]
    return f"{name} must be {message}, got {shown(details['input'])}"


def _name(part: str | int) -> str:
    """A name in the file may be any text, of any length."""
    return str(part)[:_LONGEST_NAME].replace("\n", " ")


# What the settings with a rule of their own must be.
_RULES = {
    "tempo.meter": 'a meter such as "3/4", its unit 1, 2, 4, 8, 16 or 32',
    "key.name": 'a key such as "G major", "F# minor" or "Am", or empty',
}


def did_you_mean(place: list[str]) -> str:
    """What may have been meant by the last of the nested names, or what there is."""
    known = _keys_at(place[:-1])
    close = difflib.get_close_matches(place[-1], known, n=1)
    return f"; did you mean {close[0]}?" if close else f" (there are: {', '.join(known)})"


def _keys_at(place: list[str]) -> list[str]:
    here: Any = to_plain(Config())
    for part in place:
        here = here[part]
    return list(here)
