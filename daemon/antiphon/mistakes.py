"""What is wrong with a configuration, in words: one line for each mistake. Knows no file."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

from antiphon.compose.harmony.accompaniment import PARTS
from antiphon.errors import shown

SUSTAIN_PEDAL = 64
_LONGEST_NAME = 64
# What the settings with a rule of their own must be.
_RULES = {
    "tempo.meter": '"heard", or a meter such as "3/4", its unit 1, 2, 4, 8, 16 or 32',
    "feel.swing": '"follow", or a ratio of 1.0–3.0',
    "input.split": '"hands", "none", or a note from 1 to 127',
    "key.name": 'a key such as "G major", "F# minor" or "Am", or empty',
}
# Of these pairs of a section, the first must not be above the second.
_ORDERED = (
    ("sampling", "min_temperature", "max_temperature"),
    ("sampling", "low_entropy", "high_entropy"),
    ("input", "lowest_note", "highest_note"),
)
_HEARD = "heard"
_THIS_MACHINE = ("127.0.0.1", "localhost")
# Goes out to a pad's light, whose number is usually that of the pad's button.
_SENT = "state"


@dataclass(frozen=True, slots=True)
class Mistake:
    """`what` follows the name of the setting; `others` are settings that the mistake also depends on."""

    name: str
    what: str
    others: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Of all settings that it is about."""
        return (self.name, *self.others)

    def line(self, before: str, options: Mapping[str, str]) -> str:
        """The mistake, told of the option that gave a setting, by the setting's name; else after `before`."""
        if (option := options.get(self.name)) is not None:
            return f"{option}{self.what}"
        for name, option in options.items():
            if name in self.others or _within(name, self.name) or _within(self.name, name):
                return f"{option}: {self.name}{self.what}"
        return f"{before}{self.name}{self.what}"


def _within(name: str, other: str) -> bool:
    return name.startswith(f"{other}.")


def unprintable(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    """Texts that no file and no port is called, and that would move a terminal's cursor."""
    for section, settings in raw.items():
        for key, value in settings.items() if isinstance(settings, dict) else ():
            texts = value if isinstance(value, list) else [value]
            if any(isinstance(text, str) and not text.isprintable() for text in texts):
                yield Mistake(f"{_name(section)}.{_name(key)}", f" must be printable, got {shown(value)}")


def described(details: ErrorDetails, defaults: Mapping[str, Any]) -> Mistake:
    """A value that is not of its setting's type or range, or a name that is no setting's."""
    place = [_name(part) for part in details["loc"] if part != "[key]"]
    name = ".".join(place)
    if details["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return Mistake(name, f" is not a setting{did_you_mean(place, defaults)}")
    message = details["msg"].removeprefix("Input should be ")
    if details["type"] == "predicate_failed":
        message = _RULES[name]
    return Mistake(name, f" must be {message}, got {shown(details['input'])}")


def did_you_mean(place: Sequence[str], defaults: Mapping[str, Any]) -> str:
    """What may have been meant by the last of the nested names, or what there is."""
    known: Any = defaults
    for part in place[:-1]:
        known = known[part]
    close = difflib.get_close_matches(place[-1], known, n=1)
    return f"; did you mean {close[0]}?" if close else f" (there are: {', '.join(known)})"


def contradictions(raw: Mapping[str, Any], defaults: Mapping[str, Any]) -> Iterator[Mistake]:
    """Settings that are allowed one by one, but not together. What `raw` leaves out has its default."""
    for section, low, high in _ORDERED:
        settings = _with_defaults(raw, defaults, section)
        if _is_number(settings[low]) and _is_number(settings[high]) and settings[low] > settings[high]:
            highest = f"{section}.{high}"
            what = f" must not be above {highest} ({shown(settings[high])}), got {shown(settings[low])}"
            yield Mistake(f"{section}.{low}", what, (highest,))
    tempo = _with_defaults(raw, defaults, "tempo")
    if tempo["meter"] == _HEARD and tempo["downbeat"] == "first":
        what = f' can be "{_HEARD}" only where tempo.downbeat is "{_HEARD}", too'
        yield Mistake("tempo.meter", what, ("tempo.downbeat",))
    yield from _ports_without_channel(raw, defaults)
    yield from _told_to_itself(_with_defaults(raw, defaults, "osc"))
    yield from _shared_numbers(_with_defaults(raw, defaults, "control"))


def _ports_without_channel(raw: Mapping[str, Any], defaults: Mapping[str, Any]) -> Iterator[Mistake]:
    """Where a part has a port of its own, its channel alone says that a note is its own."""
    harmony = _with_defaults(raw, defaults, "harmony")
    taken = {"midi.output_channel": _with_defaults(raw, defaults, "midi")["output_channel"]}
    taken |= {f"harmony.{part}_channel": harmony[f"{part}_channel"] for part in PARTS}
    for part in (part for part in PARTS if harmony[f"{part}_port"]):
        here, channel = f"harmony.{part}_channel", harmony[f"{part}_channel"]
        for name, other in taken.items():
            if name != here and other == channel:
                what = f" must not be that of {name}, {shown(channel)}, where the part has a port of its own"
                yield Mistake(here, what, (name, f"harmony.{part}_port"))


def _told_to_itself(osc: Mapping[str, Any]) -> Iterator[Mistake]:
    """What it tells would come back to it."""
    targets = osc["targets"] if isinstance(osc["targets"], list | tuple) else [osc["targets"]]
    for host in _THIS_MACHINE:
        if (target := f"{host}:{osc['port']}") in targets:
            yield Mistake("osc.targets", f" must not be the port of [osc] itself, {target}", ("osc.port",))


def _shared_numbers(control: Mapping[str, Any]) -> Iterator[Mistake]:
    first: dict[int, str] = {}
    for name, number in control.items():
        if not isinstance(number, int) or isinstance(number, bool):
            continue
        here = f"control.{name}"
        if number == SUSTAIN_PEDAL:
            yield Mistake(here, f" must not be {number}, which is the sustain pedal")
        elif name != _SENT and first.setdefault(number, here) != here:
            yield Mistake(here, f" must not have the number of {first[number]}, {number}", (first[number],))


def _with_defaults(raw: Mapping[str, Any], defaults: Mapping[str, Any], section: str) -> dict[str, Any]:
    given = raw.get(section)
    return {**defaults[section], **(given if isinstance(given, dict) else {})}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _name(part: str | int) -> str:
    """A name in the file may be any text, of any length."""
    return str(part)[:_LONGEST_NAME].replace("\n", " ")
