"""The recording: the bars, notes and lateness of the performance, whatever the disk does meanwhile."""

import errno
import json
from datetime import datetime, timedelta, timezone

import mido
import pytest

from antiphon.events import ControlChange, GridNote, NoteOff, NoteOn, Timed, Turned
from antiphon.listen.key import Key
from antiphon.perform.answer_reports import Heard
from antiphon.perform.reports import Received, Sent
from antiphon.perform.take_records import Lost
from antiphon.stage.takes.finish import finish, read, records_of
from antiphon.stage.takes.growing_file import GrowingFile
from antiphon.stage.takes.header import TakeHeader, UsedBundle
from antiphon.stage.takes.records import line_of
from antiphon.stage.takes.take import Take
from antiphon.timebase import Grid, Meter

BEGUN = datetime(2024, 5, 6, 7, 8, 9)
HEADER = TakeHeader(100.0, Meter(3, 4), {"sampling": {"temperature": 0.9}}, UsedBundle("hymns", "ab12"), 42)
STEP_S = 0.15  # a sixteenth at 100 bpm


def take_in(folder):
    return Take(folder, HEADER, BEGUN)


def close(take):
    """End and finish it; gives its file, or None where nothing was played."""
    take.end()
    take.whole.close()
    return take.path if finish(take.path) is not None else None


def play(take, report, notes, origin_s=10.0, late_s=0.0):
    """Let the take hear notes given in steps, offs before ons."""
    offs = [Timed(origin_s + (start + length) * STEP_S, NoteOff(p)) for start, length, p in notes]
    ons = [Timed(origin_s + start * STEP_S, NoteOn(p, 70)) for start, length, p in notes]
    for timed in sorted(offs + ons, key=lambda timed: timed.at_s):
        take.record(line_of(report(timed) if report is Received else Sent(timed, late_s)))


def notes_of(path, track):
    """(onset, end, pitch) in ticks; fails on anything left open."""
    ticks, down, notes = 0, {}, []
    for message in mido.MidiFile(path).tracks[track]:
        ticks += message.time
        if message.type == "note_on":
            assert message.note not in down
            down[message.note] = ticks
        elif message.type == "note_off":
            notes.append((down.pop(message.note), ticks, message.note))
    assert not down
    return notes


def texts_of(path):
    texts = [message.text for message in mido.MidiFile(path).tracks[0] if message.type == "text"]
    return {name: json.loads(value) for name, _, value in (text.partition(": ") for text in texts)}


def test_bars_in_the_file_are_the_bars_of_the_performance(tmp_path):
    take = take_in(tmp_path)
    play(take, Received, [(0, 4, 67), (4, 2, 69), (6, 6, 71)])
    play(take, Sent, [(12, 4, 72), (16, 8, 67)])
    assert close(take) == tmp_path / "20240506-070809.mid"
    file = mido.MidiFile(take.path)
    assert (file.type, file.ticks_per_beat) == (1, 480)
    assert [track.name for track in file.tracks[1:]] == ["Player", "Antiphon"]
    assert next(m.dict() for m in file.tracks[0] if m.type == "set_tempo")["tempo"] == 600_000
    assert notes_of(take.path, 1) == [(0, 480, 67), (480, 720, 69), (720, 1440, 71)]
    assert notes_of(take.path, 2) == [(1440, 1920, 72), (1920, 2880, 67)]


@pytest.mark.train
def test_music21_hears_the_same_last_notes_included(tmp_path):
    import music21

    take = take_in(tmp_path)
    play(take, Received, [(0, 4, 67), (4, 2, 69), (6, 6, 71)])
    play(take, Sent, [(12, 4, 72), (16, 8, 67)])
    score = music21.converter.parse(close(take), quantizePost=False)
    player, antiphon = (list(part.flatten().stripTies().notes) for part in score.parts)
    assert [(n.pitch.midi, n.quarterLength) for n in player] == [(67, 1), (69, 0.5), (71, 1.5)]
    assert [(n.offset, n.pitch.midi, n.quarterLength) for n in antiphon] == [(3, 72, 1), (4, 67, 2)]
    assert score.flatten().getElementsByClass("TimeSignature").first().ratioString == "3/4"


