"""The values everyone shares: what a player does, and notes on the grid.

Frozen and checked when made, so nothing invalid travels further. Knows no clock and no port.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from antiphon.timebase import Meter

LOWEST_PITCH, HIGHEST_PITCH = 0, 127
CHANNELS = 16


def _check(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ValueError(f"{name} must be {low}–{high}, got {value}")


@dataclass(frozen=True, slots=True)
class NoteOn:
    """A key goes down. `velocity` 1–127 (a note-on of velocity 0 is a `NoteOff`), `channel` 0–15."""

    pitch: int
    velocity: int = 80
    channel: int = 0

    def __post_init__(self) -> None:
        if (
            LOWEST_PITCH <= self.pitch <= HIGHEST_PITCH
            and 0 <= self.channel < CHANNELS
            and 1 <= self.velocity <= 127
        ):
            return
        _check("pitch", self.pitch, LOWEST_PITCH, HIGHEST_PITCH)
        _check("velocity", self.velocity, 1, 127)
        _check("channel", self.channel, 0, CHANNELS - 1)


@dataclass(frozen=True, slots=True)
class NoteOff:
    """A key comes up."""

    pitch: int
    channel: int = 0

    def __post_init__(self) -> None:
        if LOWEST_PITCH <= self.pitch <= HIGHEST_PITCH and 0 <= self.channel < CHANNELS:
            return
        _check("pitch", self.pitch, LOWEST_PITCH, HIGHEST_PITCH)
        _check("channel", self.channel, 0, CHANNELS - 1)


Event = NoteOn | NoteOff


@dataclass(frozen=True, slots=True)
class ControlChange:
    """A knob, a pedal or a button moves: `control` and `value` 0–127."""

    control: int
    value: int
    channel: int = 0

    def __post_init__(self) -> None:
        _check("control", self.control, 0, 127)
        _check("value", self.value, 0, 127)
        _check("channel", self.channel, 0, CHANNELS - 1)


@dataclass(frozen=True, slots=True)
class ProgramChange:
    """Another sound is chosen: `program` 0–127, shown to people as 1–128."""

    program: int
    channel: int = 0

    def __post_init__(self) -> None:
        _check("program", self.program, 0, 127)
        _check("channel", self.channel, 0, CHANNELS - 1)


Change = ControlChange | ProgramChange


@dataclass(frozen=True, slots=True)
class Turned:
    """A knob, a pedal, a button or a choice of sound, and the moment it arrived, in seconds of one clock."""

    at_s: float
    change: Change


@dataclass(frozen=True, slots=True)
class Timed:
    """An event and its moment: when it arrived, or when it is due. `at_s` in seconds of one clock."""

    at_s: float
    event: Event


Signal = Literal["pulse", "start", "continue", "stop", "position"]
LAST_SONG_POSITION = 0x3FFF


@dataclass(frozen=True, slots=True)
class ClockSignal:
    """What MIDI clock says: a "pulse" is a 24th of a quarter note; only a "position" has `sixteenths`,
    0–16383 from the start of the song."""

    signal: Signal
    sixteenths: int = 0

    def __post_init__(self) -> None:
        _check("song position", self.sixteenths, 0, LAST_SONG_POSITION)


@dataclass(frozen=True, slots=True)
class Clocked:
    """A clock signal and its moment: when it arrived, or when it is due. `at_s` in seconds of one clock.

    `grain_s` is how well that is known: it came some time in the `grain_s` seconds up to then.
    """

    at_s: float
    signal: ClockSignal
    grain_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Lead:
    """Where an external clock is: at a moment, so many quarter notes into its song, going on at `bpm`.

    rolling   whether its transport runs
    placed    whether `quarters` is a place in its bars; if not, only the tempo means something
    meter     None where the clock does not say
    by        the source that says it, "link" or "jack"; empty: the chosen source
    """

    at_s: float
    quarters: float
    bpm: float
    rolling: bool = True
    placed: bool = True
    meter: Meter | None = None
    by: str = field(default="", compare=False)


Input = Timed | Turned | Clocked | Lead


@dataclass(frozen=True, slots=True)
class PlayedNote:
    """One note as it was played, in seconds of one clock; `beside`: it accompanies the melody."""

    pitch: int
    velocity: int
    onset_s: float
    release_s: float
    beside: bool = False

    @property
    def gate_s(self) -> float:
        return self.release_s - self.onset_s


def melody_of(played: Iterable[PlayedNote]) -> tuple[PlayedNote, ...]:
    """The notes that are not played beside the melody."""
    return tuple(note for note in played if not note.beside)


@dataclass(frozen=True, slots=True, order=True)
class GridNote:
    """One note on the grid of steps (sixteenths, by default)."""

    onset_steps: int
    duration_steps: int
    pitch: int

    def __post_init__(self) -> None:
        _check("pitch", self.pitch, LOWEST_PITCH, HIGHEST_PITCH)
        if self.onset_steps < 0:
            raise ValueError(f"onset must be 0 steps or more, got {self.onset_steps}")
        if self.duration_steps < 1:
            raise ValueError(f"duration must be 1 step or more, got {self.duration_steps}")

    @property
    def end_steps(self) -> int:
        return self.onset_steps + self.duration_steps

    def transposed(self, semitones: int) -> "GridNote":
        return GridNote(self.onset_steps, self.duration_steps, fold_pitch(self.pitch + semitones))


def fold_pitch(pitch: int) -> int:
    """The nearest pitch of the same pitch class that MIDI can say (0–127)."""
    while pitch < LOWEST_PITCH:
        pitch += 12
    while pitch > HIGHEST_PITCH:
        pitch -= 12
    return pitch
