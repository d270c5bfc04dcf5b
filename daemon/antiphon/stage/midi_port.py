"""The port that plays: inputs and an output of the MIDI system, and what passes them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from antiphon.errors import Failure
from antiphon.events import Change, ControlChange, Event, Input, NoteOff, NoteOn, Timed, Turned
from antiphon.stage.clock import Clock
from antiphon.stage.echo import EchoFilter
from antiphon.stage.intake import Intake
from antiphon.stage.midi_system import answers, load_rtmidi, retire
from antiphon.stage.outlet import Outlet
from antiphon.stage.presence import Link, Presence
from antiphon.stage.sockets import Socket, open_sockets


@dataclass(frozen=True, slots=True)
class Wiring:
    """Which ports, and what passes them.

    api             "auto" (the first that answers), "alsa", "jack", "coremidi" or "winmm"
    client_name     what stands before the colon of our own ports' names
    inputs, output  ports there are, by name, pattern or part of a name; empty: a virtual port of ours
    input_channel   the only channel listened to, 0–15; None: all
    thru            whether what the player does goes to the output too
    """

    api: str = "auto"
    client_name: str = "antiphon"
    inputs: tuple[str, ...] = ()
    output: str = ""
    input_channel: int | None = None
    thru: bool = False


@dataclass(frozen=True, slots=True)
class PortChanged:
    """A port that we are tied to went, or came back."""

    name: str
    present: bool


class RtMidiPort:
    """MIDI in and out through python-rtmidi, as a `Wiring` says.

    `tell` hears of ports that go and come back, which `attend` notices. `backend` stands in for the rtmidi
    module. Raises Failure, saying what to do, where there is no MIDI to be had or a name fits no port.
    """

    def __init__(
        self,
        clock: Clock,
        wiring: Wiring = Wiring(),
        tell: Callable[[PortChanged], None] = lambda _: None,
        backend: Any = None,
    ) -> None:
        self._clock, self._thru, self._tell = clock, wiring.thru, tell
        rtmidi = backend or load_rtmidi()
        names = (wiring.client_name, wiring.inputs, wiring.output)
        opened = next(answers(rtmidi, wiring.api, partial(open_sockets, *names)))
        self.api = opened.api
        self.inputs = tuple(socket.name for socket in opened.inputs)
        self.output = opened.output.name
        echo = EchoFilter()
        self._intakes = [(socket, Intake(wiring.input_channel, echo)) for socket in opened.inputs]
        self._outlet = Outlet(opened.output, echo, rtmidi.RtMidiError)
        self._presence = Presence(_links(opened.inputs), _links([opened.output]))
        self._let_go: list[Event] = []
        self._closed = False

    def receive(self) -> list[Input]:
        # Polled, not called back: a callback would take the GIL inside the MIDI system's real-time thread.
        let_go, self._let_go = self._let_go, []
        return [_stamped(event, self._clock.now_s()) for event in chain(let_go, self._arrived())]

    def _arrived(self) -> Iterator[Event | Change]:
        for socket, intake in self._intakes:
            while (arrived := socket.device.get_message()) is not None:
                yield from self._take_in(intake, arrived[0])
            if intake.lapsed(self._clock.now_s()):
                yield from self._release(intake)

    def _take_in(self, intake: Intake, data: Sequence[int]) -> Iterator[Event | Change]:
        now_s = self._clock.now_s()
        for message, events in intake.feed(data, now_s):
            if self._thru:
                self._outlet.pass_on(message, now_s)
            yield from events

    def _release(self, intake: Intake) -> list[Event]:
        """The note-offs of the keys that were down on an input that fell silent."""
        offs = intake.release()
        if self._thru:
            for off in offs:
                self._outlet.send(off, self._clock.now_s())
        return offs

    def send(self, event: Event | ControlChange) -> None:
        """Sound an event now; nothing where the output is away. Raises Failure on a closed port."""
        if self._closed:
            raise Failure("the MIDI port is closed")
        self._outlet.send(event, self._clock.now_s())

    def attend(self, next_send_s: float | None) -> None:
        """See which ports went or came back, if it is time to look and nothing is due soon.

        Call it often. The keys down on an input that went are released by the next `receive`; the notes
        sounding on an output that went are released when it returns.
        """
        now_s = self._clock.now_s()
        self._outlet.attend(now_s)
        if self._presence.due(now_s, next_send_s):
            for link in self._presence.look(now_s):
                self._change(link)

    def _change(self, link: Link) -> None:
        if link is self._outlet.link:
            changed = self._outlet.returned if link.present else self._outlet.lost
            changed(self._clock.now_s())
        for socket, intake in self._intakes:
            if socket.link is link and not link.present:
                self._let_go += self._release(intake)
        self._tell(PortChanged(link.name, link.present))

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        intakes, self._intakes = self._intakes, []
        try:
            self._outlet.settle()
        finally:
            retire(self._clock, [*(socket.device for socket, _ in intakes), self._outlet.device])


def _stamped(event: Event | Change, at_s: float) -> Input:
    return Timed(at_s, event) if isinstance(event, NoteOn | NoteOff) else Turned(at_s, event)


def _links(sockets: Iterable[Socket]) -> list[Link]:
    return [socket.link for socket in sockets if socket.link is not None]
