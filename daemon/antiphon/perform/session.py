"""Playing together as a function: timestamped input in, timestamped output out. No clock, no port.

`receive` what the player did, `advance` to a moment to get what is due by then, and come back no later than
`next_deadline_s`. Composing runs ahead of the beat, so what is due is there when its moment comes.
"""

from collections.abc import Sequence
from dataclasses import replace

from antiphon.compose.harmony.accompaniment import Part
from antiphon.events import Clocked, ControlChange, Lead, NoteOn, ProgramChange, Timed, Turned
from antiphon.perform.accompany.accompanist import playing
from antiphon.perform.answer.programs import Programs, Voice
from antiphon.perform.answer_reports import Foreseen
from antiphon.perform.clock.bar_clock import BarClock
from antiphon.perform.controls.control_settings import Button
from antiphon.perform.controls.control_state import ControlState
from antiphon.perform.controls.midi_controls import state_light
from antiphon.perform.modes import MODES
from antiphon.perform.reports import (
    NO_HANDOVER,
    Asked,
    Begun,
    Handover,
    Joined,
    Pressed,
    SessionReport,
)
from antiphon.perform.requests import Requests
from antiphon.perform.setting_changes import Changes
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
        self._controls = ControlState(settings.control, settings.learn, settings.live_settings)
        self._leaps = settings.harmony.leaps
        voices = [self._as_set(one) for one in (voice, *programs)]
        self._programs = Programs(voices[0], voices[1:], settings.sampling, random_seed)
        steps = self._programs.steps_per_quarter
        self._time = BarClock(settings.tempo, settings.clock, steps, handover.transport)
        self._reports: list[SessionReport] = [Begun(settings, random_seed, handover)]
        for another, told in joined:
            self.join(another, told)
        if handover.voice:
            self._programs.choose_named(handover.voice)
        tell = self._reports.append
        self._turns = Turns(settings, self._programs, self._time, self._controls, tell, handover.answers)
        self.requests = Requests(settings, self._programs, self._time, self._controls, self._turns, tell)
        self._phrase, self._playback = self._turns.phrase, self._turns.playback
        if self._time.led:
            self._turns.enter("clock stopped", 0.0)
        self.due = self._turns.due()  # always as it is now

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
    def settings(self) -> SessionSettings:
        """Those in force: knobs and buttons change settings, too."""
        return self.requests.in_force

    def join(self, voice: Voice, told: Joined) -> None:
        """One more voice can be chosen, by its name; it is known already where one has that name."""
        if self._programs.join(self._as_set(voice)):
            self._reports.append(told)

    def _as_set(self, voice: Voice) -> Voice:
        """A voice that reads melodies for their chords as the settings say."""
        return voice if self._leaps else replace(voice, chords=replace(voice.chords, leaps=False))

    def receive(self, timed: Timed) -> None:
        """The player did something, at a moment not before that of the last input."""
        self._catch_up(timed.at_s)
        if isinstance(timed.event, NoteOn):
            self.requests.played()
        self._turns.play(timed)
        self.due = self._turns.due()

    def turn(self, turned: Turned) -> None:
        """A knob, a pedal, a button or a program change, at a moment not before that of the last input."""
        self._catch_up(turned.at_s)
        if isinstance(turned.change, ProgramChange):
            self.requests.choose(turned.change.program, turned.at_s)
        else:
            self.requests.control(turned.change, turned.at_s)
        self.due = self._turns.due()

    def hear_clock(self, said: Clocked | Lead, at_s: float) -> None:
        """An external clock says where it is; it arrived at a moment not before that of the last input."""
        self._catch_up(at_s)
        if (lead := self._time.hear(said)) is not None:
            self.requests.follow(lead, at_s)
        self.due = self._turns.due()

    def light(self, state: State) -> ControlChange | None:
        """The control change that shows a state on the keyboard, by the settings in force."""
        return state_light(self._controls.settings, state, self.requests.settings.channel)

    def part_on(self, channel: int) -> Part | None:
        """The part that plays on a channel, 0–15; None on that of the answer, and where none does."""
        return self.requests.settings.part_on(channel)

    def programs_in(self, state: State) -> list[ProgramChange]:
        """The sounds of the parts that play in a state, to be chosen as it begins, where any are set."""
        now = self._controls.now
        accompanies = MODES[now.answer.mode].accompanies
        if state != ("listening" if accompanies else "answering"):
            return []
        harmony = playing(now.harmony) if accompanies else now.harmony
        chosen = [(harmony.program_of(part), harmony.channel_of(part)) for part in harmony.parts]
        return [ProgramChange(program - 1, channel) for program, channel in chosen if program]

    @property
    def hurried(self) -> dict[int, int]:
        """The choices among candidates for which there was no time, as `Hurried` tells of them."""
        return self._turns.choices.hurried

    def hurry(self) -> None:
        """There is no time for the candidates under way: what is composed of the first is the answer."""
        self._playback.hurry()
        self.due = self._turns.due()

    def ask(self, what: Changes | Button, at_s: float) -> None:
        """Other settings, or what a button does, at a moment not before that of the last input."""
        self._catch_up(at_s)
        self._reports.append(Asked(at_s, what))
        if isinstance(what, tuple):
            self.requests.change(what, at_s)
        else:
            self._reports.append(Pressed(at_s, what))
            self.requests.press(what, at_s)
        self.due = self._turns.due()

    def advance(self, now_s: float) -> list[Timed]:
        """Get on with listening, deciding and composing; gives what is due by now, in order.

        What is due never waits for what is composed ahead: the next deadline is then at once.
        """
        if self.due.works_s is None or self.due.works_s > now_s:
            return self._playback.take_owed()
        if self.due.hears_s is not None and self.due.hears_s <= now_s:
            self._turns.hear_ahead(now_s)
        events: list[Timed] = []
        decides_s = self.due.decides_s
        while decides_s is not None and decides_s <= now_s:
            events += self._turns.perform_all(decides_s, now_s)
            if decides_s == self._time.midi.lost_at_s:
                if (lead := self._time.lose(decides_s)) is not None:
                    self.requests.follow(lead, decides_s)
            else:
                self._turns.decide(decides_s)
            decides_s = self._turns.due().decides_s
        events += self._turns.perform(now_s, now_s)
        self.due = self._turns.due()
        return events

    def _catch_up(self, at_s: float) -> None:
        """Advance, and leave nothing for later: what the player does now changes only what comes after."""
        if self.due.works_s is not None and self.due.works_s <= at_s:
            events = self.advance(at_s)
            if self.due.works_s is not None and self.due.works_s <= at_s:
                events += self._turns.perform_all(at_s, at_s)
            self._playback.owe(events)
        self._phrase.told_s = at_s

    @property
    def foreseen(self) -> Foreseen | None:
        """What the answer under way will sound like; the same object until that changes. None: not known."""
        planned = self._playback.planned
        return None if planned is None else planned.answer.foreseen(planned.place.number)

    def next_deadline_s(self) -> float | None:
        """When to advance again at the latest if nothing is received; None while there is nothing to do."""
        return self.due.works_s

    def take_reports(self) -> list[SessionReport]:
        """What happened since the last call."""
        reports = list(self._reports)
        self._reports.clear()
        return reports

    def stop(self, at_s: float) -> list[Timed]:
        """End everything; gives the note-offs that are still to be sent."""
        events = self._turns.silence("silenced", at_s)
        self.due = self._turns.due()
        return events
