"""Playing together as a function: timestamped input in, timestamped output out. No clock, no port.

`receive` what the player did, `advance` to a moment to get what is due by then, and come back no later than
`next_deadline_s`. Composing runs ahead of the beat, so what is due is there when its moment comes.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from antiphon.compose.harmony.accompaniment import PARTS, Part
from antiphon.events import Clocked, ControlChange, Lead, NoteOn, ProgramChange, Timed, Turned
from antiphon.perform.answer.programs import Programs, Voice
from antiphon.perform.answer_reports import Foreseen
from antiphon.perform.clock.bar_clock import BarClock
from antiphon.perform.clock.click import Clicked
from antiphon.perform.clock.external_grid import playable
from antiphon.perform.controls.control_settings import Button, Knob
from antiphon.perform.controls.control_state import ControlState
from antiphon.perform.controls.midi_controls import SUSTAIN, pressed, remembering_or_not, state_light
from antiphon.perform.reports import (
    NO_HANDOVER,
    Asked,
    Begun,
    Handover,
    Joined,
    KnobTurned,
    MemoryKept,
    Pressed,
    ProgramChosen,
    SessionReport,
    SettingChanged,
)
from antiphon.perform.setting_changes import LEARN, MODEL_NAME, Changes, SettingChange, applied
from antiphon.perform.settings import SessionSettings, State
from antiphon.perform.transport import Transport
from antiphon.perform.turns import Turns
from antiphon.timebase import Grid


class Session:
    """One player and one voice that answers; a program change puts one of `programs` in its place.

    The same voices, settings, random seed and input give the same output, however often it is advanced.
    `handover` is what an earlier session left whose performance goes on, `joined` are voices that joined it.
    """

    def __init__(
        self,
        voice: Voice,
        settings: SessionSettings,
        random_seed: int,
        programs: Sequence[Voice] = (),
        handover: Handover = NO_HANDOVER,
        joined: Sequence[tuple[Voice, Joined]] = (),
    ) -> None:
        self._settings = settings
        self._controls = ControlState(settings.control, settings.learn, settings.live_settings)
        self._programs = Programs(voice, programs, settings.sampling, random_seed)
        steps = self._programs.steps_per_quarter
        self._time = BarClock(settings.tempo, settings.clock, steps, handover.transport)
        self._reports: list[SessionReport] = [Begun(settings, random_seed, handover)]
        for another, told in joined:
            self.join(another, told)
        if handover.voice:
            self._programs.choose_named(handover.voice)
        tell = self._reports.append
        self._turns = Turns(settings, self._programs, self._time, self._controls, tell, handover.answers)
        self._deadline_s: float | None = None  # when there will be something to do, unless …
        self._stale = True  # … something was done since that was worked out
        self._counting_in = False
        self._click_silenced = False  # until a note is played
        if self._time.led:
            self._turns.enter("clock stopped", 0.0)

    @property
    def state(self) -> State:
        return self._turns.state

    @property
    def transport(self) -> Transport | None:
        """Bars and beats, from the first note on."""
        return self._time.transport

    @property
    def rolling_grid(self) -> Grid | None:
        """The grid while the music goes on; None before its first note and while an external clock stands."""
        transport = self._time.transport
        return None if transport is None or self.state == "waiting" else transport.grid

    @property
    def clicked(self) -> Clicked | None:
        """The bars that a metronome clicks now; None where none does."""
        transport, ends = self._time.transport, self._time.count_in_ends
        if transport is None or self.state == "waiting":
            return None
        if self._settings.click.when == "always" and not self._click_silenced:
            return Clicked(transport)
        return Clicked(transport, ends) if self._counting_in and ends is not None else None

    @property
    def plain_settings(self) -> SessionSettings:
        """The settings without what knobs have changed: quick to ask for."""
        return self._settings

    @property
    def settings(self) -> SessionSettings:
        """Those in force: knobs and buttons change settings, too."""
        now, clock = self._controls.now, self._settings.clock
        return replace(
            self._settings,
            answer=now.answer,
            sampling=now.sampling,
            shape=now.shape,
            feel=now.feel,
            strict_key=now.strict_key,
            harmony=now.harmony,
            control=self._controls.settings,
            clock=replace(clock, source=now.source),
        )

    def join(self, voice: Voice, told: Joined) -> None:
        """One more voice can be chosen, by its name; it is known already where one has that name."""
        if self._programs.join(voice):
            self._reports.append(told)

    def receive(self, timed: Timed) -> None:
        """The player did something, at a moment not before that of the last input."""
        self._catch_up(timed.at_s)
        if isinstance(timed.event, NoteOn):
            self._click_silenced = False
        self._turns.play(timed)

    def turn(self, turned: Turned) -> None:
        """A knob, a pedal, a button or a program change, at a moment not before that of the last input."""
        self._catch_up(turned.at_s)
        if isinstance(turned.change, ProgramChange):
            self._choose(turned.change.program, turned.at_s)
        else:
            self._control(turned.change, turned.at_s)

    def hear_clock(self, said: Clocked | Lead, at_s: float) -> None:
        """An external clock says where it is; it arrived at a moment not before that of the last input."""
        self._catch_up(at_s)
        if (lead := self._time.hear(said)) is not None:
            self._follow(lead, at_s)

    def light(self, state: State) -> ControlChange | None:
        """The control change that shows a state on the keyboard, by the settings in force."""
        return state_light(self._controls.settings, state, self._settings.channel)

    def part_on(self, channel: int) -> Part | None:
        """The part that plays on a channel, 0–15; None on that of the answer, and where none does."""
        return self._settings.part_on(channel)

    @property
    def programs(self) -> list[ProgramChange]:
        """The sounds of the parts that play, to be chosen before an answer; none where none is set."""
        harmony = self._controls.now.harmony
        chosen = [(harmony.program_of(part), harmony.channel_of(part)) for part in harmony.parts]
        return [ProgramChange(program - 1, channel) for program, channel in chosen if program]

    @property
    def hurried(self) -> dict[int, int]:
        """The choices among candidates for which there was no time, as `Hurried` tells of them."""
        return self._turns.choices.hurried

    @property
    def choice_due_s(self) -> float | None:
        """When candidates that are not composed yet must be; None where there are none.

        At this moment `hurry`, or the answer waits until they are.
        """
        return self._turns.choice_due_s

    def hurry(self) -> None:
        """There is no time for the candidates under way: the first of them is the answer."""
        self._turns.hurry()
        self._stale = True

    def ask(self, what: Changes | Button, at_s: float) -> None:
        """Other settings, or what a button does, at a moment not before that of the last input."""
        self._catch_up(at_s)
        self._reports.append(Asked(at_s, what))
        if isinstance(what, tuple):
            self._change(what, at_s)
        else:
            self._reports.append(Pressed(at_s, what))
            self._press(what, at_s)

    def _change(self, changes: Changes, at_s: float) -> None:
        settings = self.settings
        for change in changes:
            if change.name == LEARN:
                self._controls.learn(cast(Knob | Button | None, change.value))
                continue
            if change.name == MODEL_NAME:
                self._choose_named(str(change.value), at_s)
                continue
            settings = applied(settings, change.name, change.value)
            self._reports.append(SettingChanged(at_s, change.name, change.value))
        self._set(settings, at_s)
        if any(change.name == "click.when" for change in changes):
            self._begin_clicking(at_s)

    def _begin_clicking(self, at_s: float) -> None:
        """Who asks for a count-in gets one; who asks for a click gets one where there are no bars yet."""
        when = self._settings.click.when
        if when == "never":
            self._counting_in = False
        if when == "count-in" or (when == "always" and self._time.transport is None):
            self._count_in(at_s)

    def _silence_click(self) -> None:
        self._counting_in, self._click_silenced = False, True

    def _count_in(self, at_s: float) -> None:
        """An external clock counts by itself."""
        if not self._time.led:
            self._counting_in, self._click_silenced = True, False
            self._turns.owe(self._turns.count_in(at_s, self._settings.click.bars))

    def _set(self, settings: SessionSettings, at_s: float) -> None:
        """Other settings are in force; what sounds goes on."""
        before, self._settings = self.settings, settings
        if (settings.tempo, settings.clock) != (before.tempo, before.clock):
            self._turns.count()  # its bars are about to move
        self._controls.set(settings.control, settings.live_settings)
        self._programs.sample(self._controls.now.sampling)
        self._turns.set(settings)
        if settings.live_settings != before.live_settings:
            self._turns.compose_anew()
        shift = self._time.set(settings.tempo, at_s)
        self._turns.move(shift)
        if shift.moved_s is not None:
            self._reports += self._time.changes(at_s, False, self._turns.listening)
        if settings.clock != before.clock:
            self._choose_source(at_s)

    def _follow(self, lead: Lead, at_s: float) -> None:
        if not playable(lead):
            self._wait(at_s)
            return
        shift = self._time.follow(lead, at_s)
        self._turns.enter("clock runs", at_s)
        if not (shift.jumped and self._turns.stop_for_jump(at_s)):
            self._turns.move(shift)
        self._reports += self._time.changes(at_s, shift.jumped, self._turns.listening)

    def _wait(self, at_s: float) -> None:
        self._time.stand()
        self._turns.wait(at_s)

    def _choose_source(self, at_s: float) -> None:
        self._turns.count()
        lead = self._time.choose(replace(self._settings.clock, source=self._controls.now.source))
        if lead is not None:
            self._follow(lead, at_s)
        elif self._time.led:
            self._wait(at_s)
        else:
            self._turns.enter("clock runs", at_s)

    def _choose(self, program: int, at_s: float) -> None:
        """Another program answers: it hears the whole phrase that is played, or takes up the answer."""
        name = self._programs.choose(program)
        self._reports.append(ProgramChosen(at_s, program, name))
        if name is not None:
            self._turns.compose_anew()

    def _choose_named(self, name: str, at_s: float) -> None:
        """The voice of this name answers, as after a program change; nothing where there is none."""
        if self._programs.choose_named(name):
            self._reports.append(SettingChanged(at_s, MODEL_NAME, name))
            self._turns.compose_anew()

    def _control(self, change: ControlChange, at_s: float) -> None:
        for done in self._controls.turn(change, at_s):
            self._reports.append(done)
            if isinstance(done, KnobTurned):
                self._programs.sample(self._controls.now.sampling)
                self._turns.compose_anew()
                if done.name == "clock":
                    self._choose_source(at_s)
            elif isinstance(done, Pressed):
                self._press(done.name, at_s)
        if change.control == SUSTAIN and self._controls.has_pedal:
            self._turns.pedal(at_s, change.channel, pressed(change.value))

    def _press(self, button: str, at_s: float) -> None:
        if button == "answer_now":
            self._turns.end_phrase(at_s)
        elif button == "again":
            self._turns.again(at_s)
        elif button == "motif":
            self._turns.keep_motif()
        elif button == "remember":
            self._controls.now = remembering_or_not(self._controls.now)
            sampling = self._controls.now.sampling
            self._programs.sample(sampling)
            self._reports.append(SettingChanged(at_s, "sampling.remembers", sampling.remembers))
        elif button == "forget":
            self._programs.forget()
            self._turns.hear_anew()
        elif button == "keep_memory":
            self._reports.append(MemoryKept(at_s, self._programs.remembered()))
        elif button == "click":
            when = "always" if self._settings.click.when == "never" else "never"
            self._change((SettingChange("click.when", when),), at_s)
        elif button in PARTS:
            plays = getattr(self._controls.now.harmony, button)
            self._change((SettingChange(f"harmony.{button}", not plays),), at_s)
        elif button == "count_in":
            self._count_in(at_s)
        elif button == "stop":
            self._silence_click()
            self._turns.owe(self._turns.silence("answer stopped", at_s))
        elif button == "panic":
            self._silence_click()
            self._turns.drop_phrase(at_s)
            self._turns.owe(self._turns.silence("silenced", at_s))

    def advance(self, now_s: float) -> list[Timed]:
        """Get on with listening, deciding and composing; gives what is due by now, in order.

        What is due never waits for what is composed ahead: the next deadline is then at once.
        """
        if not self._has_work(now_s):
            return self._turns.take_owed()
        self._stale = True
        self._turns.hear_ahead(now_s)
        events: list[Timed] = []
        while (next_s := self._next_turn_s()) is not None and next_s <= now_s:
            events += self._turns.perform_all(next_s, now_s)
            if next_s == self._time.lost_at_s():
                if (lead := self._time.lose(next_s)) is not None:
                    self._follow(lead, next_s)
            else:
                self._turns.end_phrase(next_s)
        return events + self._turns.perform(now_s, now_s)

    def _next_turn_s(self) -> float | None:
        """When the phrase is over or the external clock is lost, whichever comes first."""
        moments = [self._turns.phrase_over_s(), self._time.lost_at_s()]
        return min((moment for moment in moments if moment is not None), default=None)

    def _catch_up(self, at_s: float) -> None:
        """Advance, and leave nothing for later: what the player does now changes only what comes after."""
        events = self.advance(at_s)
        if self._has_work(at_s):
            self._stale = True
            events += self._turns.perform_all(at_s, at_s)
        self._turns.owe(events)
        self._told(at_s)

    def _told(self, at_s: float) -> None:
        self._turns.told(at_s)
        self._stale = True

    def _has_work(self, now_s: float) -> bool:
        deadline_s = self.next_deadline_s()
        return deadline_s is not None and deadline_s <= now_s

    @property
    def foreseen(self) -> Foreseen | None:
        """What the answer under way will sound like; the same object until that changes. None: not known."""
        return self._turns.foreseen

    @property
    def next_send_s(self) -> float | None:
        """When something is to sound next, as far as it is composed; None where nothing is."""
        return self._turns.next_send_s

    def next_deadline_s(self) -> float | None:
        """When to advance again at the latest if nothing is received; None while there is nothing to do."""
        if self._stale:
            moments = [self._time.lost_at_s(), *self._turns.deadlines_s()]
            self._deadline_s = min((moment for moment in moments if moment is not None), default=None)
            self._stale = False
        return self._deadline_s

    def take_reports(self) -> list[SessionReport]:
        """What happened since the last call."""
        reports = list(self._reports)
        self._reports.clear()
        return reports

    def stop(self, at_s: float) -> list[Timed]:
        """End everything; gives the note-offs that are still to be sent."""
        self._stale = True
        return self._turns.silence("silenced", at_s)
