"""What a session reports to the screen, the take and the log. Nothing here changes the music."""

from dataclasses import dataclass

from antiphon.events import Clocked, Lead, Timed, Turned
from antiphon.perform.answer_reports import (
    Accompanied,
    Answered,
    ChordGuessed,
    ChordsHeard,
    Composed,
    Foreseen,
    Heard,
    Hurried,
    Planned,
    Written,
)
from antiphon.perform.controls.control_settings import Button
from antiphon.perform.setting_changes import Changes, SettingValue
from antiphon.perform.settings import SessionSettings, State
from antiphon.perform.transport import Transport
from antiphon.timebase import Grid


@dataclass(frozen=True, slots=True)
class Handover:
    """What an earlier session of the same performance has left: its bars, how many answers it played, and the
    name of the voice that answered; "" is the first."""

    transport: Transport | None = None
    answers: int = 0
    voice: str = ""


NO_HANDOVER = Handover()


@dataclass(frozen=True, slots=True)
class Begun:
    """A session begins: with what comes in from now on, this is all that the music depends on."""

    settings: SessionSettings
    random_seed: int
    handover: Handover


@dataclass(frozen=True, slots=True)
class Joined:
    """One more model can be chosen, by this name; the checksums are those of its weights and its critic.

    It changes nothing until it is chosen, so it does not matter when it joined.
    """

    name: str
    checksum: str
    critic: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A client asked for other settings, or for what a button does.

    Takes of earlier versions hold whole settings; a replay turns them into changes.
    """

    at_s: float
    what: SessionSettings | Changes | Button


@dataclass(frozen=True, slots=True)
class Led:
    """An external clock said where it is; the session took it in at `at_s`."""

    at_s: float
    said: Clocked | Lead


@dataclass(frozen=True, slots=True)
class Ended:
    """The session was ended at `at_s`; what was due until `reached_s` had sounded."""

    at_s: float
    reached_s: float


@dataclass(frozen=True, slots=True)
class Released:
    """A note that a process left sounding when it died was ended by its successor."""

    timed: Timed


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The session went from one state to another."""

    at_s: float
    state: State


@dataclass(frozen=True, slots=True)
class BarsBegun:
    """The first note was played, and the bars begin with it: at the set tempo, until a phrase is over."""

    at_s: float
    grid: Grid


@dataclass(frozen=True, slots=True)
class SettingChanged:
    """A knob, a button or a client has changed a setting; name and value are as in config.toml."""

    at_s: float
    name: str
    value: SettingValue


@dataclass(frozen=True, slots=True)
class Followed:
    """Where the bars are from now on: those of an external clock, of a count-in, of another tempo, or of a
    player who is accompanied. The grid's first `ahead_steps` are not counted.

    `jumped` where the place in the bar is not the one that was expected.
    """

    at_s: float
    grid: Grid
    ahead_steps: float
    jumped: bool


@dataclass(frozen=True, slots=True)
class Learned:
    """A knob or a button has found its number."""

    at_s: float
    name: str
    control: int


@dataclass(frozen=True, slots=True)
class KnobTurned:
    """A knob has set something: its name and value as in the settings."""

    at_s: float
    name: str
    value: float | str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button went down. The session does what it says, except "record", which the recorder does."""

    at_s: float
    name: str


@dataclass(frozen=True, slots=True)
class MemoryKept:
    """The memory is to be kept: what it holds, as symbols; "" for each step between two songs."""

    at_s: float
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProgramChosen:
    """A program change, counted from 0: the name of the voice that answers now.

    None: there is no such program, and the voice stays.
    """

    at_s: float
    program: int
    name: str | None


SessionReport = (
    Begun
    | Joined
    | Asked
    | StateChanged
    | BarsBegun
    | SettingChanged
    | Followed
    | Heard
    | ChordsHeard
    | ChordGuessed
    | Accompanied
    | Composed
    | Planned
    | Hurried
    | Written
    | Answered
    | Learned
    | KnobTurned
    | Pressed
    | MemoryKept
    | ProgramChosen
)


@dataclass(frozen=True, slots=True)
class Received:
    """The player did something, as the session took it in: at a moment not before what was already sent."""

    timed: Timed | Turned


@dataclass(frozen=True, slots=True)
class Sent:
    """Antiphon sounded something; `timed` is when it was due, `late_s` how much later it left."""

    timed: Timed
    late_s: float


Report = Received | Led | Sent | Ended | Released | Foreseen | SessionReport
