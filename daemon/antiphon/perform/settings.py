"""Everything that shapes the music of a session, in one value."""

from dataclasses import dataclass, field

from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import ShapeSettings
from antiphon.listen.key import Key
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.answer.transcribe import TempoSettings
from antiphon.perform.clock.clock_source import ClockSettings
from antiphon.perform.controls.midi_controls import Button, ControlSettings, Knob, Turnable
from antiphon.perform.modes import AnswerSettings


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """Everything that shapes the music; `channel` 0–15 is where the answer goes, `key` None to be heard."""

    tempo: TempoSettings = field(default_factory=TempoSettings)
    phrase: PhraseSettings = field(default_factory=PhraseSettings)
    answer: AnswerSettings = field(default_factory=AnswerSettings)
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    shape: ShapeSettings = field(default_factory=ShapeSettings)
    key: Key | None = None
    channel: int = 0
    control: ControlSettings = field(default_factory=ControlSettings)
    clock: ClockSettings = field(default_factory=ClockSettings)
    learn: Knob | Button | None = None  # what the next control change will do from then on

    @property
    def turnable(self) -> Turnable:
        """The part that knobs can turn."""
        return Turnable(self.sampling, self.answer, self.shape, self.clock.source)
