"""A folder of takes: what was cut off is finished, what is being recorded is left alone, damage is named."""

from datetime import datetime, timedelta, timezone

import pytest

from antiphon.errors import Failure
from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.perform.reports import Received
from antiphon.stage.phrase_file import write_melody
from antiphon.stage.takes.finish import finish, read
from antiphon.stage.takes.growing_file import locks_hold
from antiphon.stage.takes.header import Place, TakeHeader, UsedBundle
from antiphon.stage.takes.library import chain, finish_what_was_cut_off, length, listed
from antiphon.stage.takes.records import line_of
from antiphon.stage.takes.take import Take
from antiphon.stage.takes.tempo_map import TempoMap
from antiphon.timebase import Meter

HEADER = TakeHeader(100.0, Meter(), {}, UsedBundle("toy", "ab12"), 1)


def recorded(folder, second=0, played=True, continues=""):
    """A take that is still open."""
    place = Place(TempoMap(100.0), b"", continues)
    take = Take(folder, HEADER, datetime(2024, 5, 6, 7, 8, second), place)
    for at_s, event in ((10.0, NoteOn(60)), (82.0, NoteOff(60))):
        if played:
            take.record(line_of(Received(Timed(at_s, event))))
    return take


def cut_off(folder, second=0, **others):
    take = recorded(folder, second, **others)
    take.whole.close()
    return take.path


def kept(folder, second=0, **others):
    take = recorded(folder, second, **others)
    take.end()
    take.whole.close()
    finish(take.path)
    return take.path


def test_what_was_cut_off_is_finished_and_told_in_a_line(tmp_path):
    path, _ = cut_off(tmp_path), kept(tmp_path, 1)
    line = "Finished 20240506-070800.mid, which was cut off: 0 phrases, 0 answers, 1:12."
    assert finish_what_was_cut_off(tmp_path) == [line]
    assert not read(path).unfinished
    assert finish_what_was_cut_off(tmp_path) == []


def test_where_nothing_was_played_it_is_removed(tmp_path):
    path = cut_off(tmp_path, played=False)
    assert finish_what_was_cut_off(tmp_path) == [f"Removed {path.name}, in which nothing was played."]
    assert not path.exists()


def test_a_file_that_died_before_it_had_a_name_is_removed(tmp_path):
    (tmp_path / ".20240506-070809-17.begin").write_bytes(b"MThd")
    assert finish_what_was_cut_off(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_no_folder_is_nothing_to_finish(tmp_path):
    assert finish_what_was_cut_off(tmp_path / "takes") == []
    with pytest.raises(Failure, match="there is no such folder"):
        listed(tmp_path / "takes")


@pytest.mark.skipif(not locks_hold(), reason="this system has no such locks")
def test_what_is_being_recorded_is_left_alone(tmp_path):
    take = recorded(tmp_path)
    before = take.path.read_bytes()
    assert finish_what_was_cut_off(tmp_path) == []
    assert take.path.read_bytes() == before
    assert [(one.recording, one.summary.seconds) for one in listed(tmp_path)] == [(True, 72.0)]


def test_where_no_lock_tells_what_was_written_lately_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr("antiphon.stage.takes.library.locks_hold", lambda: False)
    path = cut_off(tmp_path)
    assert finish_what_was_cut_off(tmp_path) == []
    monkeypatch.setattr("antiphon.stage.takes.library._IN_USE_S", -1.0)
    assert len(finish_what_was_cut_off(tmp_path)) == 1
    assert not read(path).unfinished


def test_the_list_tells_of_all_and_is_not_ended_by_damage(tmp_path):
    kept(tmp_path, 0)
    whole = kept(tmp_path, 1, continues="20240506-070800.mid")
    (tmp_path / "cut.mid").write_bytes(whole.read_bytes()[:60])
    (tmp_path / "noise.mid").write_bytes(b"x" * 99)
    damaged = whole.read_bytes().replace(b'"seconds": 72.0', b'"sekunds": 72.0')
    (tmp_path / "odd.mid").write_bytes(damaged)
    write_melody(tmp_path / "song.mid", [], 100.0)
    found = {one.path.name: one for one in listed(tmp_path)}
    assert sorted(found) == [
        *("20240506-070800.mid", "20240506-070801.mid"),
        *("cut.mid", "noise.mid", "odd.mid"),
    ]
    assert found["20240506-070801.mid"].continues == "20240506-070800.mid"
    assert found["20240506-070800.mid"].summary.cut_off is False
    wrong = [found[name].wrong for name in ("cut.mid", "noise.mid", "odd.mid")]
    assert wrong[:2] == ["is cut short in its header", "is no MIDI file"]
    assert wrong[2].startswith("its header is damaged")


def begun_at(folder, begun):
    take = Take(folder, HEADER, begun)
    take.record(line_of(Received(Timed(1.0, NoteOn(60)))))
    take.end()
    take.whole.close()
    finish(take.path)
    return take.path.name


def test_takes_are_in_the_order_they_were_made_when_the_clock_is_put_back(tmp_path):
    summer, winter = timezone(timedelta(hours=2)), timezone(timedelta(hours=1))
    night = [
        datetime(2024, 10, 27, 2, 10, tzinfo=summer),
        datetime(2024, 10, 27, 2, 50, tzinfo=summer),
        datetime(2024, 10, 27, 2, 10, tzinfo=winter),
        datetime(2024, 10, 27, 2, 30, tzinfo=winter),
    ]
    names = [begun_at(tmp_path, begun) for begun in night]
    assert names == [f"20241027-02{rest}00.mid" for rest in ("1000+02", "5000+02", "1000+01", "3000+01")]
    found = listed(tmp_path)
    assert [one.path.name for one in found] == names
    assert [datetime.fromisoformat(one.begun) for one in found] == night


def test_takes_of_one_second_are_in_the_order_of_their_numbers(tmp_path):
    names = [begun_at(tmp_path, datetime(2024, 5, 6, 7, 8, 9)) for _ in range(11)]
    assert [one.path.name for one in listed(tmp_path)] == names


@pytest.mark.parametrize("begun", ["", "yesterday", "0001-01-01T00:00:00", "9999-12-31T23:59:59"])
def test_a_take_that_tells_no_sound_moment_is_listed(tmp_path, begun):
    path, other = kept(tmp_path, 5), kept(tmp_path, 6)
    path.write_bytes(
        path.read_bytes().replace(b'"2024-05-06T07:08:05"', b'"%b"' % begun[:19].ljust(19).encode())
    )
    assert {one.path for one in listed(tmp_path)} == {path, other}


def test_a_chain_of_parts(tmp_path):
    first = kept(tmp_path, 0)
    second = kept(tmp_path, 1, continues=first.name)
    third = kept(tmp_path, 2, continues=second.name)
    assert [path for path, _ in chain(third)] == [first, second, third]
    first.unlink()
    with pytest.raises(Failure, match=f"goes on where {first.name} ends, and cannot be replayed exactly"):
        chain(third)


def test_a_take_that_continues_itself(tmp_path):
    path = kept(tmp_path, 0, continues="20240506-070800.mid")
    with pytest.raises(Failure, match="is continued by itself"):
        chain(path)


@pytest.mark.parametrize(("seconds", "said"), [(0, "0:00"), (72.4, "1:12"), (3723, "1:02:03")])
def test_lengths(seconds, said):
    assert length(seconds) == said
