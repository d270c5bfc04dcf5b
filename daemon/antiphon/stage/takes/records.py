"""Reports as compact JSON and back, exact to the last digit: what a take is replayed from.

A value is a list: its kind, then its fields in order. Whatever is read is checked against the fields' types.
"""

import json
import types
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from functools import cache
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from antiphon.errors import shown
from antiphon.events import (
    Clocked,
    ClockSignal,
    ControlChange,
    GridNote,
    Lead,
    NoteOff,
    NoteOn,
    ProgramChange,
    Timed,
    Turned,
)
from antiphon.listen.heard import NO_SPLIT, InputSettings
from antiphon.listen.key import Key
from antiphon.perform.answer_reports import (
    Accompanied,
    Answered,
    ChordGuessed,
    ChordsHeard,
    Heard,
    Hurried,
    NamedChord,
    Planned,
    Written,
)
from antiphon.perform.reports import (
    Asked,
    BarsBegun,
    Begun,
    Ended,
    Followed,
    Handover,
    Joined,
    Led,
    Pressed,
    Received,
    Released,
    Report,
    Sent,
)
from antiphon.perform.setting_changes import SettingChange, applied
from antiphon.perform.settings import SessionSettings
from antiphon.perform.take_records import Closed, Lost, TakeRecord
from antiphon.perform.transport import Transport
from antiphon.timebase import Grid, Meter

# Kinds are never renamed nor used again for something else: takes are kept for years.
_KINDS: dict[str, type] = {
    "begun": Begun,
    "joined": Joined,
    "bars": BarsBegun,
    "change": SettingChange,
    "in": Received,
    "led": Led,
    "asked": Asked,
    "out": Sent,
    "released": Released,
    "heard": Heard,
    "chords": ChordsHeard,
    "chord": NamedChord,
    "guessed": ChordGuessed,
    "accompanied": Accompanied,
    "followed": Followed,
    "written": Written,
    "planned": Planned,
    "hurried": Hurried,
    "answered": Answered,
    "pressed": Pressed,
    "ended": Ended,
    "lost": Lost,
    "closed": Closed,
    "t": Timed,
    "k": Turned,
    "on": NoteOn,
    "off": NoteOff,
    "cc": ControlChange,
    "pc": ProgramChange,
    "clock": Clocked,
    "signal": ClockSignal,
    "lead": Lead,
    "note": GridNote,
    "grid": Grid,
    "meter": Meter,
    "key": Key,
    "transport": Transport,
    "left": Handover,
}
_GROWN = (Heard, Handover)  # kinds that got fields since the first version
_NAMES = {kind: name for name, kind in _KINDS.items()}
RECORDED: tuple[type, ...] = get_args(TakeRecord)
_MANY, _SETTINGS = "many", "settings"
_ADAPTER = TypeAdapter(SessionSettings)
_LARGEST = 1e12

Check = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Line:
    """A record, and the line of JSON that says it."""

    record: TakeRecord
    data: bytes


def line_of(report: Report) -> Line | None:
    """The line of a report; None for one that is not recorded."""
    return Line(record := cast(TakeRecord, report), write(record)) if isinstance(report, RECORDED) else None


def write(record: TakeRecord) -> bytes:
    """One line of JSON, without its end."""
    return json.dumps(_plain(record), separators=(",", ":")).encode()


def read(line: bytes) -> TakeRecord:
    """The record that a line holds. Raises ValueError that says what is wrong with it."""
    try:
        record = _value(json.loads(line))
    except RecursionError:
        raise ValueError("a record is nested without end") from None
    except TypeError as error:
        raise ValueError(str(error)) from None
    if not isinstance(record, RECORDED):
        raise ValueError(f"a record must be one of {', '.join(_NAMES[kind] for kind in RECORDED)}")
    return cast(TakeRecord, record)


def pack(lines: Iterable[bytes]) -> bytes:
    """Many records, compressed."""
    return zlib.compress(b"\n".join(lines))


def _plain(value: Any) -> Any:
    if isinstance(value, SessionSettings):
        return [_SETTINGS, _ADAPTER.dump_python(value, mode="json")]
    if isinstance(value, tuple):
        return [_MANY, *map(_plain, value)]
    kind: Any = type(value)
    if (name := _NAMES.get(kind)) is None:
        return value
    return [name, *(_plain(getattr(value, field)) for field in _fields(kind))]


def _value(plain: Any) -> Any:
    if not isinstance(plain, list):
        return plain
    if not plain or not isinstance(plain[0], str):
        raise ValueError("a list must begin with its kind")
    name, *given = plain
    if name == _MANY:
        return tuple(_value(one) for one in given)
    if name == _SETTINGS and len(given) == 1:
        return _settings(given[0])
    if (kind := _KINDS.get(name)) is None:
        raise ValueError(f"{shown(name)} is no kind of record that this Antiphon knows")
    return _made(cast(Any, kind), name, [_value(one) for one in given])


