"""The player's knobs and buttons, what the knobs are set to now, and what a control change does."""

from dataclasses import fields, replace
from typing import Any

from antiphon.events import ControlChange
from antiphon.perform.controls.control_settings import Button, ControlSettings, Knob
from antiphon.perform.controls.midi_controls import SETTING_OF, SUSTAIN, Controls, pressed, turn, value_of
from antiphon.perform.reports import KnobTurned, Learned, Pressed, SettingChanged
from antiphon.perform.settings import LiveSettings


class ControlState:
    """`now` is what can be turned, as it is; `learn` is what the next control change will do from then on."""

    def __init__(self, settings: ControlSettings, learn: Knob | Button | None, now: LiveSettings) -> None:
        self.now = now
        self.settings = settings
        self._controls = Controls.of(settings)
        self._learning = learn

    def set(self, settings: ControlSettings, now: LiveSettings) -> None:
        """Other settings are in force."""
        self.settings, self.now = settings, now
        self._controls = Controls.of(settings)

    def learn(self, name: Knob | Button | None) -> None:
        """The next control change does this from then on; None: it does what it did."""
        self._learning = name

    @property
    def has_pedal(self) -> bool:
        """Whether the sustain pedal is one, and nothing else was put on its number."""
        return SUSTAIN not in self._controls.knobs and SUSTAIN not in self._controls.buttons

    def turn(
        self, change: ControlChange, at_s: float
    ) -> list[SettingChanged | Learned | KnobTurned | Pressed]:
        """Take in a control change; gives reports of what it did."""
        return [*self._learn(change, at_s), *self._do(change, at_s)]

    def _learn(self, change: ControlChange, at_s: float) -> list[SettingChanged | Learned]:
        name = self._learning
        if name is None or change.control == SUSTAIN:
            return []
        self._learning = None
        # The number does nothing else from now on; that of the light goes out and stays.
        had = [
            one.name for one in fields(self.settings) if getattr(self.settings, one.name) == change.control
        ]
        changes: dict[str, Any] = {one: None for one in had if one != "state"} | {name: change.control}
        self.settings = replace(self.settings, **changes)
        self._controls = Controls.of(self.settings)
        changed = [SettingChanged(at_s, f"control.{one}", number) for one, number in changes.items()]
        return [*changed, Learned(at_s, name, change.control)]

    def _do(self, change: ControlChange, at_s: float) -> list[SettingChanged | KnobTurned | Pressed]:
        if (knob := self._controls.knobs.get(change.control)) is not None:
            self.now = turn(knob, change.value, self.now)
            value = value_of(knob, self.now)
            return [SettingChanged(at_s, SETTING_OF[knob], value), KnobTurned(at_s, knob, value)]
        button = self._controls.buttons.get(change.control)
        return [Pressed(at_s, button)] if button is not None and pressed(change.value) else []
