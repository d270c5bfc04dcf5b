"""Settings that change while the music goes on."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon import config
from antiphon.changes import (
    change_now,
    changed,
    check_alone,
    needs_restart,
    reread,
    takes_effect_now,
    value_of,
)
from antiphon.config import Config
from antiphon.errors import WrongUse
from antiphon.perform.setting_changes import SettingChange


def mistake(name, value=1):
    with pytest.raises(WrongUse) as caught:
        changed(Config(), {name: value})
    return caught.value.message


def test_a_setting_is_changed_and_the_others_stay():
    before = changed(Config(), {"answer.bars": 3})
    after = changed(before, {"sampling.temperature": 1.2, "midi.inputs": ["a", "b"]})
    assert (after.sampling.temperature, after.answer.bars, after.midi.inputs) == (1.2, 3, ("a", "b"))
    assert changed(after, {"sampling.temperature": 1.0, "midi.inputs": []}) == before


def test_weights_are_changed_as_a_whole_or_one_by_one():
    assert changed(Config(), {"sampling.weights": {"_": 2}}).sampling.weights == {"_": 2.0}
    assert changed(Config(), {"sampling.weights._": 2}).sampling.weights == {"r": 0.9, "_": 2.0}


def test_a_control_can_be_taken_away_again():
    given_one = changed(Config(), {"control.mode": 24})
    assert changed(given_one, {"control.mode": None}) == Config()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("temperature", "; did you mean sampling.temperature?"),
        ("sampling.temprature", "; did you mean temperature?"),
        ("smapling.temperature", "; did you mean sampling.temperature?"),
        (
            "answer.xyz",
            " (there are: mode, start, bars, register, overlap, candidates, program_change, choice)",
        ),
        ("answer", " (there are: mode, start, bars, register, overlap, candidates, program_change, choice)"),
        ("sampling.weights.", "; did you mean weights?"),
        ("", " (config.toml lists them, such as tempo.bpm)"),
        ("qqqq.qqqq", " (config.toml lists them, such as tempo.bpm)"),
    ],
)
def test_a_name_that_is_none_is_told_with_the_one_that_may_be_meant(name, meant):
    assert mistake(name) == f"{name} is not a setting{meant}"


def test_a_value_out_of_range_is_told_as_in_the_file():
    assert mistake("tempo.bpm", 1000) == "tempo.bpm must be less than or equal to 300, got 1000"
    assert "key.name must be a key such as" in mistake("key.name", "H")
    assert "sampling.temperature must be" in mistake("sampling.temperature", float("nan"))


def test_what_lives_and_what_waits_for_a_start():
    flat = [f"{s}.{k}" for s, keys in config.to_plain(Config()).items() for k in keys]
    waits = {name for name in flat if not takes_effect_now(name)}
    assert {name.split(".")[0] for name in waits} == {
        "model",
        "memory",
        "midi",
        "osc",
        "panel",
        "sound",
        "take",
        "tempo",
        "clock",
        "click",
        "log",
        "harmony",
    }
    assert {name for name in waits if name.startswith(("tempo.", "log."))} == {"tempo.meter", "log.file"}
    assert {name for name in waits if name.startswith("clock.")} == {
        "clock.input",
        "clock.send",
        "clock.output",
    }
    assert takes_effect_now("sampling.weights.r")


def test_what_differs_and_waits_for_a_start_is_named():
    after = changed(
        Config(), {"midi.thru": True, "clock.send": True, "tempo.bpm": 90, "clock.source": "midi"}
    )
    assert needs_restart(Config(), after) == ("clock.send", "midi.thru")
    assert needs_restart(after, after) == ()


def test_one_setting_now():
    assert change_now(Config(), "tempo.bpm", 90) == (SettingChange("tempo.bpm", 90.0),)
    assert change_now(Config(), "sampling.weights.r", 1) == (SettingChange("sampling.weights.r", 1.0),)
    with pytest.raises(WrongUse, match=r"midi\.output only takes effect at the next start"):
        change_now(Config(), "midi.output", "synth")
    with pytest.raises(WrongUse, match=r"midi\.output must be a valid string, got 3"):
        change_now(Config(), "midi.output", 3)


def test_the_channel_of_a_part_with_a_port_of_its_own_waits_for_a_start():
    own = changed(Config(), {"harmony.bass_port": "own"})
    with pytest.raises(WrongUse, match=r"harmony\.bass_channel only takes effect at the next start, as"):
        change_now(own, "harmony.bass_channel", 5)
    assert change_now(own, "harmony.chords_channel", 5) == (SettingChange("harmony.chords_channel", 5),)
    after = changed(own, {"harmony.bass_channel": 5, "harmony.chords_channel": 6})
    assert reread(own, after, own) == (SettingChange("harmony.chords_channel", 6),)
    assert needs_restart(own, after) == ("harmony.bass_channel",)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.2", 1.2),
        ("4", 4),
        ("true", True),
        ("trade", "trade"),
        ('"3/4"', "3/4"),
        ("3/4", "3/4"),
        ("F# minor", "F# minor"),
        ("", ""),
        ('["a", "b"]', ["a", "b"]),
        ("{r = 0.5}", {"r": 0.5}),
        ("1\nother = 2", "1\nother = 2"),
        ("2024-05-01", "2024-05-01"),
    ],
)
def test_a_value_is_read_as_toml_and_a_bare_word_is_a_text(text, value):
    assert value_of(text) == value
    assert type(value_of(text)) is type(value)


names = st.one_of(st.text(max_size=30), st.sampled_from(["tempo.bpm", "sampling.weights", "control.mode"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(names, values)
def test_any_change_is_made_or_told(name, value):
    with contextlib.suppress(WrongUse):
        assert isinstance(changed(Config(), {name: value}), Config)


def test_a_file_read_again_changes_what_differs_and_leaves_what_was_turned():
    before = Config()
    after = changed(before, {"tempo.bpm": 90, "midi.thru": True})
    now = changed(before, {"sampling.temperature": 1.5})
    # midi.thru waits for the next start.
    assert reread(before, after, now) == (SettingChange("tempo.bpm", 90.0),)
    assert reread(after, after, now) == ()


def test_a_change_that_contradicts_another_setting_is_refused():
    now = changed(Config(), {"control.bars": 20})
    with pytest.raises(WrongUse, match=r"must not have the number of control\.bars, 20"):
        change_now(now, "control.mode", 20)
    with pytest.raises(WrongUse, match=r"min_temperature must not be above"):
        change_now(now, "sampling.max_temperature", 0.05)


def test_a_change_that_only_contradicts_a_default_is_left_to_whoever_knows_the_settings():
    check_alone("sampling.min_temperature", 3)
    with pytest.raises(WrongUse, match="min_temperature must be"):
        check_alone("sampling.min_temperature", 30)
    with pytest.raises(WrongUse, match="only takes effect at the next start"):
        check_alone("take.folder", "x")


def test_the_latency_of_an_output_takes_effect_now_and_its_port_at_the_next_start():
    now = ("midi.output_latency_ms", "clock.output_latency_ms")
    assert [takes_effect_now(name) for name in now] == [True, True]
    assert not takes_effect_now("midi.output")
    assert change_now(Config(), now[0], 12.5) == (SettingChange(now[0], 12.5),)
    with pytest.raises(WrongUse, match=r"midi\.output_latency_ms must be less than or equal to 200, got 201"):
        change_now(Config(), now[0], 201)
