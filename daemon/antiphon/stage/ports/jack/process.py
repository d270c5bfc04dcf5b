"""The process that is a client of JACK: it alone runs Python in JACK's real-time thread.

It says at which frame each message leaves and which moment each that came in belongs to; what the messages
mean it does not know. Started and asked by `client`. The package JACK-Client is loaded here only, and as
little else as possible: the ports are there the sooner.
"""

import gc
import os
import signal
import sys
from types import ModuleType
from typing import Any

from antiphon.stage.machine.clock import SystemClock
from antiphon.stage.machine.priority import call_this_process, raise_priority
from antiphon.stage.ports.jack.callback import Cycle
from antiphon.stage.ports.jack.channel import Channel

# The thread of JACK gets the interpreter from the one that answers within this time.
_SWITCH_S = 0.0001
_END_S = 1  # a client whose server hangs is not waited for
_SAME_NAMES = 9
_TRIES = 5  # a busy server may refuse a name that is free
_INSIST_S, _AGAIN_S = 2 * _END_S, 0.02
_LIBRARY = "libjack.so.0"
# Descriptors that were inherited have lower numbers: the system gives the lowest that is free.
_MOST_DESCRIPTORS = 4096


def serve(requests: int, arrived: int, leaving: int) -> None:
    """Become a client of JACK when `requests` says so, and be one until it closes or the server ends.

    All three are descriptors: `requests` of a channel; `arrived` and `leaving` of pipes of records, what came
    in and what is to leave. Where no server answers, that is said, and it may be asked for again.

    When `requests` closes, the process that plays has ended, or was killed: its notes are ended here.
    """
    _keep_only(requests, arrived, leaving)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTSTP):
        signal.signal(number, signal.SIG_IGN)
    # The process that plays may have been sent the same signal, and has notes to close.
    signal.signal(signal.SIGTERM, lambda *_: signal.alarm(_END_S))
    sys.setswitchinterval(_SWITCH_S)
    call_this_process("antiphon-jack")
    channel = Channel(requests)
    try:
        jack, client, transport_bpm = _asked_to_open(channel)
        _run(jack, client, transport_bpm, channel, arrived, leaving)
    except (EOFError, OSError):
        return


def _keep_only(*descriptors: int) -> None:
    """Close what else was inherited: the pipes of the playing process end with it, not with this one."""
    below = 2
    for descriptor in (*sorted(descriptors), _MOST_DESCRIPTORS):
        os.closerange(below + 1, descriptor)
        below = descriptor


def load_jack() -> Any:
    """JACK-Client. Its search for JACK's library starts other programs, and takes most of the time that it
    needs to load; the usual name is tried first."""
    known = ModuleType("ctypes.util")
    known.__dict__["find_library"] = lambda _: _LIBRARY
    sys.modules["ctypes.util"] = known
    try:
        import jack
    except OSError:  # it has another name here
        del sys.modules["ctypes.util"]
        import jack
    jack.set_error_function(lambda _: None)
    jack.set_info_function(lambda _: None)
    return jack


def _asked_to_open(channel: Channel) -> tuple[Any, Any, float | None]:
    """The library, the client and the tempo of its order, once a server answers."""
    try:
        jack = load_jack()
    except (ImportError, OSError) as error:
        while True:
            channel.receive()
            channel.send(str(error))
    while True:
        name, transport_bpm, insist = channel.receive()
        try:
            return jack, _open(jack, name, insist), transport_bpm
        except jack.JackError as error:
            channel.send(str(error))


def _open(jack: Any, name: str, insist: bool) -> Any:
    """A client of that name, with a number behind it where another program has it."""
    clock = SystemClock()
    insist_until_s = None  # a server that stands still answers late, so this counts from its first answer
    number, tries = 1, 0
    while number < _SAME_NAMES:
        wanted = name if number == 1 else f"{name}-{number}"
        try:
            return jack.Client(wanted, use_exact_name=True, no_start_server=True)
        except jack.JackOpenError as error:
            # That a name is taken some servers call so, others an error of theirs.
            if error.status.server_failed:
                raise
        now_s, tries = clock.now_s(), tries + 1
        insist_until_s = insist_until_s or now_s + _INSIST_S
        if tries < _TRIES or (insist and now_s < insist_until_s):
            clock.wait_until_s(now_s + _AGAIN_S, exactly=False)
        else:
            number, tries = number + 1, 0
    raise jack.JackError(f"all names from {name} to {name}-{_SAME_NAMES - 1} are taken")


def _run(
    jack: Any, client: Any, transport_bpm: float | None, channel: Channel, arrived: int, leaving: int
) -> None:
    def broken(error: Exception) -> None:
        channel.send((None, f"unexpected {type(error).__name__}: {error}", 0))
        os._exit(1)

    lead = None
    if transport_bpm is not None:
        from antiphon.stage.ports.jack.position import TransportWatch

        lead = TransportWatch(client, transport_bpm)
    cycle = Cycle(SystemClock(), jack, client, arrived, leaving, broken, lead)
    # The server is gone or has shut us out: nothing of the library can be called any more.
    client.set_shutdown_callback(lambda *_: os._exit(0))
    client.set_process_callback(cycle.run)
    client.set_xrun_callback(lambda _: cycle.client_was_late())
    client.activate()
    raise_priority()  # the process that asks waits, and has notes to send
    gc.disable()  # it would hold up a cycle
    period_s = client.blocksize / client.samplerate
    channel.send((client.name, period_s, client.realtime, _survey(client, ())))
    try:
        while True:
            channel.send(_answer(jack, client, cycle, channel.receive()))
    except (EOFError, OSError):
        signal.alarm(_END_S)
        cycle.release()
        client.deactivate()
        client.close()


def _answer(jack: Any, client: Any, cycle: Cycle, request: tuple[str, ...]) -> tuple[Any, str, int]:
    """The value, why it is refused, and how many messages nobody took from the pipe so far."""
    try:
        return _obey(client, cycle, *request), "", cycle.lost
    except jack.JackError as error:
        return None, str(error), cycle.lost


def _obey(client: Any, cycle: Cycle, what: str, *names: str) -> Any:
    match what:
        case "survey":
            return _survey(client, names)
        case "input":
            return cycle.add_input(client.midi_inports.register(*names))
        case "output":
            return cycle.add_output(client.midi_outports.register(*names))
        case "connect":
            return _connect(client, *names)


def _survey(client: Any, ours: tuple[str, ...]) -> tuple[Any, ...]:
    """The ports of others that can be listened to, and sent to; and the connections of `ours`."""
    inputs = _names(client, client.get_ports(is_midi=True, is_output=True))
    outputs = _names(client, client.get_ports(is_midi=True, is_input=True))
    return inputs, outputs, tuple(pair for name in ours for pair in _connections(client, name))


def _names(client: Any, ports: list[Any]) -> tuple[str, ...]:
    return tuple(port.name for port in ports if not client.owns(port))


def _connect(client: Any, output: str, into: str) -> None:
    if (output, into) not in _connections(client, output):
        client.connect(output, into)


def _connections(client: Any, name: str) -> list[tuple[str, str]]:
    """The connections of a port, each an output and an input."""
    port = client.get_port_by_name(name)
    others = [other.name for other in client.get_all_connections(port)]
    return [(name, other) if port.is_output else (other, name) for other in others]
