"""Hostile pages: whatever a page of the panel sends is done, or refused in one line."""

import json
import random
from functools import cache

from antiphon import config
from antiphon.changes import change_now
from antiphon.config import Config
from antiphon.errors import WrongUse
from antiphon.perform.controls.midi_controls import LEARNABLE
from antiphon.stage.panel.hub import Hub
from antiphon.stage.panel.requests import Requests
from mutations import damaged, misshapen
from tally import FindingError


class Doer:
    """Does as a running Antiphon does, but that nothing is played."""

    def change(self, name, value):
        change_now(Config(), name, value)

    def press(self, button):
        assert isinstance(button, str)

    def learn(self, name):
        if name not in (None, *LEARNABLE):
            raise WrongUse("no such knob")

    def play(self, timed):
        assert 0 <= timed.event.pitch <= 127
        assert 4.75 <= timed.at_s <= 5.0


@cache
def requests() -> tuple[dict[str, object], ...]:
    plain = config.to_plain(Config())
    names = [(f"{section}.{key}", value) for section, keys in plain.items() for key, value in keys.items()]
    return (
        {"type": "ping", "id": 1, "page_s": 0.5},
        {"type": "note", "pitch": 60, "velocity": 80, "at_s": 4.9},
        {"type": "note", "pitch": 60, "velocity": 0, "at_s": None},
        {"type": "press", "button": "again"},
        {"type": "learn", "name": "temperature"},
        *({"type": "set", "name": name, "value": value} for name, value in names),
    )


def said(chance: random.Random) -> str:
    """One message, whole, odd or damaged."""
    message, how = chance.choice(requests()), chance.random()
    text = json.dumps(misshapen(message, chance) if how < 0.5 else message)
    return damaged(text.encode(), chance).decode(errors="replace") if how > 0.8 else text


def panel_case(chance: random.Random) -> str:
    """What a page says, through the panel's process to the one that does it."""
    asked: list[bytes] = []
    hub, does = Hub(asked.append, lambda: 5.0), Requests()
    page = hub.join()
    page.waiting.get_nowait()
    for _ in range(chance.randrange(1, 4)):
        hub.hear(page, said(chance))
    hub.leave(page)
    wrong = [json.loads(page.waiting.get_nowait()) for _ in range(page.waiting.qsize())]
    refused = [one["message"] for one in wrong if one["type"] == "error"]
    refused += [answer[1] for one in asked if (answer := does.do(one, Doer())) is not None]
    for why in refused:
        if not why or not why.isprintable() or "unexpected" in why:
            raise FindingError(f"refused in {why!r}")
    if does._held:
        raise FindingError(f"the keys {sorted(does._held)} stay down")
    return "refused" if refused else "taken"
