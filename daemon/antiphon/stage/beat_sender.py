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

    @property
    def next_s(self) -> float | None:
        """When something leaves next; None while nothing is to come."""
        moments = (self._click.next_s, None if self._clock_out is None else self._clock_out.next_s)
        return min((moment for moment in moments if moment is not None), default=None)

    def follow(self, session: Session, now_s: float) -> None:
        """The bars may have moved; sends what is due at once because of that."""
        settings = session.plain_settings
        if self._clock_out is not None:
            grid = session.rolling_grid
            early = None if grid is None else _earlier(grid, settings.clock_latency_s)
            self._say(self._clock_out.follow(early, now_s))
        bars = session.clicked
        if bars is None:
            self._sound(self._click.silence(now_s))
        else:
            self._click.follow(settings.click, _clicked_earlier(bars, settings.click_latency_s), now_s)

    def send(self, until_s: float) -> None:
        """Send what is due until a moment."""
        if self._clock_out is not None:
            self._say(self._clock_out.due(until_s))
        self._sound(self._click.due(until_s))

    def stop(self, at_s: float) -> None:
        """The beat stops until it is told to follow again; a click that sounds ends."""
        if self._clock_out is not None:
            self._say(self._clock_out.follow(None, at_s))
        self._sound(self._click.silence(at_s))

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
