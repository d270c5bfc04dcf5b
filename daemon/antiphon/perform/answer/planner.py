"""Who understands a call and plans its answer: hearing, voices and touch joined."""

from collections.abc import Sequence
from dataclasses import dataclass

from antiphon.events import PlayedNote
from antiphon.perform.answer.answer import Answer, Plan
from antiphon.perform.answer.programs import Programs
from antiphon.perform.answer.scheduler import Scheduler
from antiphon.perform.answer.touch import touch_of
from antiphon.perform.answer.transcribe import Transcriber
from antiphon.perform.modes import place_answer
from antiphon.perform.reports import Heard
from antiphon.perform.settings import LiveSettings, SessionSettings
from antiphon.perform.transport import Transport


@dataclass(frozen=True, slots=True)
class PlannedAnswer:
    """An answer that is planned, what is told of it, and the bars it is in."""

    answer: Answer
    heard: Heard
    transport: Transport


class Planner:
    """`calls` were answered in this performance before; `channel` 0–15 is where answers go."""

    def __init__(self, settings: SessionSettings, voices: Programs, calls: int) -> None:
        self._transcriber = Transcriber(settings.phrase.voice, settings.key)
        self._programs, self._calls, self._channel = voices, calls, settings.channel

    def set(self, settings: SessionSettings) -> None:
        """Other settings, from the next call on."""
        self._transcriber.set(settings.phrase.voice, settings.key)

    def prime(self, played: Sequence[PlayedNote], transport: Transport, follows: bool) -> None:
        """Let the model hear a call so far, so that little is left to hear when it is over."""
        call = self._transcriber.glimpse(played, transport, follows)
        self._programs.hear(call, call.notes[-1].end_steps)

    def plan(
        self,
        played: Sequence[PlayedNote],
        before: Transport,
        follows: bool,
        at_s: float,
        now: LiveSettings,
        scheduler: Scheduler,
    ) -> PlannedAnswer:
        """Plan the answer to a call that was over at a moment. `before` held until then; `follows` says
        whether the player sets the tempo; `now` is what the knobs are set to."""
        call = self._transcriber.transcribe(played, before, follows)
        transport = call.transport
        start, end = place_answer(call.notes, at_s, transport, now.answer)
        back = -self._programs.hear(call, start)
        melody = self._programs.begin(self._calls)
        shape = self._programs.shape(call, start, end, now.shape)
        self._calls += 1
        keep = now.answer.register == "player"
        touch = touch_of(played, call.notes, transport.grid, transport.bar_steps, keep)
        plan = Plan(start, end, touch, self._channel, back)
        self._transcriber.answered(start, transport)
        length = None if end is None else end - start
        heard = Heard(at_s, call.notes, call.key, transport.grid, start, length)
        return PlannedAnswer(Answer(melody, shape, plan, transport, scheduler), heard, transport)
