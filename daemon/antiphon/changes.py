"""Settings that change while the music goes on, each by name and value: which can, and to which values.

A change is checked here once; the playing process applies it. Knows no socket and no file.
"""

import difflib
import tomllib
from collections.abc import Mapping
from typing import Any

from antiphon import config
from antiphon.compose.harmony.accompaniment import PARTS
from antiphon.config import Config
from antiphon.config_file import FILE
from antiphon.errors import WrongUse
from antiphon.perform.setting_changes import MODEL_NAME, Changes, SettingChange

# Sections and single settings that only count when the ports and the models are opened. All others live, and
# so do these of such sections.
_LIVE = ("midi.output_latency_ms", MODEL_NAME)
NEXT_START = (
    "model",
    "memory",
    "midi",
    "osc",
    "sound",
    "panel",
    "take",
    "tempo.meter",
    "clock.input",
    "clock.send",
    "clock.output",
    "click.own_port",
    "click.output",
    "harmony.leaps",
    "harmony.table",
    "harmony.bass_port",
    "harmony.chords_port",
    "harmony.second_voice_port",
    "log.file",
)
# A setting that is a table: one of its rows can be changed by itself.
_TABLE = "sampling.weights"
_NO_OPTIONS: Mapping[str, str] = {}
_KINDS = (bool, int, float, str, list, dict)  # TOML has dates, too; no setting is one


def changed(
    settings: Config, changes: Mapping[str, object], options: Mapping[str, str] = _NO_OPTIONS
) -> Config:
    """The settings with some changed, by "section.key". Raises WrongUse with a line a mistake.

    A row of a table is a setting, too: "sampling.weights.r". `options` names the option that gave a change.
    """
    return config.checked(_plain_with(settings, changes, options), options=options)


def check_alone(name: str, value: object) -> None:
    """Raises WrongUse where no Antiphon could change this now, whatever its other settings are."""
    config.checked(_plain_with(Config(), {name: value}), together=False)
    _refuse_next_start(name)


def _plain_with(
    settings: Config, changes: Mapping[str, object], options: Mapping[str, str] = _NO_OPTIONS
) -> dict[str, Any]:
    raw = config.to_plain(settings)
    for name, value in changes.items():
        *sections, key = _parts(name, options.get(name, name))
        here = raw
        for section in sections:
            here = here[section]
        here[key] = value
    return raw


def takes_effect_now(name: str) -> bool:
    """Whether a setting can be changed while the music goes on."""
    return name in _LIVE or not any(name == one or name.startswith(f"{one}.") for one in NEXT_START)


def needs_restart(before: Config, after: Config) -> tuple[str, ...]:
    """The settings that differ and only take effect at the next start."""
    old, new = _flat(before), _flat(after)
    differ = (name for name in old if old[name] != new[name])
    return tuple(name for name in differ if not _counts_when_read(name) or _is_of_own_port(before, name))


def _counts_when_read(name: str) -> bool:
    """Whether a setting of the file can be changed: a model of the file is loaded at the start."""
    return takes_effect_now(name) and name != MODEL_NAME


def _is_of_own_port(settings: Config, name: str) -> bool:
    """Whether it is the channel of a part with a port of its own: by its channel it is told where it goes."""
    return any(settings.harmony.port_of(part) and name == f"harmony.{part}_channel" for part in PARTS)


def change_now(settings: Config, name: str, value: object) -> Changes:
    """The change of one setting, checked beside the others in force.

    Raises WrongUse, also where the setting only takes effect at the next start.
    """
    after = changed(settings, {name: value})
    _refuse_next_start(name)
    if _is_of_own_port(settings, name):
        raise WrongUse(f"{name} only takes effect at the next start, as the part has a port of its own")
    return (_change(after, name),)


def _refuse_next_start(name: str) -> None:
    if not takes_effect_now(name):
        raise WrongUse(f"{name} only takes effect at the next start; set it in {FILE}")


def reread(before: Config, after: Config, now: Config) -> Changes:
    """The changes to make where the file's settings, `before`, have become `after`, and `now` are in force.

    What was changed in another way stays, unless it was changed in the file, too. Raises WrongUse where the
    settings then in force do not go together.
    """
    old, new = _flat(before), _flat(after)
    differ = (name for name in old if old[name] != new[name] and not _is_of_own_port(now, name))
    names = [name for name in differ if _counts_when_read(name)]
    changed(now, {name: new[name] for name in names})
    return tuple(_change(after, name) for name in names)


def _change(settings: Config, name: str) -> SettingChange:
    """The change that gives a setting the value that it has in `settings`."""
    section, key, *row = name.split(".", 2)
    value = getattr(getattr(settings, section), key)
    return SettingChange(name, value[row[0]] if row else value)


def value_of(text: str) -> object:
    """What is meant on a command line: a value as TOML writes it, or else the text itself."""
    try:
        read = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    value = read["value"]
    return value if read.keys() == {"value"} and isinstance(value, _KINDS) else text


def _flat(settings: Config) -> dict[str, Any]:
    sections = config.to_plain(settings).items()
    return {f"{section}.{key}": value for section, keys in sections for key, value in keys.items()}


def _parts(name: str, called: str) -> list[str]:
    """Of the name of a setting. Raises WrongUse that calls it `called`, with the one that may be meant."""
    names, parts = list(_flat(Config())), name.split(".", 2)
    if name in names or (name.startswith(f"{_TABLE}.") and parts[-1]):
        return parts
    raise WrongUse(f"{called} is not a setting{_meant(name, names)}")


def _meant(name: str, names: list[str]) -> str:
    section, _, key = name.partition(".")
    if any(one.startswith(f"{section}.") for one in names):
        return config.did_you_mean([section, key])
    # A control has the name of what it turns, which is the likelier to be meant.
    by_key = {one.partition(".")[2]: one for one in sorted(names, key=_is_no_control)}
    close = difflib.get_close_matches(name, names, n=1) if key else []
    close += [by_key[one] for one in difflib.get_close_matches(key or section, by_key, n=1)]
    return f"; did you mean {close[0]}?" if close else f" ({FILE} lists them, such as tempo.bpm)"


def _is_no_control(name: str) -> bool:
    return not name.startswith("control.")
