"""config.toml: every setting, its range and its default in one place; every mistake told at once."""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar

import click
from annotated_types import Ge, Le
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from antiphon.bundle import DEFAULT_MODEL
from antiphon.compose.model import Context
from antiphon.compose.sampling import SamplingSettings
from antiphon.errors import WrongUse
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.session import AnswerSettings, SessionSettings, TempoSettings

FILE = "config.toml"
_STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """name: a bundle that ships, or a folder. context: "stream", "window", or "" for what the bundle says."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    name: str = DEFAULT_MODEL
    context: Context | None = None


@dataclass(frozen=True, slots=True)
class MidiSettings:
    """output_channel: 1–16, where the answer goes."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    output_channel: Annotated[int, Ge(1), Le(16)] = 1


@dataclass(frozen=True, slots=True)
class TakeSettings:
    """folder: where recordings are written; made if missing."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    folder: str = "takes"


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a user can set."""

    __pydantic_config__: ClassVar[dict[str, str]] = _STRICT

    model: ModelSettings = field(default_factory=ModelSettings)
    tempo: TempoSettings = field(default_factory=TempoSettings)
    phrase: PhraseSettings = field(default_factory=PhraseSettings)
    answer: AnswerSettings = field(default_factory=AnswerSettings)
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    midi: MidiSettings = field(default_factory=MidiSettings)
    take: TakeSettings = field(default_factory=TakeSettings)

    @property
    def session(self) -> SessionSettings:
        """The part that shapes the music; the channel counted from 0."""
        return SessionSettings(
            self.tempo, self.phrase, self.answer, self.sampling, self.midi.output_channel - 1
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
            raw.setdefault(section, {})[key] = value
    return _checked(raw, str(source or "configuration"))


def usual_places() -> tuple[Path, Path]:
    """Where a configuration is looked for: this folder, then the user's own."""
    return Path(FILE), Path(click.get_app_dir("antiphon")) / FILE


def to_plain(config: Config) -> dict[str, Any]:
    """Nested dictionaries, as in the file."""
    plain: dict[str, Any] = _ADAPTER.dump_python(config, mode="json")
    return plain


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongUse(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongUse(f"{path}: not TOML: {error}") from None


def _checked(raw: dict[str, Any], source: str) -> Config:
    try:
        return _ADAPTER.validate_python(raw)
    except ValidationError as error:
        mistakes = [_describe(details) for details in error.errors()]
        raise WrongUse("\n".join(f"{source}: {mistake}" for mistake in mistakes)) from None


def _describe(details: ErrorDetails) -> str:
    place = [str(part) for part in details["loc"] if part != "[key]"]
    name = ".".join(place)
    if details["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"{name} is not a setting{_did_you_mean(place)}"
    message = details["msg"].removeprefix("Input should be ")
    if details["type"] == "predicate_failed":  # the meter is the only setting with a rule of its own
        message = 'a meter such as "3/4", its unit 1, 2, 4, 8, 16 or 32'
    return f"{name} must be {message}, got {details['input']!r}"


def _did_you_mean(place: list[str]) -> str:
    known = _keys_at(place[:-1])
    close = difflib.get_close_matches(place[-1], known, n=1)
    return f"; did you mean {close[0]}?" if close else f" (there are: {', '.join(known)})"


def _keys_at(place: list[str]) -> list[str]:
    here: Any = to_plain(Config())
    for part in place:
        here = here[part]
    return list(here)
