"""The state of a performance, worked out from the reports once; the screen, the status and the log read it.

Knows no clock, port, file or terminal.
"""

import math
from dataclasses import dataclass, replace

from antiphon.compose.sampling import Draw
from antiphon.config import Config
from antiphon.events import GridNote
from antiphon.listen.key import Key
from antiphon.perform.answer_reports import Answered, ChordGuessed, ChordsHeard, Composed, Heard, Planned
from antiphon.perform.reports import (
    BarsBegun,
    Followed,
    ProgramChosen,
    Report,
    Sent,
    SettingChanged,
    StateChanged,
)
from antiphon.perform.setting_changes import applied
from antiphon.perform.settings import State
from antiphon.perform.transport import Transport
from antiphon.stage.lateness import percentile
from antiphon.stage.ports.port import PortChanged
from antiphon.timebase import STEPS_PER_QUARTER, Grid, Meter

NEWEST = 1000  # the lateness is that of so many events


@dataclass(frozen=True, slots=True)
class Ports:
    """The open ports and their MIDI system; `away` are the devices that were lost and have not returned."""

    inputs: tuple[str, ...]
    output: str
    api: str
    away: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """The file of the newest take, whether it is being recorded, and why it cannot be written just now."""

    take: str | None = None
    recording: bool = False
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class PerformanceState:
    """The state of a performance after its newest report.

    settings     those in force: a knob changes a setting, too
    grid         where the bars are; `counting` is False until there are any
    ahead_steps  steps of the grid before the first bar that the clock source counts
    key, draw    of the newest phrase and of the newest symbol; None before the first
    key_sure     how sure the key is, 0–1; None before the first phrase, and where it is set by hand
    late_s       how late the newest events left, in seconds
    dropped      notes that were composed too late to play
    ports        None while no process has them open
    restarts     how often another process took over
    heard_meter  that of the newest phrase; None before the first
    plan         the notes of the answer under way that are composed ahead, on the grid
    chords       that were played with the newest phrase, by name; none where it had none
    guess        the chord with which you are accompanied, which is only guessed; empty: none
    bars_sure    how sure the place of the newest phrase in the bars is, 0–1; None where it was not heard
    """

    settings: Config
    model: str
    grid: Grid
    counting: bool = False
    ahead_steps: float = 0.0
    session: State = "idle"
    key: Key | None = None
    key_sure: float | None = None
    draw: Draw | None = None
    late_s: tuple[float, ...] = ()
    dropped: int = 0
    ports: Ports | None = None
    recording: RecordingStatus = RecordingStatus()
    restarts: int = 0
    heard_meter: Meter | None = None
    bars_sure: float | None = None
    plan: tuple[GridNote, ...] = ()
    chords: tuple[str, ...] = ()
    guess: str = ""

    @property
    def meter(self) -> Meter:
        return self.heard_meter or self.settings.tempo.first_meter

    @property
    def steps_per_bar(self) -> int:
        return self.grid.steps_per_bar(self.meter)

    def bar_at(self, at_s: float) -> int | None:
        """The bar of a moment, counted from 1; None while no bars are counted."""
        return math.floor(self._bars(self.grid.steps_at(at_s))) + 1 if self.counting else None

    def place(self, steps: float) -> str:
        """The bar and beat of a step of the grid, both counted from 1: "3.2"."""
        bars = math.floor(self._bars(steps))
        within = steps - self.ahead_steps - bars * self.steps_per_bar
        beat_steps = self.grid.steps_of_beats(4 / self.meter.denominator)
        return f"{bars + 1}.{int(within / beat_steps) + 1}"

    def bar_number(self, steps: float) -> float:
        """The bar of a step of the grid, counted from 1, with its fraction."""
        return self._bars(steps) + 1

    def _bars(self, steps: float) -> float:
        return (steps - self.ahead_steps) / self.steps_per_bar

    def late_within_s(self, share: float) -> float:
        """The lateness that `share` of the newest events do not exceed."""
        return percentile(self.late_s, share)