def test_the_header_and_the_lateness_are_text_events(tmp_path):
    take = take_in(tmp_path)
    play(take, Sent, [(0, 4, 60)], late_s=0.002)
    play(take, Sent, [(4, 4, 62)], late_s=0.0123)
    texts = texts_of(close(take))
    assert texts["settings"] == HEADER.settings
    assert texts["bundle"] == {"name": "hymns", "checksum": "ab12", "critic": None}
    assert texts["random seed"] == 42
    assert texts["lateness"] == {"events": 4, "max_ms": 12.3, "over_5_ms": 2}


def test_the_session_grid_overrides_and_music_before_it_moves_the_start_by_whole_bars(tmp_path):
    take = take_in(tmp_path)
    play(take, Received, [(0, 4, 67)], origin_s=10.0 - 2 * STEP_S)
    grid = Grid(100.0, 10.0)
    take.record(line_of(Heard(12.0, (GridNote(0, 4, 67),), Key(0, "major"), grid, 16, 16)))
    play(take, Sent, [(12, 4, 72)])
    close(take)
    assert notes_of(take.path, 1) == [(1440 - 240, 1440 + 240, 67)]
    assert notes_of(take.path, 2) == [(2880, 3360, 72)]


def test_what_is_held_is_closed_at_the_last_moment(tmp_path):
    take = take_in(tmp_path)
    take.record(line_of(Received(Timed(10.0, NoteOn(60)))))
    take.record(line_of(Sent(Timed(10.6, NoteOn(64)), 0.0)))
    take.record(line_of(Received(Timed(11.2, NoteOn(62)))))
    take.record(line_of(Received(Timed(11.8, NoteOff(62)))))
    close(take)
    assert notes_of(take.path, 1) == [(480 * 2, 480 * 3, 62), (0, 480 * 3, 60)]
    assert notes_of(take.path, 2) == [(480, 480 * 3, 64)]


def test_a_name_says_how_far_its_time_is_from_utc(tmp_path):
    """Where the clocks are put back, an hour comes twice."""
    zones = [timezone(timedelta(hours=hours)) for hours in (2, 1, -3.5)]
    takes = [Take(tmp_path, HEADER, datetime(2026, 10, 25, 2, 30, tzinfo=zone)) for zone in zones]
    assert [take.path.name for take in takes] == [
        "20261025-023000+0200.mid",
        "20261025-023000+0100.mid",
        "20261025-023000-0330.mid",
    ]


def test_takes_of_one_second_have_names_of_their_own_and_an_empty_one_is_not_kept(tmp_path):
    folder = tmp_path / "new" / "takes"
    takes = [take_in(folder) for _ in range(3)]
    assert [take.path.name for take in takes] == [
        "20240506-070809.mid",
        "20240506-070809-2.mid",
        "20240506-070809-3.mid",
    ]
    assert takes[0].empty
    play(takes[1], Received, [(0, 4, 67)])
    assert [close(take) for take in takes] == [None, takes[1].path, None]
    assert list(folder.iterdir()) == [takes[1].path]


def test_what_cannot_be_written_waits_until_it_can(tmp_path):
    folder = tmp_path / "takes"
    folder.write_text("in the way")
    take = take_in(folder)
    assert take.trouble == f"{folder}: cannot record takes here: File exists"
    assert take.path is None
    play(take, Received, [(0, 4, 67)])
    assert take.whole is None
    folder.unlink()
    take.tend(1.0)
    assert take.trouble is None
    play(take, Received, [(4, 2, 69)])
    assert notes_of(close(take), 1) == [(0, 480, 67), (480, 720, 69)]


def test_a_folder_that_is_gone_is_made_again_within_a_second(tmp_path):
    take = take_in(tmp_path / "takes")
    play(take, Received, [(0, 4, 67)])
    take.path.unlink()
    take.path.parent.rmdir()
    take.tend(1.0)
    play(take, Received, [(4, 2, 69)])
    assert notes_of(close(take), 1) == [(0, 480, 67), (480, 720, 69)]


def test_of_what_waits_too_long_the_oldest_is_lost_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr("antiphon.stage.takes.take.MOST_WAITING_BYTES", 200)
    folder = tmp_path / "takes"
    folder.write_text("in the way")
    take = take_in(folder)
    play(take, Received, [(step, 1, 60) for step in range(10)])
    assert 0 < take.lost < 20
    folder.unlink()
    take.tend(1.0)
    lost = take.lost
    assert len(notes_of(close(take), 1)) == (20 - lost) // 2
    told = [record for record in records_of(read(take.path)) if isinstance(record, Lost)]
    assert told == [Lost(lost)]


