from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.sampling import SamplingSettings
from antiphon.events import ControlChange
from antiphon.perform.controls.control_settings import ControlSettings, Knob
from antiphon.perform.controls.midi_controls import (
    LEARNABLE,
    SETTING_OF,
    Controls,
    pressed,
    state_light,
    turn,
)
from antiphon.perform.setting_changes import applied
from antiphon.perform.settings import AnswerSettings, LiveSettings, SessionSettings

NOW = LiveSettings(SamplingSettings(), AnswerSettings())


@pytest.mark.parametrize(
    ("knob", "value", "read", "expected"),
    [
        ("temperature", 0, lambda now: now.sampling.temperature, 0.1),
        ("temperature", 127, lambda now: now.sampling.temperature, 2.0),
        ("rests", 0, lambda now: now.sampling.weights["r"], 0.0),
        ("rests", 127, lambda now: now.sampling.weights["r"], 2.0),
        ("density", 0, lambda now: now.sampling.weights["_"], 2.0),
        ("density", 127, lambda now: now.sampling.weights["_"], 0.5),
        ("swing", 0, lambda now: now.feel.swing, "follow"),
        ("swing", 1, lambda now: now.feel.swing, 1.0),
        ("swing", 64, lambda now: now.feel.swing, 2.0),
        ("swing", 127, lambda now: now.feel.swing, 3.0),
        ("timing", 127, lambda now: now.feel.timing, 1.0),
        ("dynamics", 0, lambda now: now.feel.dynamics, 0.0),
        ("bars", 0, lambda now: now.answer.bars, 0),
        ("bars", 127, lambda now: now.answer.bars, 8),
        ("mode", 0, lambda now: now.answer.mode, "answer"),
        ("mode", 63, lambda now: now.answer.mode, "continue"),
        ("mode", 95, lambda now: now.answer.mode, "trade"),
        ("mode", 127, lambda now: now.answer.mode, "accompany"),
    ],
)
def test_a_knob_at_its_ends(knob, value, read, expected):
    assert read(turn(knob, value, NOW)) == expected


@given(st.sampled_from(["temperature", "rests", "density", "bars", "mode"]), st.integers(0, 127))
def test_a_knob_changes_its_own_setting_and_keeps_it_in_range(knob, value):
    turned = turn(knob, value, NOW)
    assert 0 < turned.sampling.temperature <= 2
    assert all(0 <= weight <= 100 for weight in turned.sampling.weights.values())
    assert 0 <= turned.answer.bars <= 8
    assert (turned.sampling == NOW.sampling) == (knob in ("bars", "mode")) or value == 64
    assert turned.answer == NOW.answer or knob in ("bars", "mode")


def test_the_table_by_number():
    controls = Controls.of(ControlSettings(temperature=20, panic=0, answer_now=113))
    assert controls.knobs == {20: "temperature"}
    assert controls.buttons == {0: "panic", 113: "answer_now"}


def test_half_way_down_is_down():
    assert [pressed(value) for value in (0, 63, 64, 127)] == [False, False, True, True]


def test_every_knob_turns_a_setting():
    assert set(SETTING_OF) == set(get_args(Knob))
    for knob, name in SETTING_OF.items():
        assert applied(SessionSettings(), name, 0.123) != SessionSettings(), knob


def test_everything_that_can_be_set_can_be_learned_but_the_light():
    fields = set(ControlSettings.__dataclass_fields__) - {"__pydantic_config__"}
    assert set(LEARNABLE) == fields - {"state"}


def test_the_light_of_a_state():
    assert state_light(ControlSettings(), "idle", 0) is None
    lights = [
        state_light(ControlSettings(state=30), state, 3) for state in ("idle", "listening", "answering")
    ]
    assert lights == [ControlChange(30, value, 3) for value in (0, 64, 127)]
