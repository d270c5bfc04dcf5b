"""A replay with other settings: what was asked for while it was played and still counts."""

import pytest

from antiphon.commands.replay import band_of, recorded, without
from antiphon.errors import Failure
from antiphon.files import chord_table
from antiphon.harmony.theory import theory
from antiphon.perform.comparison import compare
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.reports import Asked, Ended
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import SessionSettings
from random_sessions import play
from toy_chords import flat_seven_table


def test_what_is_changed_for_the_replay_is_not_set_again_by_the_take():
    changes = {"answer.bars": 2, "sampling.weights": {"r": 1.0}}
    mode = SettingChange("answer.mode", "trade")
    asked = Asked(1.0, (SettingChange("answer.bars", 4), mode, SettingChange("sampling.weights.r", 0.5)))
    assert without(asked, changes) == Asked(1.0, (mode,))
    for other in (Asked(1.0, "stop"), Ended(1.0, 1.0)):
        assert without(other, changes) == other


def test_whole_settings_of_an_older_take_keep_what_is_changed_for_the_replay():
    assert without(Asked(1.0, SessionSettings()), {"answer.bars": 2}).what.answer.bars == 2


def test_a_take_is_replayed_with_the_chord_table_that_it_was_made_with_or_not_at_all(tmp_path):
    table = tmp_path / "mine.json"
    chord_table.write(table, flat_seven_table(), 1, 1)
    parts = HarmonySettings(bass=True, chords=True, table=str(table))
    (take,) = play(11, tmp_path / "takes", seconds=20.0, harmony=parts).kept
    header, records = recorded(take)
    assert header.chord_table == chord_table.read(table).sha256
    assert compare(records, band_of(take, header, records).session).difference is None
    chord_table.write(table, theory(), 1, 1)
    with pytest.raises(
        Failure, match=f"made with the chords of checksum {header.chord_table[:12]}…, here is"
    ):
        band_of(take, header, records)
    anew = band_of(take, header, records, changes={"harmony.table": ""})
    assert compare(records, anew.session).difference is not None
    table.unlink()
    with pytest.raises(Failure, match=r"harmony.table: .*No such file"):
        band_of(take, header, records)
