"""A MIDI system reached through a binding (see `bindings`): its ports, and ports of ours. Knows no music."""

from collections.abc import Callable, Sequence
from typing import Any

from antiphon.events import Lead
from antiphon.stage.ports.connections import PortConnection
from antiphon.stage.ports.system import Arrived, Listing, NoServerError

# The library drops the newest messages when its queue is full; this is minutes of the densest playing.
QUEUE_MESSAGES = 65_536
# A message came some time since the queue was last looked at, which is done at least this often while
# somebody plays or a clock runs (`engine.POLL_S`).
GRAIN_S = 0.002
_OTHER_NAMES = {"core": "coremidi"}  # the binding's → ours


class BindingDevice:
    """One client of the library, which has one port of ours."""

    def __init__(self, client: Any, title: str) -> None:
        self._client, self._title = client, title

    def get_ports(self) -> list[str]:
        return list(self._client.get_ports())

    def open_virtual(self) -> None:
        self._client.open_virtual_port(self._title)

    def connect(self, theirs: str) -> None:
        ports = self._client.get_ports()
        if theirs not in ports:  # it went since it was listed
            raise OSError(f"{theirs} is gone")
        self._client.open_port(ports.index(theirs), self._title)

    def is_connected(self, theirs: str) -> bool:  # noqa: ARG002 - the library does not say
        return True

    def receive(self) -> Arrived | None:
        arrived = self._client.get_message()
        return None if arrived is None else (arrived[0], None, GRAIN_S)

    def send(self, message: bytes, at_s: float) -> None:  # noqa: ARG002 - it leaves at once
        self._client.send_message(message)

    def close_port(self) -> None:
        self._client.close_port()

    def delete(self) -> None:
        """A client that is only closed stays in the system's list."""
        self._client.close_port()
        self._client.delete()


class BindingSystem:
    """One MIDI system, by its number in the binding."""

    ahead_s = 0.0  # a message leaves when it is sent

    def __init__(self, library: Any, number: Any) -> None:
        self.library, self.number = library, number
        self.errors: type[Exception] = library.RtMidiError
        self.api = api_name(library, number)
        self._devices: list[BindingDevice] = []

    def listing(self) -> Listing:
        """The ports there are now; the clients that looked are gone afterwards."""
        found = []
        for make in (self._listener, self._sender):
            look = make("antiphon-look")
            try:
                found.append(tuple(look.get_ports()))
            finally:
                look.delete()
        return Listing(self.api, *found)

    def free_name(self, client: str) -> str:
        """Here two programs may have the same name."""
        return client

    def client_of(self, client: str, title: str) -> str:  # noqa: ARG002
        """What to call the client of a port of ours."""
        return client

    def port_name(self, client: str, title: str) -> str:
        return f"{self.client_of(client, title)}:{title}"

    def input(self, client: str, title: str, clocked: bool) -> BindingDevice:
        listener = self._listener(self.client_of(client, title))
        # What nobody asks for would fill the queue. Active sensing is wanted: its end is how a pulled cable
        # is noticed.
        listener.ignore_types(sysex=True, timing=not clocked, active_sense=False)
        return self._keep(self.device(listener, client, title))

    def output(self, client: str, title: str) -> BindingDevice:
        return self._keep(self.device(self._sender(self.client_of(client, title)), client, title))

    def device(self, made: Any, client: str, title: str) -> BindingDevice:  # noqa: ARG002
        return BindingDevice(made, title)

    def look(self) -> bool:
        return True  # each list is asked for when it is needed, which takes tenths of a millisecond

    def poll(self) -> Sequence[Lead]:
        return ()

    def wait(self, seconds: float) -> bool:  # noqa: ARG002
        return False

    def connections(self, ours: Sequence[str]) -> tuple[PortConnection, ...]:  # noqa: ARG002
        """The library does not say."""
        return ()

    def connect(self, output: str, into: str) -> None:
        """The library connects no ports but its own."""

    def close(self) -> None:
        devices, self._devices = self._devices, []
        for device in devices:
            device.delete()

    def _keep(self, device: BindingDevice) -> BindingDevice:
        self._devices.append(device)
        return device

    def _listener(self, client: str) -> Any:
        return self._made(lambda: self.library.MidiIn(self.number, client, QUEUE_MESSAGES))

    def _sender(self, client: str) -> Any:
        return self._made(lambda: self.library.MidiOut(self.number, client))

    def _made(self, make: Callable[[], Any]) -> Any:
        try:
            return make()
        except self.errors as error:
            raise NoServerError(str(error)) from None


def api_name(library: Any, number: Any) -> str:
    """Our name of the system that has this number."""
    name = str(library.get_api_name(number))
    return _OTHER_NAMES.get(name, name)
