"""What a message asks for. Whether a setting exists, and may have that value, is known elsewhere."""

from dataclasses import dataclass
from typing import get_args

from antiphon.errors import WrongUse, shown
from antiphon.events import Event, NoteOff, NoteOn
from antiphon.perform.controls.control_settings import Button
from antiphon.stage.control.protocol import SetOne
from antiphon.stage.osc.packets import Argument, Message

ROOT = "/antiphon/"
# Each button has its name of [control]; these two have a shorter one, too.
BUTTONS: dict[str, Button] = {
    "now": "answer_now",
    "take": "record",
    **{button: button for button in get_args(Button)},
}
_NOTE, _STATUS = "note", "status"


@dataclass(frozen=True, slots=True)
class Press:
    """A button goes down."""

    button: Button


@dataclass(frozen=True, slots=True)
class TellAll:
    """Asks to be told the state and all settings."""


Request = SetOne | Press | TellAll | Event


def request_of(message: Message) -> Request | None:
    """What is asked for; None where a button comes up. Raises WrongUse."""
    if not message.address.startswith(ROOT):
        raise WrongUse(f"{shown(message.address)} is no address of Antiphon: they begin with {ROOT}")
    name, arguments = message.address.removeprefix(ROOT), message.arguments
    if name == _NOTE:
        return _note(arguments)
    if name == _STATUS:
        return TellAll()
    if name in BUTTONS:
        # A button on a touch screen sends 1 for down and 0 for up.
        return Press(BUTTONS[name]) if not arguments or arguments[0] else None
    if "/" not in name:
        raise WrongUse(f"{shown(message.address)} is no button (there are: {', '.join(BUTTONS)})")
    if len(arguments) != 1 or arguments[0] is None:
        raise WrongUse(f"{shown(message.address)} needs one value, got {len(arguments)}")
    return SetOne(name.replace("/", "."), arguments[0])


def address_of(setting: str) -> str:
    """The address of a setting: "sampling.temperature" is at /antiphon/sampling/temperature."""
    return ROOT + setting.replace(".", "/")


def _note(arguments: tuple[Argument, ...]) -> Event:
    numbers = [number for number in map(_midi_number, arguments) if number is not None]
    if len(numbers) != 2 or len(arguments) != 2:
        raise WrongUse(f"{ROOT}{_NOTE} needs pitch and velocity, each 0–127, got {shown(arguments)}")
    pitch, velocity = numbers
    return NoteOn(pitch, velocity) if velocity else NoteOff(pitch)


def _midi_number(given: Argument) -> int | None:
    if isinstance(given, bool | str) or given is None or not (0 <= given <= 127 and given == int(given)):
        return None
    return int(given)
