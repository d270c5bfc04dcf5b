"""Every setting, its range and its default in one place; every mistake is told at once. Opens no file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from pydantic import TypeAdapter, ValidationError

from antiphon import mistakes
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import ShapeSettings
from antiphon.config_file import lay_over, read_toml, usual_file
from antiphon.config_sections import (
    KeySettings,
    LogSettings,
    MemorySettings,
    MidiSettings,
    ModelSettings,
    OscSettings,
    PanelSettings,
    SoundSettings,
    TakeSettings,
)
from antiphon.errors import MOST_LINES, WrongUse
from antiphon.listen.heard import InputSettings
from antiphon.listen.key import Key
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.settings import (
    AnswerSettings,
    ClickSettings,
    ClockSettings,
    FeelSettings,
    SessionSettings,
    TempoSettings,
)


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a user can set."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

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
