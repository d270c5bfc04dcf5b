"""The section `[harmony]`: chords under the answer, what plays them, and how."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Ge, Le

from antiphon.compose.harmony.accompaniment import PARTS, Part
from antiphon.compose.harmony.patterns import Pattern

Channel = Annotated[int, Ge(1), Le(16)]
Share = Annotated[float, Ge(0.1), Le(1)]
Program = Annotated[int, Ge(0), Le(128)]
LowestNote = Annotated[int, Ge(24), Le(84)]

OWN_PORT = "own"  # as the port of a part: a virtual one of ours


@dataclass(frozen=True, slots=True)
class HarmonySettings:
    """Chords under the answer: what plays them, and how.

    listen      whether answers go over the chords that the player plays
    follow      whether they follow those that the left hand plays meanwhile
    bass, chords, second_voice   whether each of these parts plays
    pattern     how bass and chords are played
    tied        in the mode "accompany": whether held notes are held on over what stays of them in the next
                chord, and whether the pattern "player" is played; else each half bar is struck anew
    *_channel   1–16
    *_port      "": the answers' port; "own": a virtual port of ours; else the name of a port, or part of it
    *_program   1–128, chosen before each answer; 0: none is
    *_velocity  how loud the part is beside the answer
    *_lowest    its lowest note
    leaps       whether notes that a melody leaves by a leap say more of their chords than those it leaves by
                step
    table       a file that `antiphon-train harmony` wrote: what is known of chords; empty: theory
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    listen: bool = True
    follow: bool = True
    bass: bool = False
    chords: bool = False
    second_voice: bool = False
    pattern: Pattern = "held"
    tied: bool = True
    bass_channel: Channel = 2
    chords_channel: Channel = 3
    second_voice_channel: Channel = 4
    bass_port: str = ""
    chords_port: str = ""
    second_voice_port: str = ""
    bass_program: Program = 0
    chords_program: Program = 0
    second_voice_program: Program = 0
    bass_velocity: Share = 0.85
    chords_velocity: Share = 0.6
    second_voice_velocity: Share = 0.8
    bass_lowest: LowestNote = 36
    chords_lowest: LowestNote = 48
    second_voice_lowest: LowestNote = 43
    leaps: bool = True
    table: str = ""

    @property
    def parts(self) -> tuple[Part, ...]:
        """Those that play."""
        return tuple(part for part in PARTS if getattr(self, part))

    def channel_of(self, part: Part) -> int:
        """0–15."""
        return int(getattr(self, f"{part}_channel")) - 1

    def port_of(self, part: Part) -> str:
        """The name of the part's own port; "": it has none."""
        return str(getattr(self, f"{part}_port"))

    def program_of(self, part: Part) -> int:
        """1–128; 0: none is chosen."""
        return int(getattr(self, f"{part}_program"))

    def velocity_of(self, part: Part) -> float:
        """Beside the answer's."""
        return float(getattr(self, f"{part}_velocity"))
