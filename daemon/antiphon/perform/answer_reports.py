"""What a session reports of a phrase and its answer: how it was heard, what is planned, what was composed."""

from dataclasses import dataclass

from antiphon.compose.harmony.accompaniment import Part
from antiphon.compose.sampling import Draw
from antiphon.events import GridNote, PlayedNote
from antiphon.listen.key import Key
from antiphon.timebase import Grid, Meter


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
class ChordGuessed:
    """The chord with which the player is accompanied from a moment to another, decided on at `at_s`.

    It is a guess from what was played so far. `key` and `meter` are what was heard until then.
    """

    at_s: float
    begins_s: float
    ends_s: float
    name: str
    key: Key
    meter: Meter


@dataclass(frozen=True, slots=True)
class Accompanied:
    """A phrase was over at `at_s` in the mode "accompany": it is not answered.

    `key` is what was heard at the last chord that was guessed; None where none was.
    """

    at_s: float
    key: Key | None


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
