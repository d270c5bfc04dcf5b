"""A replay with other settings: what was asked for while it was played and still counts."""

from antiphon.commands.replay import without
from antiphon.perform.reports import Asked, Ended
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import SessionSettings


def test_what_is_changed_for_the_replay_is_not_set_again_by_the_take():
    changes = {"answer.bars": 2, "sampling.weights": {"r": 1.0}}
    mode = SettingChange("answer.mode", "trade")
    asked = Asked(1.0, (SettingChange("answer.bars", 4), mode, SettingChange("sampling.weights.r", 0.5)))
    assert without(asked, changes) == Asked(1.0, (mode,))
    for other in (Asked(1.0, "stop"), Ended(1.0, 1.0)):
        assert without(other, changes) == other


def test_whole_settings_of_an_older_take_keep_what_is_changed_for_the_replay():
    assert without(Asked(1.0, SessionSettings()), {"answer.bars": 2}).what.answer.bars == 2
