"""A replay with other settings: which requests of the take are left out."""

from antiphon.commands.replay import undoes
from antiphon.perform.reports import Asked, Ended
from antiphon.perform.settings import SettingChange


def test_a_request_that_would_set_again_what_is_changed_is_left_out():
    changes = {"answer.bars": 2, "sampling.weights": {"r": 1.0}}
    assert undoes(Asked(1.0, SettingChange("answer.bars", 4)), changes)
    assert undoes(Asked(1.0, SettingChange("sampling.weights.r", 0.5)), changes)
    assert not undoes(Asked(1.0, SettingChange("answer.mode", "trade")), changes)
    assert not undoes(Asked(1.0, "stop"), changes)
    assert not undoes(Ended(1.0, 1.0), changes)
