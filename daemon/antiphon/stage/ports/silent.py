"""A port for a machine without any MIDI system: nothing comes in, and what is sent is heard elsewhere."""

from antiphon.errors import Failure
from antiphon.events import Change, ClockSignal, Event, Input, NoteOff, NoteOn
from antiphon.midi.messages import HeldNotes
from antiphon.stage.machine.clock import Clock

SILENT = "none"


class SilentPort:
    """Keeps which notes sound, so that another process can end them."""

    ahead_s = 0.0
    api, output = SILENT, "no output"
    inputs: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    def __init__(self, clock: Clock, client_name: str, held: HeldNotes) -> None:
        self._clock, self.client_name, self._held = clock, client_name, held
        for off in held.owed():  # what an earlier process left
            held.follow(off)
        self._closed = False

    def receive(self) -> list[Input]:
        return []

    def wait_for_input(self, until_s: float) -> bool:  # noqa: ARG002
        return False

    def send(self, event: Event | Change, at_s: float) -> None:  # noqa: ARG002 - nobody waits for it
        """Raises Failure on a closed port."""
        if self._closed:
            raise Failure("the port is closed")
        if isinstance(event, NoteOn | NoteOff):
            self._held.follow(event)

    def send_clock(self, signal: ClockSignal, at_s: float) -> None:
        """There is nobody to follow it."""

    def send_click(self, event: Event, at_s: float) -> None:
        """There is nothing that clicks."""

    def attend(self, next_send_s: float | None) -> None:
        """No port can come or go."""

    def close(self) -> None:
        self._closed = True
