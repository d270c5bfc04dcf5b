"""What the supervising and the playing process say to each other: plain values that can be pickled."""

from dataclasses import dataclass

from antiphon.compose.context import Context
from antiphon.events import NoteOff, Timed
from antiphon.harmony.theory import ChordTable
from antiphon.model_facts import ModelFacts
from antiphon.perform.controls.control_settings import Button
from antiphon.perform.reports import NO_HANDOVER, Handover, Joined, Report
from antiphon.perform.setting_changes import MODEL_NAME, Changes, SettingChange
from antiphon.perform.settings import SessionSettings
from antiphon.stage.machine.log import LogLine
from antiphon.stage.ports.connections import PortConnection
from antiphon.stage.ports.port import ConnectionsChanged, PortChanged
from antiphon.stage.ports.wiring import Wiring

# To the playing process.


@dataclass(frozen=True, slots=True)
class Join:
    """Load another model, beside the music where there is any, and let it answer. `name` is what it is called
    from then on; its grid fits into that of the others."""

    name: str
    model: ModelFacts

    @property
    def told(self) -> Joined:
        """What the session tells of it."""
        return Joined(self.name, self.model.weights_sha256, self.model.critic_sha256)

    @property
    def change(self) -> Changes:
        """The change that lets it answer."""
        return (SettingChange(MODEL_NAME, self.name),)


@dataclass(frozen=True, slots=True)
class LoadOrder:
    """Load these models. `programs` are chosen by program changes; `remembered` is what an earlier session
    kept in memory; `on_jack`: JACK is wanted, so its client's process can be started meanwhile; `joined`
    were loaded since the performance began; `chords` is what is known of chords, None: theory."""

    model: ModelFacts
    programs: tuple[ModelFacts, ...]
    context: Context | None
    random_seed: int
    on_jack: bool
    remembered: tuple[str, ...] = ()
    joined: tuple[Join, ...] = ()
    chords: ChordTable | None = None


@dataclass(frozen=True, slots=True)
class StartPlaying:
    """Open the ports and play.

    One that takes over is also told where the performance was (`handover`), which notes were left sounding,
    and what was connected to our ports. `patient`: it tries to open the ports until it succeeds.
    """

    settings: SessionSettings
    wiring: Wiring
    handover: Handover = NO_HANDOVER
    sounding: tuple[NoteOff, ...] = ()
    connections: tuple[PortConnection, ...] = ()
    patient: bool = False


@dataclass(frozen=True, slots=True)
class Suspend:
    """End all notes, say `Suspended`, and take nothing in until `Resume`."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Play on."""


LiveRequest = Changes | Button | Join | Timed  # Timed: a note that came through no MIDI port
Order = LoadOrder | StartPlaying | Suspend | Resume | LiveRequest | None  # None: end

# From the playing process.


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything is loaded; it waits for `StartPlaying`."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The ports are open: which, on which MIDI system, as which client, and with what the system allowed;
    `parts` are those of parts that have one of their own."""

    inputs: tuple[str, ...]
    output: str
    api: str
    client_name: str
    allowed: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """The ports cannot be opened now; it tries again. One line for the user."""

    message: str


@dataclass(frozen=True, slots=True)
class Suspended:
    """All notes are ended."""


@dataclass(frozen=True, slots=True)
class PlayingStopped:
    """The ports were lost or the session broke. The process is well and waits for another `StartPlaying`."""

    message: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The process cannot go on and ends. One line for the user."""

    message: str


Seen = Report | PortChanged
Message = Loaded | Ready | Waiting | Suspended | PlayingStopped | Failed | ConnectionsChanged | LogLine | Seen
