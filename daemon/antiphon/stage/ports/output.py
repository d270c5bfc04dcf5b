"""The MIDI output: the note-offs still to be sent on it, and notes while the port it goes to is away."""

from collections import deque

from antiphon.events import Change, ClockSignal, Event, NoteOff, NoteOn
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

    While the port is away nothing is sent, and the note-offs of what sounded on it wait until it is back.
    `held` are the notes that sound already; `errors` is what a device that was pulled out may raise.
    """

    def __init__(
        self, port: OpenPort, errors: type[Exception], echo: EchoFilter, held: HeldNotes, now_s: float
    ) -> None:
        self.link: WatchedPort | None = port.link
        self._device, self._errors, self._echo, self._held = port.device, errors, echo, held
        self._ended: deque[tuple[float, NoteOff]] = deque()  # in doubt whether these arrived
        # What another left sounding is ended once what hears it is connected, if that is soon, and again when
        # it is seen to be: a MIDI system that is busy connects later.
        self._left = held.owed()
        self._again_s: float | None = None
        self._usable_from_s = now_s + SETTLE_S if self._left else None  # None: since it was opened

    def send(self, event: Event | Change, at_s: float) -> None:
        self._send(to_bytes(event), event if isinstance(event, NoteOn | NoteOff) else None, at_s)

    def pass_on(self, message: bytes, at_s: float) -> None:
        """One whole message of the player's."""
        self._send(message, from_bytes(message), at_s)

    def _send(self, message: bytes, event: Event | None, at_s: float) -> None:
        if self._usable_from_s is not None or (self.link is not None and not self.link.present):
            return
        if isinstance(event, NoteOn):
            self._held.follow(event)  # before it leaves, so that it is ended whatever happens
        if not self._leaves(message, at_s) or event is None:
            return
        if isinstance(event, NoteOff):
            self._held.follow(event)
            self._doubt(event, at_s)
        self._echo.sent(event, at_s - _FRAME_S)

    def _doubt(self, event: NoteOff, at_s: float) -> None:
        if self.link is None:
            return
        self._ended.append((at_s, event))
        while at_s - self._ended[0][0] > DOUBT_S:
            self._ended.popleft()

    def _leaves(self, message: bytes, at_s: float) -> bool:
        """Whether it left: a device pulled out since the last look says so here, or says nothing."""
        try:
            self._device.send(message, at_s)
        except self._errors:
            if self.link is None:
                raise
            self.link.lose()
            return False
        return True

    def lost(self, at_s: float) -> None:
        """The port was missed: the note-offs of the last moments have to be sent again."""
        for ended_s, off in self._ended:
            if at_s - ended_s <= DOUBT_S:
                self._held.follow(NoteOn(off.pitch, 1, off.channel))
        self._ended.clear()

    def returned(self, at_s: float) -> None:
        """The port was connected anew; it is used again a little later, by `attend`."""
        self._usable_from_s = at_s + SETTLE_S

    def connected(self, at_s: float) -> None:
        """What heard the process before this one is seen to hear this one."""
        self._again_s = at_s + SETTLE_S

    def attend(self, now_s: float) -> None:
        """If a port that came back may be used now, release what sounded when it went."""
        if self._usable_from_s is not None and now_s >= self._usable_from_s:
            self._usable_from_s = None
            self.settle(now_s)
        if self._again_s is not None and now_s >= self._again_s:
            self._again_s = None
            self._end_again(now_s)

    def _end_again(self, now_s: float) -> None:
        sounding = self._held.owed()
        if self.link is None or self.link.present:
            for off in (off for off in self._left if off not in sounding):
                self._leaves(to_bytes(off), now_s)

    def settle(self, now_s: float) -> None:
        """Send the note-offs that are still to be sent, if the port is there."""
        if self.link is None or self.link.present:
            for off in self._held.owed():
                if self._leaves(to_bytes(off), now_s):
                    self._held.follow(off)


class ClockOutputPort:
    """Sends MIDI clock; while the port is away nothing is sent."""

    def __init__(self, port: OpenPort, errors: type[Exception]) -> None:
        self._port, self._errors = port, errors

    def send(self, signal: ClockSignal, at_s: float) -> None:
        link = self._port.link
        if link is not None and not link.present:
            return
        try:
            self._port.device.send(to_bytes(signal), at_s)
        except self._errors:
            if link is None:
                raise
            link.lose()
