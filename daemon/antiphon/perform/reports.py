"""What a session reports to the screen, the take and the log. Nothing here changes the music."""

from dataclasses import dataclass

from antiphon.compose.harmony.accompaniment import Part
from antiphon.compose.sampling import Draw
from antiphon.events import Clocked, GridNote, Lead, PlayedNote, Timed, Turned
from antiphon.listen.key import Key
from antiphon.perform.controls.control_settings import Button
from antiphon.perform.settings import Changes, SessionSettings, SettingValue, State
from antiphon.perform.transport import Transport
from antiphon.timebase import Grid, Meter


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
    """Where the external clock's bars are from now on. It has not counted the grid's first `ahead_steps`.

    `jumped` where the place in the bar is not the one that was expected.
    """

    at_s: float
    grid: Grid
    ahead_steps: float
    jumped: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """A phrase was over at `at_s`: its notes on the grid (steps from the grid's origin), its key, its answer.

    It is reported when the answer counts: when its first note sounds, or when it is over without one. Of a
    phrase that goes on before that, nothing is reported.

    `answer_steps` is None for an answer that goes on until it is ended; `meter` is None in takes of earlier
    versions, where it was always that of the settings. `swing` is the length of the first eighth of a beat to
    that of the second, as played: 1.0 is straight, 2.0 is as in a triplet. `notes` has the eighths even.
    `sure` is how sure the place in the bars is, 0–1, where it was heard; `key_sure` the same of the key.
    """

    at_s: float
    notes: tuple[GridNote, ...]
    key: Key
    grid: Grid
    answer_start_steps: int
    answer_steps: int | None
    meter: Meter | None = None
    swing: float = 1.0
    sure: float | None = None
    key_sure: float | None = None


@dataclass(frozen=True, slots=True)
class NamedChord:
    """A chord and the moment it begins; the name is in full: "G7/B"."""

    at_s: float
    name: str


@dataclass(frozen=True, slots=True)
class ChordsHeard:
    """The chords that were played with the phrase that was over at `at_s`; the last one holds to `ends_s`.

    It is reported after `Heard`, where chords were played.
    """

    at_s: float
    chords: tuple[NamedChord, ...]
    ends_s: float


@dataclass(frozen=True, slots=True)
class Composed:
    """One symbol of the answer, in the player's key; `step` counts from the grid's origin."""

    step: int
    symbol: str
    draw: Draw


@dataclass(frozen=True, slots=True)
class Planned:
    """What the answer will be from a step on, as a score has it; it counts until another plan is told.

    Steps are counted from the origin of the grid of `Heard`. Of an answer without end, the next bars follow
    in further plans.
    """

    step: int
    notes: tuple[GridNote, ...]


@dataclass(frozen=True, slots=True)
class Hurried:
    """There was no time to choose among candidates: after so many parts of the work only the first was left.

    `choice` counts the choices of the session, from 0. The music depends on it, as on what came in.
    """

    choice: int
    parts: int


@dataclass(frozen=True, slots=True)
class Written:
    """A note of the answer as a score has it, on the grid of `Heard`; how it was played, `Sent` tells."""

    note: GridNote


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer is over; `cut` if the player came in and ended it, `late_steps` that became rests."""

    at_s: float
    cut: bool
    late_steps: int


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
    """A program change, counted from 0: the name of the voice that answers from the next phrase on.

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


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an answer will sound like from its first note here on, as far as chosen; it may be withdrawn.

    answer             counted from 0; one that is withdrawn leaves its number to the next
    begins_s, ends_s   of the answer
    notes              with the moments at which they will sound, if the tempo stays
    draws              of each symbol: when it sounds, its entropy in nats, and its temperature
    quoted             whether each note is one of several in a row that the memory had heard before
    parts              what the parts will sound like under these notes
    chords             the chords that are planned, each with when it begins, and its name
    """

    answer: int
    begins_s: float
    ends_s: float
    notes: tuple[PlayedNote, ...]
    draws: tuple[tuple[float, float, float], ...]
    quoted: tuple[bool, ...] = ()
    parts: tuple[tuple[Part, PlayedNote], ...] = ()
    chords: tuple[tuple[float, str], ...] = ()


NOTHING_FORESEEN = Foreseen(-1, 0.0, 0.0, (), ())


Report = Received | Led | Sent | Ended | Released | Foreseen | SessionReport
