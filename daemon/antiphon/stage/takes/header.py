"""What a take says of itself: all that is needed to play the same again, and its place in a performance."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from antiphon.stage.machine.arithmetic import Arithmetic
from antiphon.stage.takes.tempo_map import TempoMap
from antiphon.timebase import Meter

_CHORD_TABLE = "chord table"


@dataclass(frozen=True, slots=True)
class UsedBundle:
    """A bundle that answers in a take: its name, and the checksums of its weights and its critic, if any."""

    name: str
    checksum: str
    critic: str | None = None


@dataclass(frozen=True, slots=True)
class TakeHeader:
    """What is needed to play the same again. `settings` must be what JSON can say.

    `bundle` answers first; a program change chooses one of `programs`. `remembered` is the memory that the
    performance began with. `arithmetic` is what it was computed with; None in takes made before it was named.
    `chord_table` is the checksum of the file that `[harmony] table` names; None: theory.
    """

    bpm: float
    meter: Meter
    settings: Mapping[str, object]
    bundle: UsedBundle
    random_seed: int
    programs: tuple[UsedBundle, ...] = ()
    remembered: tuple[str, ...] = ()
    arithmetic: Arithmetic | None = None
    chord_table: str | None = None

    def texts(self) -> tuple[str, ...]:
        """The text events of a take: a name, a colon, and JSON."""
        return (
            text("settings", self.settings),
            text("bundle", asdict(self.bundle)),
            text("programs", [asdict(program) for program in self.programs]),
            text("random seed", self.random_seed),
            text("remembered", self.remembered),
            text("time", {"bpm": self.bpm, "meter": str(self.meter)}),
            *([text("arithmetic", asdict(self.arithmetic))] if self.arithmetic is not None else []),
            *([text(_CHORD_TABLE, self.chord_table)] if self.chord_table is not None else []),
        )

    @classmethod
    def of(cls, texts: Mapping[str, Any]) -> "TakeHeader":
        """From text events, by name. Raises ValueError that says what is missing or wrong."""
        try:
            told = {key: texts[name] for key, name in _NAMES} | _time(texts["time"])
            told |= {"arithmetic": texts.get("arithmetic"), "chord_table": texts.get(_CHORD_TABLE)}
            return _HEADER.validate_python(told)
        except KeyError as error:
            raise ValueError(f"its header does not tell the {error.args[0]}") from None
        except ValidationError as error:
            first = error.errors()[0]
            raise ValueError(f"its header's {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a take stands in its performance.

    tempo      what is known of the bars before it
    before     packed records of all that the session was told before it; None where that is too much
    continues  the take whose performance goes on in this one; empty: none
    """

    tempo: TempoMap
    before: bytes | None = b""
    continues: str = ""

    def texts(self) -> tuple[str, ...]:
        known = {"tempo": self.tempo.as_json(), "continues": self.continues, "known": self.before is not None}
        return (text("place", known),)


_HEADER = TypeAdapter(TakeHeader)
_NAMES = (
    ("settings", "settings"),
    ("bundle", "bundle"),
    ("programs", "programs"),
    ("random_seed", "random seed"),
    ("remembered", "remembered"),
)


def _time(said: Any) -> dict[str, Any]:
    if not isinstance(said, dict) or not isinstance(said.get("meter"), str):
        raise ValueError("its header's time is damaged")
    return {"bpm": said.get("bpm"), "meter": asdict(Meter.parse(said["meter"]))}


def text(name: str, value: object) -> str:
    return f"{name}: {json.dumps(value)}"
