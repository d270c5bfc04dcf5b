"""The metronome's click: which notes are due, on the beats of given bars. Pure."""

import math
from dataclasses import dataclass

from antiphon.events import Event, NoteOff, NoteOn, Timed
from antiphon.perform.settings import ClickSettings
from antiphon.perform.transport import Transport

_LENGTH_S = 0.05  # of a click; never more than half a beat
# A beat that has passed by more than this is left out. The first note of all begins the bars, and is noticed
# a little later.
_LATE_S = 0.03


@dataclass(frozen=True, slots=True)
class Clicked:
    """The bars whose beats are to be heard; `until_steps` is the step before which it ends, if it does."""

    transport: Transport
    until_steps: float = math.inf


class Click:
    """Give it the bars as they are, ask it what is due. A click that has begun is always ended.

    The moments are those of the bars' grid.
    """

    def __init__(self) -> None:
        self._settings = ClickSettings()
        self._bars: Clicked | None = None
        self._step: int | None = None  # of the beat to come
        self._after_s = -math.inf  # no beat before this moment sounds
        self._off: Timed | None = None  # the end of the click that sounds

    @property
    def next_s(self) -> float | None:
        """When something is due next; None while nothing is to come."""
        moments = [self._beat_s, None if self._off is None else self._off.at_s]
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def _beat_s(self) -> float | None:
        if self._bars is None or self._step is None:
            return None
        return self._bars.transport.grid.time_s(self._step)

    def follow(self, settings: ClickSettings, bars: Clicked | None, now_s: float) -> None:
        """The settings and the bars from now on; `bars` None: no click begins."""
        self._settings = settings
        if bars != self._bars:
            self._bars = bars
            self._after_s = max(self._after_s, now_s - _LATE_S)
            self._find_beat()

    def due(self, until_s: float) -> list[Timed]:
        """The clicks up to a moment, and their ends, each with its own. What is long past is left out."""
        events: list[Timed] = []
        while (next_s := self.next_s) is not None and next_s <= until_s:
            if self._off is not None and self._off.at_s <= next_s:
                events.append(self._off)
                self._off = None
            else:
                events += self._beat(next_s, until_s)
        return events

    def silence(self, at_s: float) -> list[Timed]:
        """No click until it is told to follow again; gives the end of the one that sounds."""
        off, self._off, self._bars, self._step = self._off, None, None, None
        return [] if off is None else [Timed(at_s, off.event)]

    def _beat(self, at_s: float, now_s: float) -> list[Timed]:
        if self._bars is None or self._step is None:
            return []
        transport, settings = self._bars.transport, self._settings
        self._after_s = at_s + transport.beat_s / 2  # the bars may move, and the same beat come again
        step = self._step
        self._find_beat()
        if now_s - at_s > 2 * _LATE_S:
            return []
        downbeat = step % transport.bar_steps == 0
        pitch = settings.downbeat_note if downbeat else settings.beat_note
        velocity = settings.downbeat_velocity if downbeat else settings.beat_velocity
        channel = settings.channel - 1
        ended = [] if self._off is None else [Timed(at_s, self._off.event)]
        off: Event = NoteOff(pitch, channel)
        self._off = Timed(at_s + min(_LENGTH_S, transport.beat_s / 2), off)
        return [*ended, Timed(at_s, NoteOn(pitch, velocity, channel))]

    def _find_beat(self) -> None:
        """The first beat that may sound."""
        self._step = None
        if self._bars is None:
            return
        transport = self._bars.transport
        after = math.ceil(transport.grid.steps_at(self._after_s) - 1e-6)
        bar, within = divmod(after, transport.bar_steps)
        into = -(-within // transport.beat_steps) * transport.beat_steps
        step = min(bar * transport.bar_steps + into, (bar + 1) * transport.bar_steps)
        self._step = step if step < self._bars.until_steps else None
