"""Where notes come in and go out: what a port is, what bytes mean, a port in memory. Knows no music."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from antiphon.events import (
    Change,
    Clocked,
    ClockSignal,
    ControlChange,
    Event,
    Input,
    ProgramChange,
    Timed,
    Turned,
)
from antiphon.midi.messages import HeldNotes
from antiphon.stage.machine.clock import Clock
from antiphon.stage.ports.connections import PortConnection


class Port(Protocol):
    """One MIDI input and one output. `contextlib.closing` makes it a context."""

    @property
    def ahead_s(self) -> float:
        """How long before its moment an event should be handed over; 0: it sounds when it is sent."""
        ...

    def receive(self) -> list[Input]:
        """All that arrived since the last call, in order, stamped with our clock, up to now. Never waits."""
        ...

    def send(self, event: Event | Change, at_s: float) -> None:
        """Sound an event at `at_s`, or at once where that has passed or the port knows no later."""
        ...

    def send_clock(self, signal: ClockSignal, at_s: float) -> None:
        """The same for a clock signal, on the clock's output; nothing where there is none."""
        ...

    def send_click(self, event: Event, at_s: float) -> None:
        """The same for a click of the metronome, on the click's output."""
        ...

    def close(self) -> None:
        """Close the notes still held, then the port. A second call does nothing."""
        ...


class Loopback:
    """A port in memory: plays a script in, keeps what comes out in `sent`, `turned`, `signals` and `clicks`.

    A scripted event arrives with its own moment, once the clock has reached it.
    """

    ahead_s = 0.0

    def __init__(self, clock: Clock, script: Sequence[Input] = ()) -> None:
        self._clock = clock
        self._script = sorted(script, key=lambda timed: timed.at_s)
        self._given = 0
        self._held = HeldNotes()
        self.sent: list[Timed] = []
        self.turned: list[Turned] = []
        self.signals: list[Clocked] = []
        self.clicks: list[Timed] = []

    @property
    def exhausted(self) -> bool:
        """True when the whole script was received."""
        return self._given == len(self._script)

    def receive(self) -> list[Input]:
        now_s, first = self._clock.now_s(), self._given
        while not self.exhausted and self._script[self._given].at_s <= now_s:
            self._given += 1
        return self._script[first : self._given]

    def send(self, event: Event | Change, at_s: float) -> None:  # noqa: ARG002 - it sounds when sent
        if isinstance(event, ControlChange | ProgramChange):
            self.turned.append(Turned(self._clock.now_s(), event))
            return
        self._held.follow(event)
        self.sent.append(Timed(self._clock.now_s(), event))

    def send_clock(self, signal: ClockSignal, at_s: float) -> None:  # noqa: ARG002 - it sounds when sent
        self.signals.append(Clocked(self._clock.now_s(), signal))

    def send_click(self, event: Event, at_s: float) -> None:  # noqa: ARG002 - it sounds when sent
        self.clicks.append(Timed(self._clock.now_s(), event))

    def close(self) -> None:
        for off in self._held.owed():
            self.send(off, self._clock.now_s())


@dataclass(frozen=True, slots=True)
class PortChanged:
    """A port that we are connected to went, or came back."""

    name: str
    present: bool


@dataclass(frozen=True, slots=True)
class ConnectionsChanged:
    """What is connected to our virtual ports now: an output and an input each."""

    connections: tuple[PortConnection, ...]
