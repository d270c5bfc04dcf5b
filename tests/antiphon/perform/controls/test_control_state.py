"""Knobs and buttons: what a control change did."""

from antiphon.compose.sampling import SamplingSettings
from antiphon.events import ControlChange
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.controls.control_state import ControlState
from antiphon.perform.reports import KnobTurned, Learned, Pressed, SettingChanged
from antiphon.perform.settings import AnswerSettings, LiveSettings

NOW = LiveSettings(SamplingSettings(), AnswerSettings())


def test_knobs_stay_as_they_were_turned():
    controls = ControlState(ControlSettings(temperature=20, bars=21), None, NOW)
    assert controls.turn(ControlChange(20, 127), 1.0) == [
        SettingChanged(1.0, "sampling.temperature", 2.0),
        KnobTurned(1.0, "temperature", 2.0),
    ]
    assert controls.turn(ControlChange(21, 127), 2.0) == [
        SettingChanged(2.0, "answer.bars", 8),
        KnobTurned(2.0, "bars", 8),
    ]
    assert (controls.now.sampling.temperature, controls.now.answer.bars) == (2.0, 8)


def test_a_button_is_told_as_it_goes_down():
    controls = ControlState(ControlSettings(record=28), None, NOW)
    told = [controls.turn(ControlChange(28, value), 1.0) for value in (127, 0, 64)]
    assert told == [[Pressed(1.0, "record")], [], [Pressed(1.0, "record")]]


def test_what_is_learned_is_done_at_once():
    controls = ControlState(ControlSettings(), "stop", NOW)
    assert controls.turn(ControlChange(64, 127), 1.0) == []
    assert controls.turn(ControlChange(77, 127), 2.0) == [
        SettingChanged(2.0, "control.stop", 77),
        Learned(2.0, "stop", 77),
        Pressed(2.0, "stop"),
    ]
    assert controls.turn(ControlChange(78, 127), 3.0) == []


def test_a_number_that_is_learned_does_nothing_else_any_more_but_show_the_state():
    controls = ControlState(ControlSettings(panic=77, bars=77, state=77), "density", NOW)
    told = controls.turn(ControlChange(77, 127), 1.0)
    assert controls.settings == ControlSettings(density=77, state=77)
    assert {(one.name, one.value) for one in told if isinstance(one, SettingChanged)} == {
        ("control.panic", None),
        ("control.bars", None),
        ("control.density", 77),
        ("sampling.weights._", 0.5),
    }


def test_the_pedal_is_one_unless_something_else_was_put_there():
    assert ControlState(ControlSettings(), None, NOW).has_pedal
    assert not ControlState(ControlSettings(stop=64), None, NOW).has_pedal
    assert not ControlState(ControlSettings(bars=64), None, NOW).has_pedal
