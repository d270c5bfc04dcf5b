"""Sends what keeps the beat, by the same timer as the notes: MIDI clock and the metronome's click.

Knows no music.
"""

from dataclasses import replace

from antiphon.events import Clocked, Timed
from antiphon.perform.clock.click import Click, Clicked
from antiphon.perform.clock.midi_clock_out import MidiClockOut
from antiphon.perform.session import Session
from antiphon.stage.ports.port import Port
from antiphon.timebase import Grid


class BeatSender:
    """Follows the bars of a session. All moments are those at which something leaves: what sounds later than
    it is sent is sent earlier, by the latency that the settings say."""

    def __init__(self, port: Port, clock_out: MidiClockOut | None) -> None:
        self._port, self._clock_out, self._click = port, clock_out, Click()
        self.next_s: float | None = None  # when something leaves next; None while nothing is to come

    def follow(self, session: Session, now_s: float) -> None:
        """The bars may have moved; sends what is due at once because of that."""
        settings, bars = session.requests.settings, session.requests.clicked
        if self._clock_out is not None:
            grid = session.rolling_grid
            early = None if grid is None else _earlier(grid, settings.clock_latency_s)
            self._say(self._clock_out.follow(early, now_s))
        if bars is not None:
            self._click.follow(settings.click, _clicked_earlier(bars, settings.click_latency_s), now_s)
        elif self.next_s is not None:
            self._sound(self._click.silence(now_s))
        if bars is not None or self._clock_out is not None or self.next_s is not None:
            self._look_ahead()

    def _look_ahead(self) -> None:
        moments = (self._click.next_s, None if self._clock_out is None else self._clock_out.next_s)
        self.next_s = min((moment for moment in moments if moment is not None), default=None)

    def send(self, until_s: float) -> None:
        """Send what is due until a moment."""
        if self.next_s is None or self.next_s > until_s:
            return
        if self._clock_out is not None:
            self._say(self._clock_out.due(until_s))
        self._sound(self._click.due(until_s))
        self._look_ahead()

    def stop(self, at_s: float) -> None:
        """The beat stops until it is told to follow again; a click that sounds ends."""
        if self._clock_out is not None:
            self._say(self._clock_out.follow(None, at_s))
        self._sound(self._click.silence(at_s))
        self._look_ahead()

    def _say(self, signals: list[Clocked]) -> None:
        for said in signals:
            self._port.send_clock(said.signal, said.at_s)

    def _sound(self, events: list[Timed]) -> None:
        for timed in events:
            self._port.send_click(timed.event, timed.at_s)


def _clicked_earlier(bars: Clicked, by_s: float) -> Clicked:
    transport = bars.transport
    return replace(bars, transport=replace(transport, grid=_earlier(transport.grid, by_s)))


def _earlier(grid: Grid, by_s: float) -> Grid:
    return replace(grid, origin_s=grid.origin_s - by_s) if by_s else grid
