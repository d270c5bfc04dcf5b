"""The process that is a client of JACK: it alone runs Python in JACK's real-time thread.

It says at which frame each message leaves and which moment each that came in belongs to; what the messages
mean it does not know. Started and asked by `jack_system`. The package JACK-Client is loaded here only.
"""

import gc
import os
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from antiphon.stage.machine.clock import SystemClock
from antiphon.stage.machine.priority import call_this_process, raise_priority
from antiphon.stage.ports.connections import PortConnection
from antiphon.stage.ports.jack.callback import Cycle
from antiphon.stage.ports.jack.messages import Answer, JackRequest, Opened, Request

# The thread of JACK gets the interpreter from the one that answers within this time.
_SWITCH_S = 0.0001
_END_S = 1  # a client whose server hangs is not waited for
_SAME_NAMES = 9
_INSIST_S, _AGAIN_S = 1.0, 0.02


def serve(
    requests: "Connection[Opened | Answer, JackRequest | Request]",
    arrived: "Connection[Any, Any]",
    leaving: "Connection[Any, Any]",
) -> None:
    """Become a client of JACK when `requests` says so, and be one until it closes or the server ends.

    `arrived` and `leaving` are pipes of records: what came in, to be read by whoever started this, and what
    is to leave, from there. Where no server answers, that is said, and it may be asked for again.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # Whoever plays may have been sent the same signal, and has notes to close.
    signal.signal(signal.SIGTERM, lambda *_: signal.alarm(_END_S))
    sys.setswitchinterval(_SWITCH_S)
    call_this_process("antiphon-jack")
    import jack

    jack.set_error_function(lambda _: None)
    jack.set_info_function(lambda _: None)
    with suppress(EOFError, OSError):
        order, client = _asked_to_open(jack, requests)
        _run(jack, client, order, requests, arrived.fileno(), leaving.fileno())


def _asked_to_open(
    jack: Any, requests: "Connection[Opened | Answer, JackRequest | Request]"
) -> tuple[JackRequest, Any]:
    while True:
        order = requests.recv()
        if isinstance(order, JackRequest):
            try:
                return _client(jack, order)
            except jack.JackError as error:
                requests.send(Answer(refused=str(error)))


def _client(jack: Any, order: JackRequest) -> tuple[JackRequest, Any]:
    """The client, and the order as it can be carried out."""
    if order.exact:
        client = _open(jack, order)
        if client.realtime or order.transport_bpm is not None:
            return replace(order, exact=client.realtime), client
        client.close()  # ports of that name will be another's
    watch = JackRequest(f"{order.client_name}-watch", exact=False)
    return watch, _open(jack, watch)


def _run(
    jack: Any,
    client: Any,
    order: JackRequest,
    requests: "Connection[Opened | Answer, JackRequest | Request]",
    arrived: int,
    leaving: int,
) -> None:
    clock = SystemClock()

    def broken(error: Exception) -> None:
        requests.send(Answer(refused=f"unforeseen {type(error).__name__}: {error}"))
        os._exit(1)

    cycle = Cycle(clock, jack, client, arrived, leaving, broken, order.transport_bpm)
    # The server is gone or has shut us out: nothing of the library can be called any more.
    client.set_shutdown_callback(lambda *_: os._exit(0))
    turns = order.exact or order.transport_bpm is not None
    if turns:
        client.set_process_callback(cycle.run)
    client.activate()
    raise_priority()  # whoever asks waits, and has notes to send
    gc.collect()
    gc.freeze()
    gc.disable()
    requests.send(Opened(client.name, client.blocksize / client.samplerate, order.exact))
    with suppress(EOFError, OSError):
        while True:
            request = requests.recv()
            if isinstance(request, Request):
                requests.send(_answer(jack, client, cycle, request))
    signal.alarm(_END_S)
    if turns:
        cycle.release()  # whoever sent may have been killed in mid-note
    client.deactivate()
    client.close()


def _open(jack: Any, order: JackRequest) -> Any:
    """A client of that name, with a number behind it where another program has it."""
    name, clock = order.client_name, SystemClock()
    insist_until_s = clock.now_s() + _INSIST_S if order.insist else clock.now_s()
    number = 1
    while number < _SAME_NAMES:
        wanted = name if number == 1 else f"{name}-{number}"
        try:
            return jack.Client(wanted, use_exact_name=True, no_start_server=True)
        except jack.JackOpenError as error:
            # That a name is taken some servers call so, others an error of theirs.
            if error.status.server_failed:
                raise
        if (now_s := clock.now_s()) < insist_until_s:
            clock.wait_until_s(now_s + _AGAIN_S, exactly=False)
        else:
            number += 1
    raise jack.JackError(f"all names from {name} to {name}-{_SAME_NAMES - 1} are taken")


def _answer(jack: Any, client: Any, cycle: Cycle, request: Request) -> Answer:
    try:
        value = _obey(client, cycle, request)
    except jack.JackError as error:
        return Answer(refused=str(error), lost=cycle.lost)
    return Answer(value, lost=cycle.lost)


def _obey(client: Any, cycle: Cycle, request: Request) -> Any:
    match request.what:
        case "inputs":
            return _names(client, client.get_ports(is_midi=True, is_output=True))
        case "outputs":
            return _names(client, client.get_ports(is_midi=True, is_input=True))
        case "listen":
            return cycle.listen(client.midi_inports.register(request.port))
        case "play":
            return cycle.play(client.midi_outports.register(request.port))
        case "tie":
            return _tie(client, request.port, request.other)
        case "ties":
            return tuple(connect_ports for name in request.ports for connect_ports in _ties(client, name))
        case "untie":
            return client.disconnect(request.port, request.other)
        case "drain":
            return cycle.drain()


def _names(client: Any, ports: list[Any]) -> tuple[str, ...]:
    """The names of the ports that are not ours."""
    return tuple(port.name for port in ports if not client.owns(port))


def _tie(client: Any, output: str, into: str) -> None:
    if (output, into) not in _ties(client, output):
        client.connect(output, into)


def _ties(client: Any, name: str) -> list[PortConnection]:
    """The connections of a port, each an output and an input."""
    port = client.get_port_by_name(name)
    others = [other.name for other in client.get_all_connections(port)]
    return [(name, other) if port.is_output else (other, name) for other in others]