def test_however_often_the_disk_fills_nothing_is_lost_while_little_waits(tmp_path, monkeypatch):
    monkeypatch.setattr("antiphon.stage.takes.take.MOST_WAITING_BYTES", 400)
    take, append = take_in(tmp_path), GrowingFile.append

    def full(_file, _data):
        raise OSError(errno.ENOSPC, "No space left on device")

    for fills in range(10):
        monkeypatch.setattr(GrowingFile, "append", full)
        play(take, Received, [(4 * fills, 2, 60)])
        assert take.trouble == f"{take.path}: cannot be written: No space left on device"
        monkeypatch.setattr(GrowingFile, "append", append)
        take.tend(1.0 + fills)
        play(take, Received, [(4 * fills + 2, 2, 62)])
    assert take.lost == 0
    assert [onset for onset, _, _ in notes_of(close(take), 1)] == [240 * place for place in range(20)]


def test_before_it_is_finished_its_notes_already_lie_where_they_were_played(tmp_path):
    take = take_in(tmp_path)
    play(take, Received, [(0, 4, 67), (4, 2, 69), (8, 6, 71)])
    ticks, onsets = 0, []
    for message in mido.MidiFile(take.path).tracks[-1]:
        ticks += message.time
        onsets += [(ticks, message.note)] if message.type == "note_on" else []
    assert [(at - onsets[0][0], note) for at, note in onsets] == [(0, 67), (480, 69), (960, 71)]


def test_it_is_made_safe_once_a_second(tmp_path, monkeypatch):
    take, synced = take_in(tmp_path), []
    monkeypatch.setattr(GrowingFile, "sync", lambda file: synced.append(file))
    for now_s in (0.0, 0.4, 0.9, 1.0, 1.5, 2.1):
        take.tend(now_s)
    assert len(synced) == 3


def test_settings_that_json_cannot_say_are_refused_before_any_music(tmp_path):
    with pytest.raises(TypeError):
        Take(tmp_path, TakeHeader(100.0, Meter(), {"x": object()}, UsedBundle("b", "c"), 1), BEGUN)


def test_a_take_in_two_tempi_keeps_its_bars(tmp_path):
    """Two phrases, at 120 and at 90: each first note, and each answer, begins a bar of the file."""
    take = Take(tmp_path, HEADER)
    first, second = Grid(120, 5.0), Grid(90, 30.0 - Grid(90).time_s(64))
    for grid, start in ((first, 0), (second, 64)):
        for steps, event in ((start, NoteOn(60)), (start + 4, NoteOff(60))):
            take.record(line_of(Received(Timed(grid.time_s(steps), event))))
        note = GridNote(start, 4, 60)
        take.record(line_of(Heard(grid.time_s(start + 8), (note,), Key(0, "major"), grid, start + 16, 16)))
        for steps, event in ((start + 16, NoteOn(72)), (start + 20, NoteOff(72))):
            take.record(line_of(Sent(Timed(grid.time_s(steps), event), 0.0)))
    file = mido.MidiFile(close(take))
    onsets = []
    for track in file.tracks[1:]:
        ticks = 0
        for message in track:
            ticks += message.time
            if message.type == "note_on":
                onsets.append(ticks)
    assert onsets == [0, 64 * 120, 16 * 120, 80 * 120]
    tempi = [round(mido.tempo2bpm(m.tempo)) for m in file.tracks[0] if m.type == "set_tempo"]
    assert tempi == [120, 31, 90]


def test_what_the_player_turned_is_in_the_take(tmp_path):
    take = Take(tmp_path, HEADER)
    take.record(line_of(Received(Timed(1.0, NoteOn(60)))))
    take.record(line_of(Received(Turned(1.3, ControlChange(64, 127, 2)))))
    take.record(line_of(Received(Timed(1.6, NoteOff(60)))))
    player = mido.MidiFile(close(take)).tracks[1]
    assert [m.type for m in player if not m.is_meta] == ["note_on", "control_change", "note_off"]
    pedal = next(m for m in player if m.type == "control_change")
    assert (pedal.control, pedal.value, pedal.channel, pedal.time) == (64, 127, 2, 240)
