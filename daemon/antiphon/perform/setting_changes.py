"""A setting that changes during the music travels as its name and its value, and is put in here."""

from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar, get_args

from antiphon.listen.key import Key
from antiphon.perform.controls.control_settings import Button, Knob
from antiphon.perform.settings import SessionSettings

# A value as config.toml has it; a table is one of weights.
SettingValue = bool | int | float | str | dict[str, float] | None
Settings = TypeVar("Settings")


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One setting gets another value; `name` is as in config.toml, and the value was checked."""

    name: str
    value: SettingValue


# Two changes of a session are no settings of its own: what the next control change is to do, and who answers.
LEARN, MODEL_NAME = "learn", "model.name"
Changes = tuple[SettingChange, ...]  # that count together, from one moment on


def applied(settings: Settings, name: str, value: SettingValue) -> Settings:
    """The settings with one of them replaced, whether a configuration's or a session's.

    `name` is as in config.toml; a row of a table has a name of its own: "sampling.weights.r".
    """
    section, _, key = name.partition(".")
    if name in (LEARN, MODEL_NAME) and isinstance(settings, SessionSettings):
        if not (
            isinstance(value, str)
            if name == MODEL_NAME
            else value in (None, *get_args(Knob), *get_args(Button))
        ):
            raise ValueError(f"{name} cannot be {value!r}")
        return settings
    if name == "key.name" and isinstance(settings, SessionSettings):
        values: dict[str, Any] = {"key": Key.parse(str(value)) if value else None}
    elif name == "key.strict" and isinstance(settings, SessionSettings):
        values = {"strict_key": value}
    elif section == "midi" and isinstance(settings, SessionSettings):
        values = {key: value}
    else:
        values = {section: _replaced(getattr(settings, section), key, value)}
    return _with(settings, values)


def _with(settings: Settings, values: dict[str, Any]) -> Settings:
    whole: Any = settings
    changed: Settings = replace(whole, **values)
    return changed


def _replaced(section: Any, key: str, value: SettingValue) -> Any:
    key, _, row = key.partition(".")
    return replace(section, **{key: {**getattr(section, key), row: value} if row else value})


def differences(before: SessionSettings, after: SessionSettings) -> Changes:
    """The settings of a session that differ, less those that no session changes: channel and meter."""
    changes = [
        SettingChange(f"{section}.{one.name}", getattr(getattr(after, section), one.name))
        for section in ("tempo", "phrase", "answer", "harmony", "sampling", "shape", "control", "clock")
        for one in fields(getattr(after, section))
        if getattr(getattr(after, section), one.name) != getattr(getattr(before, section), one.name)
    ]
    if after.key != before.key:
        changes.append(SettingChange("key.name", "" if after.key is None else str(after.key)))
    return tuple(change for change in changes if change.name != "tempo.meter")
