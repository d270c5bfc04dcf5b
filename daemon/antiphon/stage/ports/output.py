"""The MIDI output: what is owed on it, and what happens to notes while the port it is tied to is away."""

from collections import deque

from antiphon.events import ClockSignal, ControlChange, Event, NoteOff, NoteOn
from antiphon.midi.messages import HeldNotes, from_bytes, to_bytes
from antiphon.stage.ports.echo import EchoFilter
from antiphon.stage.ports.open import OpenPort
from antiphon.stage.ports.reconnect import WatchedPort

# A message that follows a connection at once is lost one time in a hundred: JACK connects at its next period.
SETTLE_S = 0.1
# A device is missed this long after it went at most; what was sent to it meanwhile says nothing and is lost.
DOUBT_S = 1.0
# What leaves on its frame and comes back in the same cycle may be stamped a frame before its moment, and a
# little more while the clocks are compared.
_FRAME_S = 0.001


class OutputPort:
    """Sends events and raw messages, each at its moment, and tells the echo filter of them.

    While the port is away nothing is sent, and the notes that sounded on it stay owed until it is back.
    `held` are those that sound already.
    """

    def __init__(self, socket: OpenPort, echo: EchoFilter, held: HeldNotes, now_s: float) -> None:
        self.link: WatchedPort | None = socket.link
        self._socket, self._echo = socket, echo
        self._held = held
        self._ended: deque[tuple[float, NoteOn]] = deque()  # in doubt whether their note-offs arrived
        # What another left sounding is ended once what hears it is connected.
        self._usable_from_s = now_s + SETTLE_S if held.owed() else None  # None: since it was opened

    def send(self, event: Event | ControlChange, at_s: float) -> None:
        self._pass(to_bytes(event), None if isinstance(event, ControlChange) else event, at_s)

    def pass_on(self, message: bytes, at_s: float) -> None:
        """One whole message of the player's."""
        self._pass(message, from_bytes(message), at_s)

    def _pass(self, message: bytes, event: Event | None, at_s: float) -> None:
        if self._away:
            return
        if isinstance(event, NoteOn):
            self._held.follow(event)  # before it leaves, so that it is owed whatever happens
        if write(self._socket, message, at_s) and event is not None:
            self._held.follow(event)
            if isinstance(event, NoteOff):
                self._ended.append((at_s, NoteOn(event.pitch, 1, event.channel)))
            while self._ended and at_s - self._ended[0][0] > DOUBT_S:
                self._ended.popleft()
            self._echo.sent(event, at_s - _FRAME_S)

    def lost(self, at_s: float) -> None:
        """The port was missed: the note-offs of the last moments are owed again."""
        for ended_s, note in self._ended:
            if at_s - ended_s <= DOUBT_S:
                self._held.follow(note)
        self._ended.clear()

    def returned(self, at_s: float) -> None:
        """The port was tied anew; it is used again a little later, by `attend`."""
        self._usable_from_s = at_s + SETTLE_S

    def attend(self, now_s: float) -> None:
        """If a port that came back may be used now, release what sounded when it went."""
        if self._usable_from_s is not None and now_s >= self._usable_from_s:
            self._usable_from_s = None
            self.settle(now_s)

    def settle(self, now_s: float) -> None:
        """Send the note-offs that are owed, if the port is there."""
        if self.link is None or self.link.present:
            for off in self._held.owed():
                if write(self._socket, to_bytes(off), now_s):
                    self._held.follow(off)

    @property
    def _away(self) -> bool:
        return self._usable_from_s is not None or (self.link is not None and not self.link.present)


class ClockOutputPort:
    """Sends MIDI clock; while the port is away nothing is sent, and nothing is owed on it."""

    def __init__(self, socket: OpenPort) -> None:
        self._socket = socket

    def send(self, signal: ClockSignal, at_s: float) -> None:
        if self._socket.link is None or self._socket.link.present:
            write(self._socket, to_bytes(signal), at_s)


def write(socket: OpenPort, message: bytes, at_s: float) -> bool:
    """Whether it left: a device pulled out since the last look says so here, or says nothing."""
    try:
        socket.send(message, at_s)
    except socket.system.errors:
        if socket.link is None:
            raise
        socket.link.lose()
        return False
    return True
