"""What is asked for during the music: other settings, what knobs and buttons do, programs, an external clock.

Pure.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import cast

from antiphon.compose.harmony.accompaniment import PARTS
from antiphon.events import ControlChange, Lead
from antiphon.perform.answer.programs import Programs
from antiphon.perform.clock.bar_clock import BarClock
from antiphon.perform.clock.click import Clicked
from antiphon.perform.clock.external_grid import playable
from antiphon.perform.controls.control_settings import Button, Knob
from antiphon.perform.controls.control_state import ControlState
from antiphon.perform.controls.midi_controls import SUSTAIN, pressed, remembering_or_not
from antiphon.perform.reports import (
    KnobTurned,
    MemoryKept,
    Pressed,
    ProgramChosen,
    SessionReport,
    SettingChanged,
)
from antiphon.perform.setting_changes import LEARN, MODEL_NAME, Changes, SettingChange, applied
from antiphon.perform.settings import SessionSettings
from antiphon.perform.turns import Turns


class Requests:
    """Does what is asked for, each at a moment that the turns have reached; `tell` hears what was done.

    `settings` are those without what knobs have changed.
    """

    def __init__(
        self,
        settings: SessionSettings,
        programs: Programs,
        time: BarClock,
        controls: ControlState,
        turns: Turns,
        tell: Callable[[SessionReport], None],
    ) -> None:
        self.settings = settings
        self._programs, self._time, self._controls = programs, time, controls
        self._turns, self._tell = turns, tell
        self._counting_in = self._click_silenced = False
        self._does: dict[str, Callable[[float], object]] = {
            "answer_now": turns.end_phrase,
            "again": turns.again,
            "motif": lambda _: turns.keep_motif(),
            "remember": self._remember_or_not,
            "forget": self._forget,
            "keep_memory": self._keep_memory,
            "click": self._click_or_not,
            "count_in": self._count_in,
            "stop": self._stop,
            "panic": self._panic,
            **{part: partial(self._play_or_not, part) for part in PARTS},
        }

    @property
    def in_force(self) -> SessionSettings:
        """The settings as they are: knobs and buttons change settings, too."""
        now, clock = self._controls.now, self.settings.clock
        return replace(
            self.settings,
            answer=now.answer,
            sampling=now.sampling,
            shape=now.shape,
            feel=now.feel,
            strict_key=now.strict_key,
            harmony=now.harmony,
            control=self._controls.settings,
            clock=replace(clock, source=now.source),
        )

    @property
    def clicked(self) -> Clicked | None:
        """The bars that a metronome clicks now; None where none does."""
        transport, ends = self._time.transport, self._time.count_in_ends
        if transport is None or self._turns.state == "waiting":
            return None
        if self.settings.click.when == "always" and not self._click_silenced:
            return Clicked(transport)
        return Clicked(transport, ends) if self._counting_in and ends is not None else None

    def played(self) -> None:
        """A note was played: a click that was silenced goes on."""
        self._click_silenced = False

    def change(self, changes: Changes, at_s: float) -> None:
        """Other settings."""
        settings = self.in_force
        for change in changes:
            if change.name == LEARN:
                self._controls.learn(cast(Knob | Button | None, change.value))
                continue
            if change.name == MODEL_NAME:
                self._choose_named(str(change.value), at_s)
                continue
            settings = applied(settings, change.name, change.value)
            self._tell(SettingChanged(at_s, change.name, change.value))
        self._set(settings, at_s)
        if any(change.name == "click.when" for change in changes):
            self._begin_clicking(at_s)

    def _begin_clicking(self, at_s: float) -> None:
        """Who asks for a count-in gets one; who asks for a click gets one where there are no bars yet."""
        when = self.settings.click.when
        if when == "never":
            self._counting_in = False
        if when == "count-in" or (when == "always" and self._time.transport is None):
            self._count_in(at_s)

    def _set(self, settings: SessionSettings, at_s: float) -> None:
        """Other settings are in force; what sounds goes on."""
        before, self.settings = self.in_force, settings
        if (settings.tempo, settings.clock) != (before.tempo, before.clock):
            self._turns.count()  # its bars are about to move
        self._controls.set(settings.control, settings.live_settings)
        self._programs.sample(self._controls.now.sampling)
        self._turns.set(settings)
        if settings.live_settings != before.live_settings:
            self._turns.compose_anew()
        self._turns.settle_mode(at_s)
        shift = self._time.set(settings.tempo, at_s)
        self._turns.move(shift)
        if shift.moved_s is not None:
            self._tell_bars(at_s, False)
        if settings.clock != before.clock:
            self._choose_source(at_s)

    def _tell_bars(self, at_s: float, jumped: bool) -> None:
        for report in self._time.changes(at_s, jumped, self._turns.listening):
            self._tell(report)

    def follow(self, lead: Lead, at_s: float) -> None:
        """An external clock leads, and is at this place."""
        if not playable(lead):
            self._wait(at_s)
            return
        shift = self._time.follow(lead, at_s)
        self._turns.enter("clock runs", at_s)
        if not (shift.jumped and self._turns.stop_for_jump(at_s)):
            self._turns.move(shift)
        self._tell_bars(at_s, shift.jumped)

    def _wait(self, at_s: float) -> None:
        self._time.stand()
        self._turns.wait(at_s)

    def _choose_source(self, at_s: float) -> None:
        self._turns.count()
        lead = self._time.choose(replace(self.settings.clock, source=self._controls.now.source))
        if lead is not None:
            self.follow(lead, at_s)
        elif self._time.led:
            self._wait(at_s)
        else:
            self._turns.enter("clock runs", at_s)

    def choose(self, program: int, at_s: float) -> None:
        """Another program answers: it hears the whole phrase that is played, or takes up the answer."""
        name = self._programs.choose(program)
        self._tell(ProgramChosen(at_s, program, name))
        if name is not None:
            self._turns.compose_anew()

    def _choose_named(self, name: str, at_s: float) -> None:
        """The voice of this name answers, as after a program change; nothing where there is none."""
        if self._programs.choose_named(name):
            self._tell(SettingChanged(at_s, MODEL_NAME, name))
            self._turns.compose_anew()

    def control(self, change: ControlChange, at_s: float) -> None:
        """A knob, a button or the pedal moves."""
        for done in self._controls.turn(change, at_s):
            self._tell(done)
            if isinstance(done, KnobTurned):
                self._programs.sample(self._controls.now.sampling)
                self._turns.compose_anew()
                self._turns.settle_mode(at_s)
                if done.name == "clock":
                    self._choose_source(at_s)
            elif isinstance(done, Pressed):
                self.press(done.name, at_s)
        if change.control == SUSTAIN and self._controls.has_pedal:
            self._turns.pedal(at_s, change.channel, pressed(change.value))

    def press(self, button: str, at_s: float) -> None:
        """What a button does; nothing where that is not the session's."""
        if (does := self._does.get(button)) is not None:
            does(at_s)

    def _remember_or_not(self, at_s: float) -> None:
        self._controls.now = remembering_or_not(self._controls.now)
        sampling = self._controls.now.sampling
        self._programs.sample(sampling)
        self._tell(SettingChanged(at_s, "sampling.remembers", sampling.remembers))

    def _forget(self, at_s: float) -> None:  # noqa: ARG002 - the same for each button
        self._programs.forget()
        self._turns.hear_anew()

    def _keep_memory(self, at_s: float) -> None:
        self._tell(MemoryKept(at_s, self._programs.remembered()))

    def _click_or_not(self, at_s: float) -> None:
        when = "always" if self.settings.click.when == "never" else "never"
        self.change((SettingChange("click.when", when),), at_s)

    def _play_or_not(self, part: str, at_s: float) -> None:
        plays = getattr(self._controls.now.harmony, part)
        self.change((SettingChange(f"harmony.{part}", not plays),), at_s)

    def _count_in(self, at_s: float) -> None:
        """An external clock counts by itself."""
        if not self._time.led:
            self._counting_in, self._click_silenced = True, False
            self._turns.playback.owe(self._turns.count_in(at_s, self.settings.click.bars))

    def _silence_click(self) -> None:
        self._counting_in, self._click_silenced = False, True

    def _stop(self, at_s: float) -> None:
        self._silence_click()
        self._turns.playback.owe(self._turns.silence("answer stopped", at_s))

    def _panic(self, at_s: float) -> None:
        self._silence_click()
        self._turns.drop_phrase(at_s)
        self._turns.playback.owe(self._turns.silence("silenced", at_s))
