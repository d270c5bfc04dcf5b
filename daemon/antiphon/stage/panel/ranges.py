"""The ranges of all settings, as their types say: {"section.key": {"low", "high"} or {"choices"}}."""

import types
from dataclasses import fields
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Le

from antiphon.config import Config


def _ranges() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    sections = get_type_hints(Config)
    for section in (one.name for one in fields(Config)):
        kind = sections[section]
        hints = get_type_hints(kind, include_extras=True)
        for key in (one.name for one in fields(kind)):
            if told := _range(hints[key]):
                found[f"{section}.{key}"] = told
    return found


def _range(hint: Any) -> dict[str, Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"choices": list(arguments)}
    if origin in (Union, types.UnionType):
        return next((told for told in map(_range, arguments) if told), {})
    if origin is Annotated:
        lows = [float(one.ge) for one in arguments[1:] if isinstance(one, Ge)]  # type: ignore[arg-type]
        highs = [float(one.le) for one in arguments[1:] if isinstance(one, Le)]  # type: ignore[arg-type]
        return {"low": lows[0], "high": highs[0]} if lows and highs else _range(arguments[0])
    return {}


RANGES = _ranges()