class PerformanceTracker:
    """Takes in every report; `state` is what follows from all of them."""

    def __init__(self, settings: Config, model: str, steps_per_quarter: int = STEPS_PER_QUARTER) -> None:
        self.state = PerformanceState(settings, model, Grid(settings.tempo.bpm, 0.0, steps_per_quarter))

    def hear(self, report: Report | PortChanged) -> None:
        self.state = after(self.state, report)

    def opened(self, inputs: tuple[str, ...], output: str, api: str) -> None:
        """The playing process has opened its ports."""
        self.state = replace(self.state, ports=Ports(inputs, output, api))

    def restarted(self) -> None:
        """The playing process is gone; another one goes on in the same bars."""
        self.state = replace(self.state, restarts=self.state.restarts + 1, ports=None, session="idle")

    def record(self, recording: RecordingStatus) -> None:
        """What is recorded now."""
        if recording != self.state.recording:
            self.state = replace(self.state, recording=recording)


def after(state: PerformanceState, report: Report | PortChanged) -> PerformanceState:
    """The state that follows when something is reported."""
    match report:
        case Sent(_, late_s):
            return replace(state, late_s=(*state.late_s[1 - NEWEST :], late_s))
        case BarsBegun(grid=grid):
            return replace(state, grid=grid, counting=True)
        case Composed(draw=draw):
            return replace(state, draw=draw)
        case StateChanged(_, session):
            return replace(state, session=session, guess="")
        case Heard(key=key, grid=grid, meter=meter, sure=sure, key_sure=key_sure):
            heard = replace(
                state, key=key, key_sure=key_sure, grid=grid, counting=True, bars_sure=sure, chords=()
            )
            if meter is None:
                return heard
            return replace(heard, heard_meter=meter, ahead_steps=_ahead(heard, report))
        case ChordsHeard(chords=chords):
            return replace(state, chords=tuple(chord.name for chord in chords))
        case ChordGuessed(name=name, key=key, meter=meter):
            return replace(state, guess=name, key=key, heard_meter=meter)
        case Followed(grid=grid, ahead_steps=ahead_steps):
            return replace(state, grid=grid, ahead_steps=ahead_steps, counting=True)
        case Planned(step, notes):
            kept = tuple(note for note in state.plan if note.onset_steps < step)
            return replace(state, plan=(*kept, *notes))
        case Answered(late_steps=late_steps):
            return replace(state, dropped=state.dropped + late_steps, plan=())
        case ProgramChosen(name=str(model)):
            return replace(_set(state, applied(state.settings, "model.name", model)), model=model)
        case SettingChanged(_, "model.name", value):
            return replace(_set(state, applied(state.settings, "model.name", value)), model=str(value))
        case SettingChanged(_, name, value):
            return _set(state, applied(state.settings, name, value))
        case PortChanged(name, present):
            return replace(state, ports=_moved(state.ports, name, present))
    return state


def _ahead(state: PerformanceState, heard: Heard) -> float:
    """Steps before bar 1, so that a pickup is before the first bar, and bars go on being counted in another
    meter. A clock source counts by itself.
    """
    if state.settings.clock.source != "internal" or heard.meter in (None, state.heard_meter):
        return state.ahead_steps
    transport, onset = Transport(heard.grid, heard.meter or state.meter), heard.notes[0].onset_steps
    first = transport.first_bar_line(onset)
    if state.heard_meter is None:
        return first if onset < transport.bar_steps else state.ahead_steps
    counted = math.ceil(state.bar_number(first)) - 1
    return first - counted * transport.bar_steps


def _set(state: PerformanceState, settings: Config) -> PerformanceState:
    grid = state.grid if state.counting else replace(state.grid, bpm=settings.tempo.bpm)
    return replace(state, settings=settings, grid=grid)


def _moved(ports: Ports | None, name: str, present: bool) -> Ports | None:
    """The ports after a device was lost or has returned."""
    if ports is None:
        return None
    away = tuple(one for one in ports.away if one != name)
    return replace(ports, away=away if present else (*away, name))
