"""Takes one after another, and what happens where one cannot be written."""

from functools import partial

import mido
import pytest

from antiphon.errors import Failure
from antiphon.events import GridNote, NoteOff, NoteOn, Timed
from antiphon.listen.key import Key
from antiphon.perform.answer_reports import Heard
from antiphon.perform.reports import Ended, Pressed, Received, Sent
from antiphon.stage.takes import records
from antiphon.stage.takes.finish import Finisher, read, records_of
from antiphon.stage.takes.header import TakeHeader, UsedBundle
from antiphon.stage.takes.library import finish_what_was_cut_off
from antiphon.stage.takes.recorder import Limits, Recorder
from antiphon.timebase import Grid, Meter

HEADER = TakeHeader(100.0, Meter(), {}, UsedBundle("toy", "ab12"), 1)
GRID = Grid(120.0, 10.0)
PRESS = Pressed(0.0, "record")


class Session:
    """A recorder, and what it said."""

    def __init__(self, folder, recording=True, **others):
        self.said = []
        self.recorder = Recorder(folder, HEADER, recording, self.said.append, **others)

    def note(self, step, pitch, report=Received):
        for at_steps, event in ((step, NoteOn(pitch)), (step + 2, NoteOff(pitch))):
            timed = Timed(GRID.time_s(at_steps), event)
            self.recorder.record(Received(timed) if report is Received else Sent(timed, 0.0))

    def send(self, event):
        self.recorder.record(Sent(Timed(GRID.time_s(2), event), 0.0))

    def press(self):
        self.recorder.record(PRESS)


def onsets(path):
    """Of both voices: ticks and pitches."""
    found = []
    for track in mido.MidiFile(path).tracks[1:]:
        ticks = 0
        for message in track:
            ticks += message.time
            if message.type == "note_on":
                found.append((ticks, message.note))
    return found


def test_while_it_is_off_nothing_is_written(tmp_path):
    one = Session(tmp_path / "takes", recording=False)
    one.note(0, 60)
    assert not one.recorder.recording
    assert one.recorder.close() is None
    assert not (tmp_path / "takes").exists()


def test_a_record_is_put_into_json_once(tmp_path, monkeypatch):
    one, written, write = Session(tmp_path), [], records.write
    monkeypatch.setattr(records, "write", lambda record: written.append(record) or write(record))
    one.note(0, 60)
    assert [type(record) for record in written] == [Received, Received]


def test_the_button_ends_a_take_and_begins_the_next(tmp_path):
    one = Session(tmp_path)
    one.note(0, 60)
    one.press()
    assert not one.recorder.recording
    one.note(4, 62)
    one.press()
    assert one.recorder.recording
    one.note(8, 64)
    kept = one.recorder.close()
    first = next(path for path in tmp_path.iterdir() if path != kept)
    assert one.said == [f"The take is {first}."]
    assert [pitch for _, pitch in onsets(first)] == [60]
    assert [pitch for _, pitch in onsets(kept)] == [64]


def test_a_take_in_which_nothing_was_played_is_not_kept(tmp_path):
    one = Session(tmp_path)
    one.press()
    one.press()
    assert one.recorder.close() is None
    assert (one.said, list(tmp_path.iterdir())) == ([], [])


def test_a_take_that_begins_late_keeps_the_bars_and_the_tempo_that_were_followed(tmp_path):
    one = Session(tmp_path, recording=False)
    one.note(0, 60)
    one.recorder.record(Heard(12.0, (GridNote(0, 2, 60),), Key(0, "major"), GRID, 16, 64))
    one.press()
    one.note(36, 72, Sent)  # a quarter into the third bar
    kept = one.recorder.close()
    assert onsets(kept) == [(480, 72)]
    tempi = [mido.tempo2bpm(m.tempo) for m in mido.MidiFile(kept).tracks[0] if m.type == "set_tempo"]
    assert tempi == [pytest.approx(120)]


def test_trouble_is_told_once_and_so_is_its_end(tmp_path):
    folder = tmp_path / "takes"
    one = Session(folder)
    one.recorder.tend(0.0)
    one.note(0, 60)
    one.recorder.record(Ended(0.0, 0.0))
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.write_text("in the way")
    for now_s in (1.0, 2.0, 3.0):
        one.recorder.tend(now_s)
        one.note(4, 62)
    assert one.said == [f"{one.recorder.trouble}; what you play is kept in memory until it can be written."]
    assert one.recorder.recording
    folder.unlink()
    one.recorder.tend(4.0)
    assert one.said[1:] == ["Recording again; nothing was lost."]
    assert one.recorder.trouble is None
    assert len(onsets(one.recorder.close())) == 4