def _settings(plain: Any) -> SessionSettings:
    try:
        settings: SessionSettings = _ADAPTER.validate_python(plain)
        return _as_then(settings, plain) if isinstance(plain, dict) else settings
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"])) or "settings"
        raise ValueError(f"{shown(name)}: {first['msg']}") from None


def _as_then(settings: SessionSettings, plain: dict[str, Any]) -> SessionSettings:
    """What a take of an earlier version does not say has the value that the program had then."""
    if "input" not in plain:  # every note was heard
        settings = replace(settings, input=InputSettings(min_ms=0.0))
    if "split" not in plain.get("input", {}):  # one hand was heard
        settings = replace(settings, input=replace(settings.input, split=NO_SPLIT))
    if "feel" not in plain:  # none was learned
        settings = replace(settings, feel=None)
    if "candidates" not in plain.get("answer", {}):
        settings = replace(settings, answer=replace(settings.answer, candidates=1))
    if "program_change" not in plain.get("answer", {}):
        settings = replace(settings, answer=replace(settings.answer, program_change="answer"))
    if "endings" not in plain.get("shape", {}):
        settings = replace(settings, shape=replace(settings.shape, endings=False))
    if "follow" not in plain.get("harmony", {}):  # what was played during an answer was not heard
        settings = replace(settings, harmony=replace(settings.harmony, follow=False))
    if "tied" not in plain.get("harmony", {}):  # under the player each half bar was struck anew
        settings = replace(settings, harmony=replace(settings.harmony, tied=False))
    if "leaps" not in plain.get("harmony", {}):  # all notes at a place said as much of their chord
        settings = replace(settings, harmony=replace(settings.harmony, leaps=False))
    if "adapts" not in plain.get("sampling", {}):  # the memory was as loud in every phrase
        settings = replace(settings, sampling=replace(settings.sampling, adapts=False))
    if "modes" not in plain:
        settings = replace(settings, modes=("answer", "continue", "trade"))
    if "downbeat" not in plain.get("tempo", {}):
        settings = replace(settings, tempo=replace(settings.tempo, downbeat="first"))
    return settings


def _made(kind: Any, name: str, values: Sequence[Any]) -> Any:
    checks = _checks(kind)
    missing = len(checks) - len(values)
    if kind in _GROWN and 0 < missing <= len(_defaults(kind)):
        values = [*values, *_defaults(kind)[-missing:]]
    if len(values) != len(checks):
        raise ValueError(f'"{name}" has {len(checks)} fields, got {len(values)}')
    for (field, fits), value in zip(checks, values, strict=True):
        if not fits(value):
            raise ValueError(f'"{name}": {field} cannot be {shown(value)}')
    made = kind(*values)
    if isinstance(made, SettingChange):
        _check_change(made)
    return made


def _check_change(change: SettingChange) -> None:
    """Raises ValueError where no session has such a setting, or not such a value."""
    try:
        plain = _ADAPTER.dump_python(applied(SessionSettings(), change.name, change.value), warnings=False)
    except (AttributeError, TypeError, ValueError):
        raise ValueError(f"{shown(change.name)} is not a setting of a session") from None
    _settings(plain)


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _defaults(kind: Any) -> tuple[Any, ...]:
    """Of the last fields, which records of earlier versions do not have."""
    return tuple(field.default for field in fields(kind) if field.default is not MISSING)


@cache
def _checks(kind: Any) -> tuple[tuple[str, Check], ...]:
    """What each field must be, from its annotation."""
    hints = get_type_hints(kind)
    return tuple((name, _check(hints[name])) for name in _fields(kind))


def _check(hint: Any) -> Check:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        checks = tuple(_check(one) for one in arguments)
        return lambda value: any(fits(value) for fits in checks)
    if origin is Literal:
        return lambda value: isinstance(value, str) and value in arguments
    if origin is tuple:
        fits_each = _check(arguments[0])
        return lambda value: isinstance(value, tuple) and all(map(fits_each, value))
    if origin is dict:
        return lambda value: isinstance(value, dict)
    if hint is float:
        # Something that was never reached is at minus infinity.
        return lambda value: type(value) in (float, int) and (abs(value) < _LARGEST or value == -float("inf"))
    if hint in (int, bool, str, type(None)):
        return lambda value: type(value) is hint
    return lambda value: isinstance(value, hint)


def read_all(lines: Iterable[bytes]) -> Iterator[TakeRecord]:
    """Raises ValueError naming the first record that is not one."""
    for place, line in enumerate(lines, 1):
        try:
            yield read(line)
        except ValueError as error:
            raise ValueError(f"record {place}: {error}") from None
