"""Takes as a whole: random sessions replayed to the note, and recordings that are killed at any moment."""

import os
import random

import mido
import pytest

import killing
import random_sessions
from antiphon.commands.replay import Band, recorded
from antiphon.perform.answer_reports import ChordGuessed
from antiphon.perform.comparison import compare
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.reports import Begun, Sent
from antiphon.stage.takes.finish import read
from antiphon.stage.takes.recorder import Limits


def replayed(path):
    header, records = recorded(path)
    return compare(records, Band(header).session)


def sent(played):
    return sum(isinstance(report, Sent) for report in played.reports)


@pytest.mark.parametrize("seed", [1, 4, 6])
def test_a_random_session_is_replayed_to_the_note(tmp_path, seed):
    played = random_sessions.play(seed, tmp_path)
    found = replayed(played.kept[0])
    assert found.difference is None
    assert found.events == sent(played) > 0


def parts_of(path):
    """The tracks of a take after those of the player and of the answer."""
    return [track.name for track in mido.MidiFile(path).tracks[3:]]


def parts_beside(path):
    """Those that there must be: what plays on the channel of the answer has no track of its own."""
    answer = recorded(path)[0].settings["midi"]["output_channel"]
    return [name for name, channel in (("Bass", 2), ("Chords", 3), ("Second voice", 4)) if channel != answer]


PARTS = HarmonySettings(bass=True, chords=True, second_voice=True, pattern="boom-chick")


@pytest.mark.parametrize("seed", [1, 4])
def test_a_random_session_with_parts_is_replayed_to_the_note(tmp_path, seed):
    played = random_sessions.play(seed, tmp_path, harmony=PARTS)
    found = replayed(played.kept[0])
    assert found.difference is None
    assert found.events == sent(played)
    assert parts_of(played.kept[0]) == parts_beside(played.kept[0])


@pytest.mark.parametrize("seed", [1, 4])
def test_a_random_session_that_is_accompanied_is_replayed_to_the_note(tmp_path, seed):
    played = random_sessions.play(seed, tmp_path, harmony=PARTS, mode="accompany")
    assert any(isinstance(report, ChordGuessed) for report in played.reports)
    found = replayed(played.kept[0])
    assert found.difference is None
    assert found.events == sent(played) > 0


def test_takes_that_begin_in_mid_performance_have_their_parts(tmp_path):
    played = random_sessions.play(5, tmp_path, presses=(12.0, 20.0, 26.0), recording=False, harmony=PARTS)
    assert [replayed(path).difference for path in played.kept] == [None, None]
    first, second = played.kept
    assert (parts_of(first), parts_of(second)) == ([], parts_beside(second))  # the first has none


def test_a_memory_that_was_loaded_is_part_of_the_take(tmp_path):
    remembered = ("60", "_", "62", "_", "64", "_", "62", "_") * 8
    played = random_sessions.play(4, tmp_path / "a", remembered=remembered)
    assert replayed(played.kept[0]).difference is None
    assert recorded(played.kept[0])[0].remembered == remembered
    assert played.reports != random_sessions.play(4, tmp_path / "b").reports


def test_the_parts_of_a_long_session_are_replayed_with_those_before_them(tmp_path):
    played = random_sessions.play(2, tmp_path, limits=Limits(minutes=0.15))
    assert len(played.kept) > 2
    found = [replayed(path) for path in played.kept]
    assert all(one.difference is None for one in found)
    assert [one.events for one in found] == sorted(one.events for one in found)
    assert found[-1].events == sent(played)


def test_takes_of_the_record_button_are_replayed_from_what_was_played_before(tmp_path):
    played = random_sessions.play(5, tmp_path, presses=(12.0, 20.0, 26.0), recording=False)
    assert len(played.kept) == 2
    for path in played.kept:
        assert isinstance(recorded(path)[1][0], Begun)
        assert replayed(path).difference is None
    assert read(played.kept[1]).texts["place"]["known"] is True


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_killed_at_any_moment_no_more_than_the_last_event_is_missing(tmp_path):
    chance = random.Random(3)
    for number in range(5):
        folder = tmp_path / str(number)
        told = killing.killed(folder, chance.uniform(0.0, 0.05))
        assert killing.look_at(folder, told).missing in (0, 1)
