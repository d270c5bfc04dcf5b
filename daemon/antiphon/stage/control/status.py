"""How a running Antiphon is, put together from the reports that the screen is fed with. Draws nothing."""

import math
import os
from collections import deque
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from antiphon import config
from antiphon.changes import changed
from antiphon.config import Config
from antiphon.events import NoteOn, Timed
from antiphon.perform.reports import (
    Answered,
    Followed,
    Heard,
    KnobTurned,
    Learned,
    Pressed,
    ProgramChosen,
    Received,
    Report,
    Sent,
    StateChanged,
)
from antiphon.perform.settings import Source, State
from antiphon.stage.lateness import percentile
from antiphon.stage.ports.port import PortChanged
from antiphon.timebase import STEPS_PER_QUARTER, Grid, Meter

_LATELY = 1000  # notes that the lateness is measured on, as on the screen
# The setting that each knob turns.
TURNS = {
    "temperature": "sampling.temperature",
    "rests": "sampling.weights.r",
    "density": "sampling.weights._",
    "memory": "sampling.memory",
    "closeness": "shape.closeness",
    "bars": "answer.bars",
    "mode": "answer.mode",
    "clock": "clock.source",
}


@dataclass(frozen=True, slots=True)
class Ports:
    """What we are tied to, on which MIDI system; `away` are those that went and have not come back."""

    inputs: tuple[str, ...]
    output: str
    api: str
    away: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """The take that is written, or was last; whether anything is recorded, and what kept it from that."""

    take: str | None = None
    recording: bool = False
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """All that is told to whoever asks.

    uptime_s       since it began
    bpm            of the grid that is played on; key  of the newest call, None before it
    bar            counted from 1, None before there are any
    late_*_ms      how late the newest thousand notes left, half of them and 99 of 100 at most
    notes_dropped  that were too late to play, since it began
    restarts       of the process that sends
    settings       those in force, nested as in config.toml
    """

    pid: int
    client_name: str
    version: str
    uptime_s: float
    state: State
    model: str
    ports: Ports | None
    clock_source: Source
    bpm: float
    key: str | None
    bar: int | None
    take: str | None
    recording: bool
    recording_trouble: str | None
    late_p50_ms: float
    late_p99_ms: float
    notes_dropped: int
    restarts: int
    settings: dict[str, Any]

    def to_plain(self) -> dict[str, Any]:
        """Nested dictionaries, for a reply."""
        return asdict(self)


class StatusBoard:
    """Takes in what is reported, and says how things are. `now_s` is on the clock of the reports."""

    def __init__(
        self, settings: Config, model: str, now_s: float, steps_per_quarter: int = STEPS_PER_QUARTER
    ) -> None:
        self.settings = settings  # those in force: the player's knobs are settings, too
        self._model, self._begun_s, self._steps_per_quarter = model, now_s, steps_per_quarter
        self._ports: Ports | None = None
        self._recording = RecordingStatus()
        self._restarts = self._dropped = 0
        self._late_s: deque[float] = deque(maxlen=_LATELY)
        self._key: str | None = None
        self._begin()

    def _begin(self) -> None:
        """As a sender begins: nothing played, no bar counted."""
        self._state: State = "idle"
        self._grid = Grid(self.settings.tempo.bpm, 0.0, self._steps_per_quarter)
        self._counting, self._ahead_steps = False, 0.0

    def opened(self, ports: Ports) -> None:
        """The sender has its ports."""
        self._ports = ports

    def restarted(self) -> None:
        """The sender was lost, and another goes on in the same bars."""
        self._restarts += 1
        self._ports = None
        self._state = "idle"

    def set_to(self, settings: Config) -> None:
        """Other settings are in force."""
        self.settings = settings
        if not self._counting:
            self._begin()

    def show_recording(self, take: Path | None, recording: bool, trouble: str | None = None) -> None:
        self._recording = RecordingStatus(None if take is None else str(take), recording, trouble)

    def note(self, report: Report | PortChanged) -> None:
        """Take in what happened."""
        match report:
            case Sent():
                self._late_s.append(report.late_s)
            case Received(Timed(at_s, NoteOn())) if not self._counting:
                # The first note played is the first downbeat.
                self._count(Grid(self._grid.bpm, at_s, self._steps_per_quarter), 0.0)
            case StateChanged(_, state):
                self._state = state
            case Heard():
                self._key = str(report.key)
                self._count(report.grid, self._ahead_steps)
            case Followed():
                self._count(report.grid, report.ahead_steps)
            case Answered():
                self._dropped += report.late_steps
            case ProgramChosen(name=str(model)):
                self._model = model
            case KnobTurned() | Learned() | Pressed():
                self._turn(report)
            case PortChanged():
                self._change_port(report)

    def _count(self, grid: Grid, ahead_steps: float) -> None:
        self._grid, self._ahead_steps, self._counting = grid, ahead_steps, True

    def _turn(self, turned: KnobTurned | Learned | Pressed) -> None:
        self.settings = changed(self.settings, _changes(turned, self.settings))

    def _change_port(self, report: PortChanged) -> None:
        if (ports := self._ports) is not None:
            away = [name for name in ports.away if name != report.name]
            away += [] if report.present else [report.name]
            self._ports = Ports(ports.inputs, ports.output, ports.api, tuple(away))

    def status(self, now_s: float) -> Status:
        late_ms = [round(1000 * percentile(self._late_s, share), 3) for share in (0.5, 0.99)]
        return Status(
            os.getpid(),
            self.settings.midi.client_name,
            version("antiphon"),
            round(now_s - self._begun_s, 3),
            self._state,
            self._model,
            self._ports,
            self.settings.clock.source,
            round(self._grid.bpm, 3),
            self._key,
            self._bar(now_s),
            self._recording.take,
            self._recording.recording,
            self._recording.trouble,
            late_ms[0],
            late_ms[1],
            self._dropped,
            self._restarts,
            config.to_plain(self.settings),
        )

    def _bar(self, now_s: float) -> int | None:
        if not self._counting:
            return None
        bar_steps = self._grid.steps_per_bar(Meter.parse(self.settings.tempo.meter))
        return math.floor((self._grid.steps_at(now_s) - self._ahead_steps) / bar_steps) + 1


def _changes(turned: KnobTurned | Learned | Pressed, settings: Config) -> dict[str, object]:
    """The settings that a knob, a button or a learned number has changed."""
    match turned:
        case KnobTurned(_, name, value):
            return {TURNS[name]: value}
        case Learned(_, name, number):
            controls = config.to_plain(settings)["control"]
            gone = {f"control.{one}": None for one, its in controls.items() if its == number}
            return {**gone, f"control.{name}": number}
        case Pressed(_, "remember"):
            return {"sampling.remembers": not settings.sampling.remembers}
    return {}
