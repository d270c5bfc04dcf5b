"""A score before it is read, and what it says of its melody: plain values that can be kept as JSON."""

from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from antiphon.midi.voice_choice import ANY_VOICE, Wanted

# Counted up whenever a score is read differently (abc_melody, melody, scores), so that old readings are left.
PARSER_VERSION = 4
# How a key begins that is known by its signature alone: "signature -3" is E flat major or C minor.
SIGNATURE = "signature"
FORMATS = {
    ".krn": "kern",
    ".abc": "abc",
    ".musicxml": "musicxml",
    ".xml": "musicxml",
    ".mxl": "musicxml",
    ".mid": "midi",
    ".midi": "midi",
    ".kar": "midi",
    ".rmi": "midi",
}


class UnreadableError(Exception):
    """A score that cannot be read; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A note or a rest (`pitch` None), in quarters; `written`: the durations that ties joined into it."""

    onset: float
    duration: float
    written: tuple[float, ...]
    pitch: int | None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a song between long rests: from its first note to the end of a bar, in quarters.

    Meter, pickup, bars and key are its own, as in `ParsedSong`.
    """

    begin: float
    end: float
    meter: str | None
    pickup: float
    bars_off: int
    key: str | None


@dataclass(frozen=True, slots=True)
class ParsedSong:
    """What a score says of its melody. `pickup` in quarters; `key` as written: "D dorian", "G" alone, or a
    signature, "signature 2".

    Of a score with several voices, `track` is the name or the number of the one that was read, and `voice`
    says in words which one that is and why. `sections` are those that long rests divide it into, if any do.
    """

    title: str
    source: str
    sounds: tuple[Sound, ...]
    meters: tuple[str, ...]
    pickup: float
    key: str | None
    bars_off: int = 0
    track: str | int | None = None
    voice: str = ""
    sections: tuple[Section, ...] = ()

    @property
    def length(self) -> float:
        """To the end of the last note or rest, in quarters."""
        return max((sound.onset + sound.duration for sound in self.sounds), default=0.0)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, read: dict[str, Any]) -> "ParsedSong":
        """Raises KeyError or TypeError where the values are not those of a song."""
        sounds = tuple(
            Sound(each["onset"], each["duration"], tuple(each["written"]), each["pitch"])
            for each in read["sounds"]
        )
        sections = tuple(Section(**each) for each in read["sections"])
        return cls(**{**read, "sounds": sounds, "meters": tuple(read["meters"]), "sections": sections})


@dataclass(frozen=True, slots=True)
class Score:
    """A score to be read: its origin, its format, its bytes (of one tune, for ABC), the voice wanted.

    `trouble` says why a file could not be opened.
    """

    source: str
    format: str
    content: bytes
    wanted: Wanted = ANY_VOICE
    trouble: str = ""

    @property
    def stem(self) -> str:
        return Path(self.source.partition("#")[0]).stem


Reading = ParsedSong | UnreadableError


def say_quarters(quarters: float) -> str:
    """A duration as people write it: 1/3, 1.5."""
    fraction = Fraction(quarters).limit_denominator(64)
    return f"{quarters:g}" if fraction.denominator in (1, 2, 4) else str(fraction)
