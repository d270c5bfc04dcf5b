"""The player's knobs and buttons, and what the knobs are set to now. Says what a control change means."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from antiphon.events import ControlChange
from antiphon.perform.controls.midi_controls import SUSTAIN, Controls, pressed, turn, value_of
from antiphon.perform.reports import KnobTurned, Learned, Pressed
from antiphon.perform.settings import Button, ControlSettings, Knob, LiveSettings


class ControlState:
    """`now` is what can be turned, as it is; `learn` is what the next control change will do from then on."""

    def __init__(self, settings: ControlSettings, learn: Knob | Button | None, now: LiveSettings) -> None:
        self.now = now
        self._settings = settings
        self._controls = Controls.of(settings)
        self._learning = learn

    def set(self, settings: ControlSettings, before: LiveSettings, after: LiveSettings) -> None:
        """Other settings: where they differ they count, elsewhere what the knobs have set stays."""
        self.now = _taken_over(before, after, self.now)
        if settings != self._settings:
            self._settings, self._controls = settings, Controls.of(settings)

    @property
    def has_pedal(self) -> bool:
        """Whether the sustain pedal is one, and nothing else was put on its number."""
        return SUSTAIN not in self._controls.knobs and SUSTAIN not in self._controls.buttons

    def turn(self, change: ControlChange, at_s: float) -> list[Learned | KnobTurned | Pressed]:
        """Take in a control change; gives what it did."""
        return [*self._learn(change, at_s), *self._do(change, at_s)]

    def _learn(self, change: ControlChange, at_s: float) -> list[Learned]:
        name = self._learning
        if name is None or change.control == SUSTAIN:
            return []
        self._controls, self._learning = self._controls.learned(name, change.control), None
        return [Learned(at_s, name, change.control)]

    def _do(self, change: ControlChange, at_s: float) -> list[KnobTurned | Pressed]:
        if (knob := self._controls.knobs.get(change.control)) is not None:
            self.now = turn(knob, change.value, self.now)
            return [KnobTurned(at_s, knob, value_of(knob, self.now))]
        button = self._controls.buttons.get(change.control)
        return [Pressed(at_s, button)] if button is not None and pressed(change.value) else []


def _taken_over(before: Any, after: Any, now: Any) -> Any:
    if not is_dataclass(now) or isinstance(now, type):
        return now if after == before else after
    values = {
        field.name: _taken_over(*(getattr(one, field.name) for one in (before, after, now)))
        for field in fields(now)
    }
    return replace(now, **values)
