"""OSC as the app has it: requests that came are done, and reports are told. Opens and closes the sockets."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from ipaddress import ip_address
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Protocol

from antiphon.config_sections import OscSettings
from antiphon.errors import Failure, UserError
from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.perform.controls.control_settings import Button
from antiphon.perform.reports import Report
from antiphon.stage.control.protocol import SetOne
from antiphon.stage.machine.clock import Clock
from antiphon.stage.machine.pace import Pace
from antiphon.stage.osc.receiver import Address, Came, Receiver
from antiphon.stage.osc.requests import Press
from antiphon.stage.osc.speaker import Speaker, State
from antiphon.stage.performance_state import PerformanceState

FRAME_S = 0.04
MOST_AT_ONCE = 200
# More notes than this begin in no hands: each is work for the process that plays.
MOST_NOTES, WITHIN_S = 10, 0.1
# A note whose end was lost on its way is ended after this time.
LONGEST_NOTE_S = 10.0
_END_S = 0.5


class Doer(Protocol):
    """What does the requests. Each method may raise a UserError that says why it cannot be done."""

    def change(self, name: str, value: object) -> None: ...

    def press(self, button: Button) -> None: ...

    def play(self, timed: Timed) -> None: ...


class OscLink:
    """Notes are played as they come. Of what else comes within a frame, the newest of each name is done.

    `description` is one line on where it listens and whom it tells.
    """

    def __init__(
        self, requests: "Connection[None, Came]", speaker: Speaker, clock: Clock, description: str
    ) -> None:
        self.requests, self._speaker, self._clock, self.description = requests, speaker, clock, description
        self._waiting: dict[str, Came] = {}
        self._did_s = float("-inf")
        self._held_s: dict[int, float] = {}  # by pitch, since when
        self._pace = Pace(MOST_NOTES, WITHIN_S)

    def hear(self, report: Report, state: PerformanceState) -> None:
        """Tell of a report; `state` is the state after it."""
        self._speaker.hear(report, state)

    def poll(self, doer: Doer) -> None:
        """Do what was asked for since the last call; never waits."""
        for _ in range(MOST_AT_ONCE):
            if not self.requests.poll():
                break
            self._take_in(self.requests.recv(), doer)
        now_s = self._clock.now_s()
        if self._waiting and now_s - self._did_s >= FRAME_S:
            self._did_s = now_s
            for came in self._waiting.values():
                self._do(came, doer)
            self._waiting.clear()
        self._end_lost_notes(now_s, doer)

    def _take_in(self, came: Came, doer: Doer) -> None:
        match came.request:
            case NoteOn() | NoteOff() as note:
                self._play(Timed(came.at_s, note), doer)
            case SetOne(name):
                self._waiting[name] = came
            case Press(button):
                self._waiting[button] = came

    def _play(self, timed: Timed, doer: Doer) -> None:
        if isinstance(timed.event, NoteOn):
            if not self._pace.allows(timed.at_s):
                return
            self._held_s[timed.event.pitch] = timed.at_s
        else:
            self._held_s.pop(timed.event.pitch, None)
        doer.play(timed)

    def _end_lost_notes(self, now_s: float, doer: Doer) -> None:
        for pitch in [pitch for pitch, at_s in self._held_s.items() if now_s - at_s > LONGEST_NOTE_S]:
            self._play(Timed(now_s, NoteOff(pitch)), doer)

    def _do(self, came: Came, doer: Doer) -> None:
        try:
            match came.request:
                case SetOne(name, value):
                    doer.change(name, value)
                case Press(button):
                    doer.press(button)
        except UserError as mistake:
            self._speaker.refuse(mistake.message.splitlines()[0], came.sender)


@contextmanager
def opened(settings: OscSettings, clock: Clock, state: State) -> Iterator[OscLink]:
    """OSC as these settings want it.

    Raises Failure where the port cannot be had or a target has no address.
    """
    with ExitStack() as stack:
        targets = tuple(_resolved(target) for target in settings.targets)
        out = stack.enter_context(closing(_socket()))
        back = stack.enter_context(closing(_bound(settings))) if settings.port else None
        speaker = Speaker(targets, out, back, clock, state)
        ours, theirs = Pipe(duplex=False)
        if back is not None:
            receiver = Receiver(back, theirs, clock, speaker.refuse, speaker.tell_all, speaker.wrote)
            receiver.start()
            stack.callback(receiver.end)
        stack.callback(ours.close)
        speaker.start()
        stack.callback(speaker.end, _END_S)
        yield OscLink(ours, speaker, clock, _described(settings))


def _described(settings: OscSettings) -> str:
    """One line on where OSC comes from and goes to."""
    listens = f"listens on {settings.bind}:{settings.port}" if settings.port else ""
    if listens and not ip_address(settings.bind).is_loopback:
        listens += ", where anyone on the network can play and stop Antiphon"
    tells = f"tells {', '.join(settings.targets)}" if settings.targets else ""
    return f"OSC {'; '.join(filter(None, (listens, tells)))}."


def _socket() -> socket.socket:
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def _bound(settings: OscSettings) -> socket.socket:
    listening = _socket()
    try:
        listening.bind((settings.bind, settings.port))
    except OSError as error:
        listening.close()
        where = f"osc: {settings.bind}:{settings.port}"
        raise Failure(f"{where} cannot be listened on: {error.strerror or error}") from None
    return listening


def _resolved(target: str) -> Address:
    host, _, port = target.rpartition(":")
    try:
        return socket.gethostbyname(host), int(port)
    except (OSError, UnicodeError):
        raise Failure(f"osc.targets: no address is known for {host}") from None
