"""Sends what keeps the beat, by the same timer as the notes: MIDI clock, if we send it. Knows no music."""

from dataclasses import replace

from antiphon.events import Clocked
from antiphon.perform.clock.midi_clock_out import MidiClockOut
from antiphon.perform.session import Session
from antiphon.stage.ports.port import Port
from antiphon.timebase import Grid


class BeatSender:
    """Follows the bars of a session. All moments are those at which something leaves: what sounds later than
    it is sent is sent earlier, by the latency that the settings say."""

    def __init__(self, port: Port, clock_out: MidiClockOut | None) -> None:
        self._port, self._clock_out = port, clock_out

    @property
    def next_s(self) -> float | None:
        """When something leaves next; None while nothing is to come."""
        return None if self._clock_out is None else self._clock_out.next_s

    def follow(self, session: Session, now_s: float) -> None:
        """The bars may have moved; sends what is due at once because of that."""
        if self._clock_out is not None:
            grid = _earlier(session.rolling_grid, session.clock_latency_s)
            self._say(self._clock_out.follow(grid, now_s))

    def send(self, until_s: float) -> None:
        """Send what is due until a moment."""
        if self._clock_out is not None:
            self._say(self._clock_out.due(until_s))

    def stop(self, at_s: float) -> None:
        """The beat stops until it is told to follow again."""
        if self._clock_out is not None:
            self._say(self._clock_out.follow(None, at_s))

    def _say(self, signals: list[Clocked]) -> None:
        for said in signals:
            self._port.send_clock(said.signal, said.at_s)


def _earlier(grid: Grid | None, by_s: float) -> Grid | None:
    return replace(grid, origin_s=grid.origin_s - by_s) if grid is not None and by_s else grid
