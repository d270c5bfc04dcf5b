"""Control by MIDI: which knob or button does what. Values 0–127 become settings; nothing here has a state."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.symbols import HOLD, REST
from antiphon.events import ControlChange
from antiphon.perform.controls.control_settings import Button, ControlSettings, Knob
from antiphon.perform.settings import (
    FOLLOW,
    LEAST_SWING,
    MOST_SWING,
    SOURCES,
    FeelSettings,
    LiveSettings,
    State,
)

SUSTAIN = 64
_PRESSED = 64
_MOST_BARS = 8
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Controls:
    """The same, by number."""

    knobs: Mapping[int, Knob] = field(default_factory=dict)
    buttons: Mapping[int, Button] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: ControlSettings) -> "Controls":
        knobs: dict[int, Knob] = {}
        buttons: dict[int, Button] = {}
        for knob in _KNOBS:
            if (number := getattr(settings, knob)) is not None:
                knobs[number] = knob
        for button in _BUTTONS:
            if (number := getattr(settings, button)) is not None:
                buttons[number] = button
        return cls(knobs, buttons)


def turn(knob: Knob, value: int, now: LiveSettings) -> LiveSettings:
    """The settings with a knob at `value`, 0–127."""
    return _KNOBS[knob](value / 127, now)


def remembering_or_not(now: LiveSettings) -> LiveSettings:
    """The settings with phrases no longer kept in memory, or kept again."""
    return replace(now, sampling=replace(now.sampling, remembers=not now.sampling.remembers))


def value_of(knob: Knob, now: LiveSettings) -> float | str:
    """What a knob that was turned has set: for rests and density the weight of their symbol."""
    return _VALUES[knob](now)


# The setting that each knob turns.
SETTING_OF: dict[Knob, str] = {
    "temperature": "sampling.temperature",
    "rests": "sampling.weights.r",
    "density": "sampling.weights._",
    "memory": "sampling.memory",
    "closeness": "shape.closeness",
    "swing": "feel.swing",
    "timing": "feel.timing",
    "dynamics": "feel.dynamics",
    "bars": "answer.bars",
    "mode": "answer.mode",
    "clock": "clock.source",
}


def state_light(settings: ControlSettings, state: State, channel: int) -> ControlChange | None:
    """The control change that shows a new state on a pad light; None where no number is set."""
    if settings.state is None:
        return None
    return ControlChange(settings.state, _LIGHTS[state], channel)


def pressed(value: int) -> bool:
    """Buttons and pedals send 127 for down and 0 for up; everything from 64 is down."""
    return value >= _PRESSED


def _temperature(turned: float, now: LiveSettings) -> LiveSettings:
    return replace(now, sampling=replace(now.sampling, temperature=0.1 + 1.9 * turned))


def _rests(turned: float, now: LiveSettings) -> LiveSettings:
    return replace(now, sampling=_weighing(now.sampling, REST, 2 * turned))


def _density(turned: float, now: LiveSettings) -> LiveSettings:
    """Many notes: holding on weighs half; few: twice; in the middle, as the model has it."""
    return replace(now, sampling=_weighing(now.sampling, HOLD, 2 ** (1 - 2 * turned)))


def _memory(turned: float, now: LiveSettings) -> LiveSettings:
    return replace(now, sampling=replace(now.sampling, memory=2 * turned))


def _closeness(turned: float, now: LiveSettings) -> LiveSettings:
    return replace(now, shape=replace(now.shape, closeness=turned))


def _swing(turned: float, now: LiveSettings) -> LiveSettings:
    """At the very left the player's swing is followed."""
    ratio = LEAST_SWING + (MOST_SWING - LEAST_SWING) * max(0.0, turned * 127 - 1) / 126
    return replace(now, feel=replace(_feel(now), swing=ratio if turned else FOLLOW))


def _timing(turned: float, now: LiveSettings) -> LiveSettings:
    return replace(now, feel=replace(_feel(now), timing=turned))


def _dynamics(turned: float, now: LiveSettings) -> LiveSettings:
    return replace(now, feel=replace(_feel(now), dynamics=turned))


def _feel(now: LiveSettings) -> FeelSettings:
    return now.feel or FeelSettings()


def _weighing(sampling: SamplingSettings, symbol: str, weight: float) -> SamplingSettings:
    return replace(sampling, weights={**sampling.weights, symbol: weight})


def _bars(turned: float, now: LiveSettings) -> LiveSettings:
    return replace(now, answer=replace(now.answer, bars=round(turned * _MOST_BARS)))


def _mode(turned: float, now: LiveSettings) -> LiveSettings:
    return replace(now, answer=replace(now.answer, mode=_one_of(now.modes, turned)))


def _clock(turned: float, now: LiveSettings) -> LiveSettings:
    return replace(now, source=_one_of(SOURCES, turned))


def _one_of(choices: Sequence[T], turned: float) -> T:
    return choices[min(int(turned * len(choices)), len(choices) - 1)]


_KNOBS: dict[Knob, Callable[[float, LiveSettings], LiveSettings]] = {
    "temperature": _temperature,
    "rests": _rests,
    "density": _density,
    "memory": _memory,
    "closeness": _closeness,
    "swing": _swing,
    "timing": _timing,
    "dynamics": _dynamics,
    "bars": _bars,
    "mode": _mode,
    "clock": _clock,
}
# What each knob has set, as in the settings.
_VALUES: dict[Knob, Callable[[LiveSettings], float | str]] = {
    "temperature": lambda now: now.sampling.temperature,
    "rests": lambda now: now.sampling.weights[REST],
    "density": lambda now: now.sampling.weights[HOLD],
    "memory": lambda now: now.sampling.memory,
    "closeness": lambda now: now.shape.closeness,
    "swing": lambda now: _feel(now).swing,
    "timing": lambda now: _feel(now).timing,
    "dynamics": lambda now: _feel(now).dynamics,
    "bars": lambda now: now.answer.bars,
    "mode": lambda now: now.answer.mode,
    "clock": lambda now: now.source,
}
_BUTTONS: tuple[Button, ...] = (
    "answer_now",
    "again",
    "motif",
    "stop",
    "panic",
    "record",
    "remember",
    "forget",
    "keep_memory",
    "click",
    "count_in",
    "bass",
    "chords",
    "second_voice",
)
_LIGHTS: dict[State, int] = {"idle": 0, "listening": 64, "answering": 127, "waiting": 0}
# What `antiphon play --learn` can give to the next knob or button that is moved.
LEARNABLE: tuple[str, ...] = (*_KNOBS, *_BUTTONS)
