"""Takes one after another, and what happens where one cannot be written."""

import mido
import pytest

from antiphon.errors import Failure
from antiphon.events import GridNote, NoteOff, NoteOn, Timed
from antiphon.listen.key import Key
from antiphon.perform.news import Answered, Heard, Pressed, Received, Sent
from antiphon.stage.recorder import Recorder
from antiphon.stage.take import Spoken, TakeHeader
from antiphon.timebase import Grid, Meter

HEADER = TakeHeader(100.0, Meter(), {}, Spoken("toy", "ab12"), 1)
GRID = Grid(120.0, 10.0)
PRESS = Pressed(0.0, "record")


class Session:
    """A recorder, and what it said."""

    def __init__(self, folder, recording=True):
        self.said = []
        self.recorder = Recorder(folder, HEADER, recording, self.said.append)

    def note(self, step, pitch, report=Received):
        for at_steps, event in ((step, NoteOn(pitch)), (step + 2, NoteOff(pitch))):
            timed = Timed(GRID.time_s(at_steps), event)
            self.recorder.record(Received(timed) if report is Received else Sent(timed, 0.0))

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


def test_a_take_that_cannot_be_written_is_told_once_and_the_music_goes_on(tmp_path):
    one = Session(tmp_path / "takes")
    one.note(0, 60)
    for path in (tmp_path / "takes").iterdir():
        path.unlink()
    (tmp_path / "takes").rmdir()
    (tmp_path / "takes").write_text("in the way")
    for _ in range(2):
        one.recorder.record(Answered(12.0, cut=False, late_steps=0))
        one.note(4, 62)
    assert len(one.said) == 1
    assert one.said[0].endswith("nothing is recorded, the music goes on.")
    assert one.recorder.failure in one.said[0]
    assert not one.recorder.recording
    one.press()
    assert len(one.said) == 2
    assert one.recorder.close() is None


def test_a_folder_that_cannot_be_written_is_told_before_any_music(tmp_path):
    (tmp_path / "takes").write_text("in the way")
    with pytest.raises(Failure, match="cannot record takes here"):
        Session(tmp_path / "takes")
