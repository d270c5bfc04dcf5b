"""Damage: bytes flipped, cut, doubled and spliced, length fields made to lie, values replaced by odd ones."""

import datetime
import json
import random
import struct
from collections.abc import Callable
from typing import Any

ODD_BYTES = (0x00, 0x7F, 0x80, 0xFF, 0xF0, 0xF7, 0x0A)
ODD_NUMBERS = (
    0,
    -1,
    1,
    2,
    127,
    128,
    255,
    2**31,
    2**32,
    2**63,
    2**64,
    10**400,
    -(10**30),
    1e308,
    5e-324,
    -0.0,
)
ODD_FLOATS = (float("nan"), float("inf"), float("-inf"))
ODD_TEXTS = (
    "",
    "\0",
    "\n",
    "a\x1b[2Jb",
    "\u202eabc",
    "x" * 5000,
    "../../../etc/passwd",
    "/dev/zero",
    "9" * 5000,
    "60 " * 5000,
    "٣/٤",
    "4/0",
    "0/4",
    "65/4",
    "nan",
    "C# locrian",
    "essen",
    "_",
    "r",
    "/",
    "%s{}",
)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """One to four kinds of damage, one after the other."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        data = chance.choice(_DAMAGES)(data, chance)
    return data


def _flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8) if data else 0):
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _replace(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4) if data else 0):
        changed[chance.randrange(len(data))] = chance.choice((*ODD_BYTES, chance.randrange(256)))
    return bytes(changed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randint(0, len(data))]


def _take_out(data: bytes, chance: random.Random) -> bytes:
    begin, end = _stretch(data, chance)
    return data[:begin] + data[end:]


def _double(data: bytes, chance: random.Random) -> bytes:
    begin, end = _stretch(data, chance)
    return data[:end] + data[begin:end] * chance.choice((1, 2, 50)) + data[end:]


def _splice(data: bytes, chance: random.Random) -> bytes:
    begin, end = _stretch(data, chance)
    at = chance.randint(0, len(data))
    return data[:at] + data[begin:end] + data[at:]


def _insert(data: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(data))
    odd = bytes([chance.choice(ODD_BYTES)]) * chance.choice((1, 4, 300, 5000))
    return data[:at] + chance.choice((odd, chance.randbytes(chance.randint(1, 40)))) + data[at:]


def _lie(data: bytes, chance: random.Random) -> bytes:
    """Two or four bytes anywhere become a length that is not, in either order."""
    form = chance.choice(("<H", ">H", "<I", ">I"))
    width = struct.calcsize(form)
    if len(data) < width:
        return data
    at = chance.randint(0, len(data) - width)
    top = (1 << 8 * width) - 1
    value = chance.choice((0, 1, top, top >> 1, top - 1, len(data), chance.randint(0, top)))
    return data[:at] + struct.pack(form, value & top) + data[at + width :]


def _stretch(data: bytes, chance: random.Random) -> tuple[int, int]:
    begin = chance.randint(0, len(data))
    return begin, min(len(data), begin + chance.choice((1, 3, 16, 200)))


Damage = Callable[[bytes, random.Random], bytes]
_DAMAGES: tuple[Damage, ...] = (_flip, _replace, _cut, _take_out, _double, _splice, _insert, _lie)


def odd_value(value: Any, chance: random.Random) -> Any:
    """Something else in a value's place: near it, of its type or of none that fits."""
    if isinstance(value, bool):
        near: Any = not value
    elif isinstance(value, int | float):
        near = chance.choice((value + 1, -value, value * 1000, value * value, str(value)[:99]))
    elif isinstance(value, str):
        near = chance.choice((value[1:], value * 2, value.upper(), value + "\n", [value]))
    elif isinstance(value, list):
        near = chance.choice((value[1:], value * 2, value[::-1], [value], [*value, None]))
    else:
        near = None
    nothing = chance.choice((None, True, [], {}, [[]], [1, "a"], {"a": 1}, {"": {"": []}}))
    odd = (chance.choice(ODD_NUMBERS), chance.choice(ODD_FLOATS), chance.choice(ODD_TEXTS))
    return chance.choice((near, near, nothing, *odd))


def misshapen(value: Any, chance: random.Random) -> Any:
    """A copy of nested lists and dictionaries with one to three odd values, missing or unknown names."""
    copy = json.loads(json.dumps(value))
    for _ in range(chance.choice((1, 1, 2, 3))):
        holder = _some_holder(copy, chance)
        if isinstance(holder, dict):
            _misshape_names(holder, chance)
        elif holder:
            place = chance.randrange(len(holder))
            holder[place] = odd_value(holder[place], chance)
    return copy


def _misshape_names(holder: dict[str, Any], chance: random.Random) -> None:
    how = chance.random()
    if how < 0.1 or not holder:
        holder[chance.choice(("surprise", "", "a\nb", "x" * 3000, "format"))] = chance.choice(ODD_NUMBERS)
    elif how < 0.2:
        del holder[chance.choice(list(holder))]
    else:
        name = chance.choice(list(holder))
        holder[name] = odd_value(holder[name], chance)


def _some_holder(value: Any, chance: random.Random) -> Any:
    """A list or a dictionary anywhere within."""
    here = value
    while True:
        inner = here.values() if isinstance(here, dict) else here
        holders = [each for each in inner if isinstance(each, list | dict)]
        if not holders or chance.random() < 0.4:
            return here
        here = chance.choice(holders)


def as_toml(value: dict[str, Any]) -> str:
    """Sections of settings as TOML, odd values included as far as TOML can say them."""
    lines = []
    for name, section in value.items():
        if isinstance(section, dict):
            lines.append(f"[{json.dumps(name)}]")
            lines += [f"{json.dumps(key)} = {_toml(each)}" for key, each in section.items()]
        else:
            lines.insert(0, f"{json.dumps(name)} = {_toml(section)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool | int | str):
        return json.dumps(value) if not isinstance(value, int) or abs(value) < 10**4000 else "0"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items()) + "}"
    return datetime.date(2020, 1, 1).isoformat()
