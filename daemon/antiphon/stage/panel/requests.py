"""What pages ask of the daemon, done one by one. Knows no process and no socket."""

import json
from typing import Any, Protocol, get_args

from antiphon.errors import UserError, WrongUse, shown
from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.perform.controls.control_settings import Button
from antiphon.stage.machine.log import LOG


class Doer(Protocol):
    """What does the requests. Each method may raise a UserError that says why it cannot be done."""

    def change(self, name: str, value: object) -> None: ...

    def press(self, button: Button) -> None: ...

    def learn(self, name: str | None) -> None: ...

    def play(self, timed: Timed) -> None: ...


class Requests:
    """Does what is asked, and knows which keys of the pages are down."""

    def __init__(self) -> None:
        self._held: set[int] = set()

    def do(self, data: bytes, doer: Doer) -> tuple[int, str] | None:
        """Do one request; where it cannot be done, gives the number of the page that asked, and one line.

        Raises nothing: the music must not end because of a request.
        """
        asked: Any = None
        try:
            asked = json.loads(data)
            self._do(asked, doer)
            return None
        except UserError as mistake:
            why = mistake.message.splitlines()[0]
        except Exception as error:
            LOG.debug("a request of the panel broke", exc_info=True)
            why = f"unexpected {type(error).__name__}: {error}"
        client = asked.get("client") if isinstance(asked, dict) else None
        return (client, why) if isinstance(client, int) else None

    def _do(self, asked: dict[str, Any], doer: Doer) -> None:
        match asked:
            case {"type": "note", "pitch": int(pitch), "velocity": int(velocity), "at_s": float(at_s)}:
                (self._held.add if velocity else self._held.discard)(pitch)
                doer.play(Timed(at_s, NoteOn(pitch, velocity) if velocity else NoteOff(pitch)))
            case {"type": "set", "name": str(name), "value": value}:
                doer.change(name, value)
            case {"type": "press", "button": button} if button in get_args(Button):
                doer.press(button)
            case {"type": "press", "button": button}:
                raise WrongUse(f"{shown(button)} is no button (there are: {', '.join(get_args(Button))})")
            case {"type": "learn", "name": str() | None as name}:
                doer.learn(name)
            case _:
                raise WrongUse(f"{shown(asked.get('type'))} lacks a field, or has one of another kind")

    def let_go(self, now_s: float, doer: Doer) -> None:
        """The keys that are down come up: nobody is left to let them go."""
        for pitch in sorted(self._held):
            doer.play(Timed(now_s, NoteOff(pitch)))
        self._held.clear()