def test_a_folder_that_cannot_be_written_is_told_and_does_not_end_the_music(tmp_path):
    (tmp_path / "takes").write_text("in the way")
    one = Session(tmp_path / "takes")
    one.note(0, 60)
    assert len(one.said) == 1
    assert one.said[0].startswith(f"{tmp_path / 'takes'}: cannot record takes here: ")
    with pytest.raises(Failure, match="cannot record takes here: File exists; the end of the take is lost"):
        one.recorder.close()


def test_what_the_button_ended_in_trouble_is_finished_when_it_can_be_written(tmp_path):
    folder = tmp_path / "takes"
    folder.write_text("in the way")
    one = Session(folder)
    one.note(0, 60)
    one.press()
    folder.unlink()
    one.recorder.tend(1.0)
    kept = next(folder.iterdir())
    assert one.said[-1] == f"The take is {kept}."
    assert onsets(kept) == [(0, 60)]


def test_if_it_cannot_be_finished_the_growing_file_stays(tmp_path, monkeypatch):
    def full(path, _):
        raise Failure(f"{path}: cannot be written: No space left on device")

    one = Session(tmp_path)
    one.note(0, 60)
    monkeypatch.setattr("antiphon.stage.takes.finish.write_whole", full)
    with pytest.raises(Failure, match="No space left on device; the take is finished at the next start"):
        one.recorder.close()
    monkeypatch.undo()
    path = next(tmp_path.iterdir())
    assert onsets(path) == [(0, 60)]
    assert finish_what_was_cut_off(tmp_path) == [f"Finished {path.name}: 0 phrases, 0 answers, 0:00."]


def split(tmp_path, *steps):
    """A session with a limit of a minute, tended at these seconds; the files it kept."""
    one = Session(tmp_path, limits=Limits(minutes=1))
    one.recorder.tend(0.0)
    for now_s, act in steps:
        act(one)
        one.recorder.tend(now_s)
    one.recorder.close()
    return sorted(tmp_path.iterdir(), key=lambda path: (len(path.name), path.name))


def test_a_long_session_is_split_in_a_quiet_moment(tmp_path):
    sounding = partial(Session.send, event=NoteOn(72))
    files = split(
        tmp_path,
        (30.0, partial(Session.note, step=0, pitch=60)),
        (61.0, sounding),
        (62.0, partial(Session.send, event=NoteOff(72))),
        (63.0, partial(Session.note, step=8, pitch=62)),
    )
    assert [[pitch for _, pitch in onsets(path)] for path in files] == [[60, 72], [62]]
    assert read(files[1]).texts["place"]["continues"] == files[0].name
    assert read(files[0]).texts["place"]["continues"] == ""


def test_whoever_never_rests_is_split_at_half_as_long_again(tmp_path):
    files = split(
        tmp_path,
        (61.0, partial(Session.send, event=NoteOn(72))),
        (89.0, partial(Session.note, step=4, pitch=60)),
        (90.0, partial(Session.note, step=8, pitch=62)),
        (91.0, partial(Session.note, step=12, pitch=64)),
    )
    assert [sorted(pitch for _, pitch in onsets(path)) for path in files] == [[60, 62, 72], [64]]


def test_a_long_take_is_finished_by_a_process_of_its_own(tmp_path):
    one = Session(tmp_path, finisher=Finisher(at_once_bytes=0))
    one.note(0, 60)
    one.press()
    assert one.said == []
    assert one.recorder.close() is None
    kept = next(tmp_path.iterdir())
    assert one.said == [f"The take is {kept}."]
    assert onsets(kept) == [(0, 60)]
    assert not read(kept).unfinished


def test_a_take_begun_in_mid_session_knows_what_was_before(tmp_path):
    one = Session(tmp_path, recording=False)
    one.note(0, 60)
    one.press()
    one.note(4, 62)
    take = read(one.recorder.close())
    assert [type(record).__name__ for record in records_of(take)] == [
        *["Received"] * 2, "Pressed", *["Received"] * 2, "Closed",
    ]  # fmt: skip
    assert (len(take.before), take.texts["place"]["known"]) == (3, True)
