"""Growing files become finished takes, here or in a process of their own, and stay where that fails."""

from datetime import datetime

import mido
import pytest

from antiphon.errors import Failure
from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.perform.answer_reports import Answered
from antiphon.perform.reports import Received
from antiphon.stage.takes.finish import Finisher, finish, read, records_of, rendered_take
from antiphon.stage.takes.header import TakeHeader, UsedBundle
from antiphon.stage.takes.records import line_of
from antiphon.stage.takes.render import Summary
from antiphon.stage.takes.take import Take
from antiphon.timebase import Meter

HEADER = TakeHeader(100.0, Meter(), {}, UsedBundle("toy", "ab12"), 1)
EVENTS = [
    Received(Timed(10.0, NoteOn(60, 70))),
    Received(Timed(10.6, NoteOff(60))),
    Answered(11.0, False, 0),
    Received(Timed(11.2, NoteOn(62, 70))),
]


def recorded(folder, events=EVENTS, ended=True):
    take = Take(folder, HEADER, datetime(2024, 5, 6, 7, 8, 9))
    for event in events:
        take.record(line_of(event))
    if ended:
        take.end()
    return take.whole


@pytest.mark.parametrize("ended", [True, False])
def test_a_take_is_finished_in_its_place(tmp_path, ended):
    file = recorded(tmp_path, ended=ended)
    file.close()
    assert finish(file.path) == Summary(1.2, 0, 1, (), not ended)
    assert list(tmp_path.iterdir()) == [file.path]
    assert [track.name for track in mido.MidiFile(file.path).tracks[1:]] == ["Player", "Antiphon"]
    take = read(file.path)
    assert records_of(take)[: len(EVENTS)] == EVENTS
    assert take.texts["begun"] == "2024-05-06T07:08:09"
    assert take.texts["summary"]["cut_off"] is not ended
    assert rendered_take(take).summary == Summary(1.2, 0, 1, (), not ended)


def test_what_is_finished_is_not_finished_again(tmp_path):
    file = recorded(tmp_path)
    finish(file.path)
    before = file.path.read_bytes()
    with pytest.raises(Failure, match="is no unfinished take"):
        finish(file.path)
    assert file.path.read_bytes() == before


def test_where_nothing_was_played_nothing_is_kept(tmp_path):
    assert finish(recorded(tmp_path, []).path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("at_once", [0, 1 << 20])
def test_short_ones_at_once_long_ones_aside(tmp_path, at_once):
    finisher, file = Finisher(at_once), recorded(tmp_path)
    finisher.take(file)
    assert finisher.done(wait=True) == [file.path]
    assert finisher.done(wait=True) == []
    assert not read(file.path).unfinished


def test_a_file_that_is_gone_is_a_failure_and_no_more(tmp_path):
    finisher, file = Finisher(), recorded(tmp_path)
    file.path.unlink()
    finisher.take(file)
    assert [type(done) for done in finisher.done()] == [Failure]


def test_what_is_no_midi_file_is_named(tmp_path):
    (tmp_path / "a.mid").write_text("notes")
    with pytest.raises(Failure, match=r"a\.mid: is no MIDI file"):
        read(tmp_path / "a.mid")
    with pytest.raises(Failure, match=r"b\.mid: No such file"):
        read(tmp_path / "b.mid")
