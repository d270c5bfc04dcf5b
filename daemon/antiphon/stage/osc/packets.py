"""OSC packets: bytes ↔ messages, by OSC 1.0 (opensoundcontrol.stanford.edu/spec-1_0.html). Knows no socket.

python-osc reads each message and writes all. The form of a bundle is checked here first: a size below 0 in it
would keep python-osc busy for ever.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.parsing import osc_types

from antiphon.errors import WrongUse, shown

LONGEST_BYTES, MOST_MESSAGES, DEEPEST = 4096, 64, 4
_BUNDLE, _HEAD_BYTES, _SIZE_BYTES = b"#bundle\0", 16, 4
# 32-bit and 64-bit integers and floats, text, true, false, nothing.
_TYPES = "ihfdsTFN"

Argument = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Message:
    """An address and its arguments. `at_s`: its moment, on our clock; None: at once."""

    address: str
    arguments: tuple[Argument, ...] = ()
    at_s: float | None = None


def messages_of(packet: bytes) -> list[Message]:
    """The messages of a packet, in order; time tags are passed over.

    Raises WrongUse, whatever the bytes, where it is no packet, is longer than 4096 bytes, or holds more than
    64 messages.
    """
    if len(packet) > LONGEST_BYTES:
        raise WrongUse(f"an OSC packet must be at most {LONGEST_BYTES} bytes long")
    found: list[Message] = []
    for element in _elements(packet, 0):
        if len(found) == MOST_MESSAGES:
            raise WrongUse(f"an OSC packet must hold at most {MOST_MESSAGES} messages")
        found.append(_message(element))
    return found


def _elements(packet: bytes, depth: int) -> Iterator[bytes]:
    """The messages of a packet, as bytes."""
    if not packet.startswith(_BUNDLE):
        if not packet.startswith(b"/"):
            raise WrongUse("an OSC packet must begin with / or #bundle")
        yield packet
        return
    if depth == DEEPEST or len(packet) < _HEAD_BYTES:
        raise WrongUse(f"an OSC bundle must have a time tag, and be nested at most {DEEPEST} deep")
    place = _HEAD_BYTES
    while place < len(packet):
        begin = place + _SIZE_BYTES
        place = begin + int.from_bytes(packet[begin - _SIZE_BYTES : begin], "big")
        if not begin < place <= len(packet):
            raise WrongUse("an element of an OSC bundle is longer than the bundle, or empty")
        yield from _elements(packet[begin:place], depth + 1)


def _message(data: bytes) -> Message:
    try:
        address, place = osc_types.get_string(data, 0)
        types = osc_types.get_string(data, place)[0] if place < len(data) else ","
        if not types.startswith(","):  # python-osc before 1.10.2 takes it
            raise WrongUse(f"not an OSC message: {_short(address)} has no types")
        # python-osc would write a line to stderr for each type that it does not know.
        if unknown := types[1:].strip(_TYPES):
            raise WrongUse(f"{_short(address)}: an argument has type {shown(unknown[0])}, must be {_TYPES}")
        return Message(address, tuple(map(_argument, OscMessage(data))))
    except (ParseError, osc_types.ParseError, ValueError) as error:
        raise WrongUse(f"not an OSC message: {error}") from None


def _short(address: str) -> str:
    return shown(address).strip("'\"")


def _argument(value: Argument) -> Argument:
    """Most programs send 32-bit floats: 0.7 comes as 0.699999988, and is 0.7 again."""
    return float(f"{value:.7g}") if isinstance(value, float) else value


def packet_of(messages: Sequence[Message], wall_s: Callable[[float], float]) -> bytes:
    """A packet for messages: a bundle, unless it is one message that has no moment.

    Each message with a moment lies in a bundle of its own, with that as its time tag; `wall_s` gives the time
    since 1970 of a moment.
    """
    if len(messages) == 1 and messages[0].at_s is None:
        return _built(messages[0]).dgram
    builder = OscBundleBuilder(IMMEDIATELY)
    for message in messages:
        content = _built(message)
        builder.add_content(content if message.at_s is None else _tagged(content, wall_s(message.at_s)))
    return builder.build().dgram


def _built(message: Message) -> OscMessage:
    builder = OscMessageBuilder(message.address)
    for argument in message.arguments:
        builder.add_arg(argument)
    return builder.build()


def _tagged(content: OscMessage, wall_s: float) -> OscBundle:
    # It is annotated as int, but is in seconds and fractions of one.
    builder = OscBundleBuilder(wall_s)  # type: ignore[arg-type]
    builder.add_content(content)
    return builder.build()
