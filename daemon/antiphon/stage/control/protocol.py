"""Requests to a running Antiphon and its replies: one JSON object a line, each way.

    {"command": "status"}                                         its state: {"ok": true, "status": {…}}
    {"command": "set", "name": "tempo.bpm", "value": 96}          one setting, as in config.toml
    {"command": "panic"}                                          silence, at once
    {"command": "again"}                                          another answer to the same phrase
    {"command": "motif"}                                          the next answer keeps its motif
    {"command": "reload"}                                         the configuration file is read again
    {"command": "stop"}                                           the end, as after Ctrl-C

A request is at most 64 KiB long and has no other fields. The reply is {"ok": true, …} or
{"ok": false, "error": "one line"}, with "reason": "starting" while nothing can be asked yet.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from antiphon.errors import Failure, WrongUse

LONGEST_BYTES = 65_536
_LONGEST_ERROR = 500
_STRICT = {"extra": "forbid", "strict": True, "allow_inf_nan": False}

Scalar = bool | int | float | str
Value = Scalar | list[Scalar] | dict[str, Scalar]


@dataclass(frozen=True, slots=True)
class Command:
    """A request without arguments."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    command: Literal["status", "panic", "again", "motif", "reload", "stop"]


@dataclass(frozen=True, slots=True)
class SetOne:
    """Give a setting a value; the name as in config.toml, "section.key"."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT

    name: str
    value: Value
    command: Literal["set"] = "set"


Request = Command | SetOne


@dataclass(frozen=True, slots=True)
class Done:
    """It is done; `said` are further fields of the reply."""

    said: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """It is not done; one line says why. `reason` is for programs, where they tell it from others."""

    error: str
    reason: str = ""


Reply = Done | Refused
STARTING = "starting"


class Starting(Failure):
    """Antiphon begins, and does not take requests yet."""


_ADAPTER: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="command")])


def read_request(line: bytes) -> Request:
    """The request that a line holds. Raises WrongUse, whatever the bytes, where it holds none."""
    try:
        return _ADAPTER.validate_json(line)
    except ValidationError as error:
        raise WrongUse(f"not a request: {_told(error.errors(include_url=False)[0])}") from None


def _told(mistake: ErrorDetails) -> str:
    if mistake["type"].startswith("union_tag"):
        return "command must be status, set, panic, again, motif, reload or stop"
    place, message = mistake["loc"], mistake["msg"].removeprefix("Input should be ")
    if place[1:2] == ("value",) and mistake["type"] != "missing":
        return "value must be true or false, a number, a text, or a list or a table of these"
    return f"{place[-1]}: {message}" if place else message


def write_request(request: Request) -> bytes:
    return _ADAPTER.dump_json(request) + b"\n"


def write_reply(reply: Reply) -> bytes:
    if isinstance(reply, Done):
        return json.dumps({"ok": True, **reply.said}).encode() + b"\n"
    error = " ".join(reply.error.split())[:_LONGEST_ERROR]
    reason = {"reason": reply.reason} if reply.reason else {}
    return json.dumps({"ok": False, "error": error, **reason}).encode() + b"\n"


def read_reply(line: bytes) -> Reply:
    """The reply that a line holds. Raises ValueError where it holds none."""
    said = json.loads(line)
    if not isinstance(said, dict) or not isinstance(said.get("ok"), bool):
        raise ValueError("not a reply")
    if said.pop("ok"):
        return Done(said)
    return Refused(str(said.get("error", "")), str(said.get("reason", "")))
