"""Hostile OSC: whatever packet comes, it asks for something or is refused in one line."""

import random

from antiphon import config
from antiphon.changes import change_now
from antiphon.config import Config
from antiphon.errors import WrongUse
from antiphon.stage.control.protocol import SetOne
from antiphon.stage.osc.packets import Argument, Message, messages_of, packet_of
from antiphon.stage.osc.requests import BUTTONS, address_of, request_of
from mutations import damaged
from tally import FindingError

_SETTINGS = [f"{section}.{key}" for section, keys in config.to_plain(Config()).items() for key in keys]
_ODD: tuple[Argument, ...] = (None, True, -1, 2**31 - 1, 0.5, float("inf"), float("nan"), "", "G major", "\n")


def _message(chance: random.Random) -> Message:
    buttons = [f"/antiphon/{name}" for name in (*BUTTONS, "note", "status", "nothing")]
    address = chance.choice([address_of(chance.choice(_SETTINGS)), chance.choice(buttons)])
    arguments = [chance.choice((*_ODD, chance.randrange(130))) for _ in range(chance.choice((0, 1, 1, 2)))]
    return Message(address, tuple(arguments), chance.choice((None, chance.uniform(-5e8, 5e8))))


def osc_case(chance: random.Random) -> str:
    """One packet, whole or damaged, as a running Antiphon takes it in."""
    messages = [_message(chance) for _ in range(chance.choice((1, 1, 2, 9)))]
    packet = packet_of(messages, lambda at_s: 1.5e9 + at_s)
    if chance.random() < 0.7:
        packet = damaged(packet, chance)
    try:
        for request in [request_of(message) for message in messages_of(packet)]:
            if isinstance(request, SetOne):
                change_now(Config(), request.name, request.value)
    except WrongUse as refused:
        if not refused.message or any(not line.isprintable() for line in refused.message.split("\n")):
            raise FindingError(f"refused in {refused.message!r}") from None
        return "refused"
    return "taken"
