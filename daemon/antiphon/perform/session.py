"""Playing together as a function: timestamped input in, timestamped output out. No clock, no port.

`receive` what the player did, `advance` to a moment to get what is due by then, and come back no later than
`next_deadline_s`. Composing runs ahead of the beat, so what is due is there when its moment comes.
"""

from collections.abc import Sequence
from dataclasses import replace

from antiphon.events import Clocked, ControlChange, Lead, NoteOn, PlayedNote, ProgramChange, Timed, Turned
from antiphon.perform.answer.planner import Planner
from antiphon.perform.answer.playback import Playback
from antiphon.perform.answer.programs import Programs, Voice
from antiphon.perform.clock.bar_clock import BarClock, Shift
from antiphon.perform.clock.external_grid import playable
from antiphon.perform.controls.control_state import ControlState
from antiphon.perform.controls.midi_controls import SUSTAIN, pressed, remembering_or_not
from antiphon.perform.modes import MODES, Mode
from antiphon.perform.phrase import PhraseInput
from antiphon.perform.reports import (
    NO_HANDOVER,
    Asked,
    Begun,
    Handover,
    KnobTurned,
    MemoryKept,
    Pressed,
    ProgramChosen,
    SessionReport,
    SettingChanged,
    StateChanged,
)
from antiphon.perform.settings import Button, Changes, SessionSettings, State, applied
from antiphon.perform.transport import Transport
from antiphon.timebase import Grid


