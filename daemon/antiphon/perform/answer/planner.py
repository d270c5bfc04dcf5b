"""Who understands a call and plans its answer: hearing, voices and touch joined."""

from collections.abc import Sequence
from dataclasses import dataclass

from antiphon.events import PlayedNote
from antiphon.perform.answer.answer import Answer, Plan
from antiphon.perform.answer.programs import Voices
from antiphon.perform.answer.scheduler import Scheduler
from antiphon.perform.answer.touch import touch_of
from antiphon.perform.answer.transcribe import Hearing
from antiphon.perform.modes import place_answer
from antiphon.perform.reports import Heard
from antiphon.perform.settings import SessionSettings, Turnable
from antiphon.perform.transport import Transport


@dataclass(frozen=True, slots=True)
class Response:
    """An answer that is planned, what is told of it, and the bars it is in."""

    answer: Answer
    heard: Heard
    transport: Transport


class Respondent:
    """`calls` were answered in this performance before; `channel` 0–15 is where answers go."""

    def __init__(self, settings: SessionSettings, voices: Voices, calls: int) -> None:
        self._hearing = Hearing(settings.phrase.voice, settings.key)
        self._voices, self._calls, self._channel = voices, calls, settings.channel

    def set(self, settings: SessionSettings) -> None:
        """Other settings, from the next call on."""
        self._hearing.set(settings.phrase.voice, settings.key)

    def prime(self, played: Sequence[PlayedNote], transport: Transport, follows: bool) -> None:
        """Let the model hear a call so far, so that little is left to hear when it is over."""
        call = self._hearing.glimpse(played, transport, follows)
        self._voices.hear(call, call.notes[-1].end_steps)

    def respond(
        self,
        played: Sequence[PlayedNote],
        before: Transport,
        follows: bool,
        at_s: float,
        now: Turnable,
        scheduler: Scheduler,
    ) -> Response:
        """Plan the answer to a call that was over at a moment. `before` held until then; `follows` says
        whether the player sets the tempo; `now` is what the knobs are set to."""
        call = self._hearing.understand(played, before, follows)
        transport = call.transport
        start, end = place_answer(call.notes, at_s, transport, now.answer)
        back = -self._voices.hear(call, start)
        melody = self._voices.begin(self._calls)
        shape = self._voices.shape(call, start, end, now.shape)
        self._calls += 1
        keep = now.answer.register == "player"
        touch = touch_of(played, call.notes, transport.grid, transport.bar_steps, keep)
        plan = Plan(start, end, touch, self._channel, back)
        self._hearing.answered(start, transport)
        length = None if end is None else end - start
        heard = Heard(at_s, call.notes, call.key, transport.grid, start, length)
        return Response(Answer(melody, shape, plan, transport, scheduler), heard, transport)
