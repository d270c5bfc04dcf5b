"""The answer to `antiphon status`: the state of the performance as plain values. Works nothing out itself."""

import os
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from antiphon import config
from antiphon.perform.settings import Source, State
from antiphon.stage.performance_state import PerformanceState, Ports


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that `antiphon status --json` prints.

    uptime_s       since the ports were opened first
    bpm            of the bars that are played; key  of the newest phrase, None before the first
    key_sure       how sure the key is, 0–1; None before the first, and where it is set by hand
    meter          of the newest phrase, or as it is set
    bars_sure      how sure the place of the newest phrase in the bars is, 0–1; None where it was not heard
    bar            counted from 1, below it during a count-in; None before the first
    chords         that you played with the newest phrase, in order
    guess          the chord with which you are accompanied, which is only guessed; empty where you are not
    plan_notes     notes of the answer under way that are composed ahead; 0 where it is composed step by step
    late_*_ms      how late the newest thousand events left: the median, and what 99 of 100 do not exceed
    notes_dropped  that were composed too late to play, since the program began
    restarts       of the process that plays
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
    meter: str
    bars_sure: float | None
    key: str | None
    key_sure: float | None
    bar: int | None
    take: str | None
    recording: bool
    recording_trouble: str | None
    late_p50_ms: float
    late_p99_ms: float
    notes_dropped: int
    plan_notes: int
    restarts: int
    chords: tuple[str, ...]
    guess: str
    settings: dict[str, Any]

    def to_plain(self) -> dict[str, Any]:
        """Nested dictionaries, for a reply."""
        return asdict(self)


def status_of(state: PerformanceState, begun_s: float, now_s: float) -> Status:
    """The status at `now_s`, of a performance that began at `begun_s`; both on the clock of the reports."""
    late_ms = [round(1000 * state.late_within_s(share), 3) for share in (0.5, 0.99)]
    return Status(
        os.getpid(),
        state.settings.midi.client_name,
        version("antiphon"),
        round(now_s - begun_s, 3),
        state.session,
        state.model,
        state.ports,
        state.settings.clock.source,
        round(state.grid.bpm, 3),
        str(state.meter),
        None if state.bars_sure is None else round(state.bars_sure, 3),
        None if state.key is None else str(state.key),
        None if state.key_sure is None else round(state.key_sure, 3),
        state.bar_at(now_s),
        state.recording.take,
        state.recording.recording,
        state.recording.trouble,
        late_ms[0],
        late_ms[1],
        state.dropped,
        len(state.plan),
        state.restarts,
        state.chords,
        state.guess,
        config.to_plain(state.settings),
    )