class Session:
    """One player and one answering voice, which a program change exchanges for one of `programs`.

    The same voices, settings, random seed and input give the same output, however often it is advanced.
    `handover` is what an earlier session left whose performance goes on.
    """

    def __init__(
        self,
        voice: Voice,
        settings: SessionSettings,
        random_seed: int,
        programs: Sequence[Voice] = (),
        handover: Handover = NO_HANDOVER,
    ) -> None:
        self._settings = settings
        self._controls = ControlState(settings.control, settings.learn, settings.live_settings)
        self._time = BarClock(settings.tempo, settings.clock, voice.steps_per_quarter, handover.transport)
        self._phrase = PhraseInput(settings.phrase)
        self._programs = Programs(voice, programs, settings.sampling, random_seed)
        self._planner = Planner(settings, self._programs, handover.calls)
        self._reports: list[SessionReport] = [Begun(settings, random_seed, handover)]
        self._playback = Playback(self._reports.append)
        self._state: State = "idle"
        if self._time.led:
            self._enter("waiting", 0.0)

    @property
    def state(self) -> State:
        return self._state

    @property
    def transport(self) -> Transport | None:
        """Bars and beats, from the first note on."""
        return self._time.transport

    @property
    def rolling_grid(self) -> Grid | None:
        """The grid while the music goes on; None before its first note and while the studio stands."""
        transport = self._time.transport
        return None if transport is None or self._state == "waiting" else transport.grid

    def receive(self, timed: Timed) -> None:
        """The player did something, at a moment not before the last one told of."""
        self._catch_up(timed.at_s)
        if isinstance(timed.event, NoteOn):
            if self._state == "waiting":
                return  # there are no bars to answer in
            self._begin_listening(timed.at_s)
        self._phrase.play(timed)

    def turn(self, turned: Turned) -> None:
        """A knob, a pedal, a button or a choice of sound, at a moment not before the last one told of."""
        self._catch_up(turned.at_s)
        if isinstance(turned.change, ProgramChange):
            self._choose(turned.change.program, turned.at_s)
        else:
            self._control(turned.change, turned.at_s)

    def hear_clock(self, said: Clocked | Lead, at_s: float) -> None:
        """The studio says where it is; it arrived at a moment not before the last one told of."""
        self._catch_up(at_s)
        if (lead := self._time.hear(said)) is not None:
            self._follow(lead, at_s)

    @property
    def settings(self) -> SessionSettings:
        """Those in force: knobs and buttons change settings, too."""
        now, clock = self._controls.now, self._settings.clock
        return replace(
            self._settings,
            answer=now.answer,
            sampling=now.sampling,
            shape=now.shape,
            control=self._controls.settings,
            clock=replace(clock, source=now.source),
        )

    def ask(self, what: Changes | Button, at_s: float) -> None:
        """Other settings, or what a button does, from a moment on; never before the last one told of."""
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
            settings = applied(settings, change.name, change.value)
            self._reports.append(SettingChanged(at_s, change.name, change.value))
        self._set(settings, at_s)

    def _set(self, settings: SessionSettings, at_s: float) -> None:
        """Other settings are in force; what sounds goes on."""
        before, self._settings = self.settings, settings
        self._controls.set(settings.control, settings.live_settings)
        self._programs.sample(self._controls.now.sampling)
        self._phrase.set(settings.phrase)
        self._planner.set(settings)
        shift = self._time.set(settings.tempo, at_s)
        self._move(shift)
        if shift.moved_s is not None:
            self._reports += self._time.news(at_s, False, not self._phrase.silent)
        if settings.clock != before.clock:
            self._choose_source(at_s)

    def _follow(self, lead: Lead, at_s: float) -> None:
        if not playable(lead):
            self._wait(at_s)
            return
        shift = self._time.follow(lead, at_s)
        if self._state == "waiting":
            self._enter("idle", at_s)
        elif shift.jumped and self._playback.call is not None:
            self._playback.cut(at_s)
            self._enter("idle" if self._phrase.silent else "listening", at_s)
        else:
            self._move(shift)
        self._reports += self._time.news(at_s, shift.jumped, not self._phrase.silent)

    def _move(self, shift: Shift) -> None:
        """What waits to sound, and what is still to be composed, lie at the same steps of the grid."""
        if shift.moved_s is not None and self.transport is not None:
            self._playback.move(shift.moved_s, self.transport)

    def _wait(self, at_s: float) -> None:
        """The studio stands: nothing sounds, and what was played meanwhile is no call."""
        self._time.stand()
        if self._state != "waiting":
            if not self._phrase.silent:
                self._phrase.finish(at_s)
            self._playback.cut(at_s)
            self._enter("waiting", at_s)

    def _choose_source(self, at_s: float) -> None:
        lead = self._time.choose(replace(self._settings.clock, source=self._controls.now.source))
        if lead is not None:
            self._follow(lead, at_s)
        elif self._time.led:
            self._wait(at_s)
        elif self._state == "waiting":
            self._enter("idle", at_s)

    def _choose(self, program: int, at_s: float) -> None:
        """Another voice, from the next answer on; it hears what was played so far of the call."""
        name = self._programs.choose(program)
        self._reports.append(ProgramChosen(at_s, program, name))
        if name is not None:
            self._phrase.prime_anew(at_s)

    def _control(self, change: ControlChange, at_s: float) -> None:
        for done in self._controls.turn(change, at_s):
            self._reports.append(done)
            if isinstance(done, KnobTurned):
                self._programs.sample(self._controls.now.sampling)
                if done.name == "clock":
                    self._choose_source(at_s)
            elif isinstance(done, Pressed):
                self._press(done.name, at_s)
        if change.control == SUSTAIN and self._controls.has_pedal:
            self._phrase.pedal(at_s, change.channel, pressed(change.value))

    def _press(self, button: str, at_s: float) -> None:
        if button == "answer_now":
            self._end_call(at_s)
        elif button == "remember":
            self._controls.now = remembering_or_not(self._controls.now)
            sampling = self._controls.now.sampling
            self._programs.sample(sampling)
            self._reports.append(SettingChanged(at_s, "sampling.remembers", sampling.remembers))
        elif button == "forget":
            self._programs.forget()
        elif button == "keep_memory":
            self._reports.append(MemoryKept(at_s, self._programs.remembered()))
        elif button in ("stop", "panic"):
            if button == "panic":
                self._phrase.finish(at_s)
            self._playback.owe(self.stop(at_s))

    def _begin_listening(self, at_s: float) -> None:
        self._reports += self._time.begin(at_s)
        if self._playback.call is not None:
            self._barge_in(self._playback.call, at_s)
        self._enter("listening", at_s)

    def _barge_in(self, answered: tuple[PlayedNote, ...], at_s: float) -> None:
        """The player takes over. If nothing of the answer had sounded, they had only paused."""
        if not self._playback.heard:
            self._phrase.resume(answered)
        elif self._controls.now.answer.overlap:
            return
        self._playback.cut(at_s)

    def advance(self, now_s: float) -> list[Timed]:
        """Get on with listening, deciding and composing; gives what is due by now, in order.

        What is due is not kept waiting for what is composed ahead: the next deadline is then at once.
        """
        self._prime(now_s)
        events: list[Timed] = []
        if (lost_s := self._time.lost_at_s()) is not None and lost_s <= now_s:
            events += self._perform_all(lost_s, now_s)
            if (lead := self._time.lose(lost_s)) is not None:
                self._follow(lead, lost_s)
        while (ends_s := self._call_ends_s()) is not None and ends_s <= now_s:
            events += self._perform_all(ends_s, now_s)
            self._end_call(ends_s)
        return events + self._perform(now_s, now_s)

    def _catch_up(self, at_s: float) -> None:
        """Advance, and leave nothing for later: what the player does now changes only what comes after."""
        self._playback.owe(self.advance(at_s) + self._perform_all(at_s, at_s))
        self._phrase.did(at_s)

    def _perform_all(self, until_s: float, now_s: float) -> list[Timed]:
        """With nothing left to compose: what is remembered must not hang on how often anybody looked."""
        events = self._perform(until_s, now_s)
        while self._playback.wants_more(until_s):
            events += self._perform(until_s, now_s)
        return events

    def _perform(self, until_s: float, now_s: float) -> list[Timed]:
        """Everything up to a moment, in the order of the music, however late it is now."""
        events = self._playback.perform(until_s, now_s)
        if (over_s := self._playback.over_s(until_s)) is not None:
            self._enter("idle" if self._phrase.silent else "listening", over_s)
        return events

    @property
    def next_send_s(self) -> float | None:
        """When something is to sound next, as far as it is composed; None where nothing is."""
        return self._playback.scheduler.next_s

    def next_deadline_s(self) -> float | None:
        """When to advance again at the latest if nothing is received; None while there is nothing to do."""
        moments = [self._call_ends_s(), self._primes_at_s(), self._time.lost_at_s()]
        moments += self._playback.deadlines_s()
        return min((moment for moment in moments if moment is not None), default=None)

    def take_reports(self) -> list[SessionReport]:
        """What happened since the last call."""
        news = list(self._reports)
        self._reports.clear()
        return news

    def stop(self, at_s: float) -> list[Timed]:
        """End everything; gives the note-offs that are owed."""
        offs = self._playback.silence(at_s)
        if self._state != "waiting":
            self._enter("idle", at_s)
        return offs

    def _enter(self, state: State, at_s: float) -> None:
        if state != self._state:
            self._state = state
            self._reports.append(StateChanged(at_s, state))

    def _call_ends_s(self) -> float | None:
        """In silence, or in the modes that keep to the bars at a bar line."""
        bars = self._controls.now.answer.bars or self._mode.least_bars
        return self._phrase.over_s(self._time, bars if self._mode.ends_at_bar else None)

    def _primes_at_s(self) -> float | None:
        """When the model may hear the call so far; never while it speaks."""
        return self._phrase.primes_at_s if self._playback.call is None else None

    def _prime(self, now_s: float) -> None:
        primes_at_s, transport = self._primes_at_s(), self.transport
        if transport is not None and primes_at_s is not None and primes_at_s <= now_s:
            played = self._time.straight(self._phrase.so_far(now_s))
            self._planner.prime(played, transport, self._follows)

    def _end_call(self, at_s: float) -> None:
        """The call is over; the answer is planned from this moment, however late it is noticed."""
        if self.transport is None or self._phrase.silent:
            return
        self._playback.cut(at_s)  # where they overlapped the new answer takes over
        self._answer_call(self._phrase.finish(at_s), self.transport, at_s)

    def _answer_call(self, played: tuple[PlayedNote, ...], before: Transport, at_s: float) -> None:
        straight, now = self._time.straight(played), self._controls.now
        scheduler = self._playback.scheduler
        response = self._planner.plan(straight, before, self._follows, at_s, now, scheduler)
        self._time.transport = response.transport
        self._playback.begin(response.answer, played)
        self._reports.append(response.heard)
        self._enter("answering", at_s)

    @property
    def _mode(self) -> Mode:
        return MODES[self._controls.now.answer.mode]

    @property
    def _follows(self) -> bool:
        """Whether the player sets the tempo: who keeps to the bars keeps to it."""
        return self._time.follows_player and not self._mode.ends_at_bar
