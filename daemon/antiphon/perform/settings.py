"""Every value that shapes the music of a session: its settings, and the names they use. Knows no state."""

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal, get_args

from annotated_types import Ge, Le, Predicate

from antiphon.compose.harmony.accompaniment import PARTS, Part
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import ShapeSettings
from antiphon.events import NoteOff
from antiphon.listen.heard import InputSettings
from antiphon.listen.key import Key
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.controls.control_settings import Button, ControlSettings, Knob
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.transport import Boundary
from antiphon.timebase import MAX_BPM, MIN_BPM, Meter, is_meter

ModeName = Literal["answer", "continue", "trade", "accompany"]
MODE_NAMES: tuple[ModeName, ...] = get_args(ModeName)
State = Literal["idle", "listening", "answering", "waiting"]

MOST_CANDIDATES = 64
Choice = Literal["critic", "expected"]
CHOICES: tuple[Choice, ...] = get_args(Choice)


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """What comes back, and when.

    mode       "answer" a phrase, "continue" it until the player plays again, or "trade" bars on the bar line;
               or "accompany" it with chords that are guessed
    start      "now", the next "beat" or the next "bar"; trading always starts on the bar
    bars       length of the answer; 0: as long as the phrase, and two bars each when trading
    register   "player": within a fourth of the phrase's lowest and highest notes; "any": where the model goes
    overlap    whether an answer goes on when the player comes in, until the next one takes over
    candidates how many answers are composed, of which one is chosen; 1: each is composed while it is played
    program_change  another program takes up an answer that is composed ahead at the next "beat", or waits for
               the next "answer"
    choice     by the model's "critic", as real music is; or the most "expected" one, which needs no critic,
               and may be what was played whole beats ago
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    mode: ModeName = "answer"
    start: Boundary = "bar"
    bars: Annotated[int, Ge(0), Le(64)] = 0
    register: Literal["player", "any"] = "player"
    overlap: bool = False
    candidates: Annotated[int, Ge(1), Le(MOST_CANDIDATES)] = 16
    program_change: Literal["beat", "answer"] = "beat"
    choice: Choice = "critic"


# How much later than it is sent something sounds, in milliseconds.
LatencyMs = Annotated[float, Ge(0), Le(200)]
Source = Literal["internal", "midi", "link", "jack"]
SOURCES: tuple[Source, ...] = get_args(Source)


@dataclass(frozen=True, slots=True)
class ClockSettings:
    """Who keeps the time.

    source        "internal", or an external clock: "midi" clock, Ableton "link", the "jack" transport
    bandwidth_hz  how quickly MIDI clock is followed; lower is steadier
    offset_ms     added to the external clock's time: above 0 we play later
    input         where MIDI clock comes from besides the ports that are played on; empty: a port of ours
    send          whether we send MIDI clock
    output        where to; empty: a port of ours
    output_latency_ms  how much earlier our clock is sent; None: as early as the notes
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    source: Source = "internal"
    bandwidth_hz: Annotated[float, Ge(0.02), Le(5)] = 0.25
    offset_ms: Annotated[float, Ge(-500), Le(500)] = 0.0
    input: str = ""
    send: bool = False
    output: str = ""
    output_latency_ms: LatencyMs | None = None


Note = Annotated[int, Ge(0), Le(127)]
Velocity = Annotated[int, Ge(1), Le(127)]


@dataclass(frozen=True, slots=True)
class ClickSettings:
    """A metronome's click.

    when                "never"; "count-in": some bars before you play; "always": from the count-in on
    bars                of the count-in
    channel             1–16
    *_note, *_velocity  of the click on the downbeat, and on the other beats
    own_port            whether it goes to a port of its own, not to that of the answers
    output              that port, by name or part of a name; empty: a virtual port of ours
    output_latency_ms   how much earlier it is sent; None: as early as the answers
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    when: Literal["never", "count-in", "always"] = "never"
    bars: Annotated[int, Ge(1), Le(16)] = 2
    channel: Annotated[int, Ge(1), Le(16)] = 10
    downbeat_note: Note = 76
    beat_note: Note = 77
    downbeat_velocity: Velocity = 110
    beat_velocity: Velocity = 80
    own_port: bool = False
    output: str = ""
    output_latency_ms: LatencyMs | None = None

    @property
    def notes(self) -> tuple[NoteOff, NoteOff]:
        """What ends every click."""
        return NoteOff(self.downbeat_note, self.channel - 1), NoteOff(self.beat_note, self.channel - 1)


FOLLOW = "follow"  # as a swing
LEAST_SWING, MOST_SWING = 1.0, 3.0


def _is_swing(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value == FOLLOW
    return LEAST_SWING <= value <= MOST_SWING


@dataclass(frozen=True, slots=True)
class FeelSettings:
    """How much of what the player does to the grid the answer does, too.

    swing      "follow" the player's, or the length of the first eighth of a quarter to that of the second
    timing     how much of the player's timing: swing that is followed, push and drag, articulation by length
    dynamics   how much of how the player's loudness depends on place in the bar, height and length
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    # A text or a number. A mistake in a union would be told once for each of its types.
    swing: Annotated[Any, Predicate(_is_swing)] = FOLLOW
    timing: Annotated[float, Ge(0), Le(1)] = 1.0
    dynamics: Annotated[float, Ge(0), Le(1)] = 1.0


HEARD = "heard"  # as a meter, and as a downbeat


def _is_meter_or_heard(text: str) -> bool:
    return text == HEARD or is_meter(text)


@dataclass(frozen=True, slots=True)
class TempoSettings:
    """mode: "follow" the player, or "fixed". bpm: quarter notes a minute; where "follow" begins.

    meter      "3/4"; or "heard": 4/4, 3/4 or 6/8
    downbeat   "heard", or the "first" note played is the first downbeat
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    mode: Literal["follow", "fixed"] = "follow"
    bpm: Annotated[float, Ge(MIN_BPM), Le(MAX_BPM)] = 110.0
    meter: Annotated[str, Predicate(_is_meter_or_heard)] = "4/4"
    downbeat: Literal["heard", "first"] = "heard"

    @property
    def first_meter(self) -> Meter:
        """The meter until another one is heard."""
        return Meter() if self.meter == HEARD else Meter.parse(self.meter)


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """The settings that can change while the music goes on; `feel`, `strict_key` and `modes` as in
    `SessionSettings`."""

    sampling: SamplingSettings
    answer: AnswerSettings
    shape: ShapeSettings = field(default_factory=ShapeSettings)
    source: Source = "internal"
    feel: FeelSettings | None = field(default_factory=FeelSettings)
    strict_key: bool = False
    harmony: HarmonySettings = field(default_factory=HarmonySettings)
    modes: tuple[ModeName, ...] = MODE_NAMES


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """Everything that shapes the music.

    channel   0–15, where the answer goes
    key       None to be heard
    feel      None in takes from before it was learned: an answer has one loudness, and an accent on downbeats
    strict_key  whether answers keep to the scale of the key
    modes     those that the knob `mode` chooses among: three in takes from before there was "accompany"

    What is sent sounds `output_latency_ms` later.
    """

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
    input: InputSettings = field(default_factory=InputSettings)
    feel: FeelSettings | None = field(default_factory=FeelSettings)
    output_latency_ms: LatencyMs = 0.0
    click: ClickSettings = field(default_factory=ClickSettings)
    strict_key: bool = False
    harmony: HarmonySettings = field(default_factory=HarmonySettings)
    modes: tuple[ModeName, ...] = MODE_NAMES

    @property
    def output_latency_s(self) -> float:
        return self.output_latency_ms / 1000

    @property
    def clock_latency_s(self) -> float:
        """How much earlier than its moment MIDI clock is sent."""
        return self._latency_s(self.clock.output_latency_ms)

    @property
    def click_latency_s(self) -> float:
        """How much earlier than its moment a click is sent."""
        return self._latency_s(self.click.output_latency_ms)

    def _latency_s(self, own_ms: float | None) -> float:
        return self.output_latency_s if own_ms is None else own_ms / 1000

    def part_on(self, channel: int) -> Part | None:
        """The part that plays on a channel, 0–15; None on that of the answer, and where none does."""
        channels = {self.harmony.channel_of(part): part for part in reversed(PARTS)}
        return None if channel == self.channel else channels.get(channel)

    @property
    def live_settings(self) -> LiveSettings:
        """The part that knobs can turn."""
        return LiveSettings(
            self.sampling,
            self.answer,
            self.shape,
            self.clock.source,
            self.feel,
            self.strict_key,
            self.harmony,
            self.modes,
        )
