"""The notes of a take, in seconds from its first note."""

import mido
import pytest

from antiphon.stage.panel.take_notes import notes_of


def written(path, *tracks, tempi=((0, 500_000),)):
    """A MIDI file: tempi by tick, 480 to a quarter, and tracks of (ticks since the last, message)."""
    file = mido.MidiFile(ticks_per_beat=480)
    before = 0
    tempo_track = mido.MidiTrack()
    for tick, tempo in tempi:
        tempo_track.append(mido.MetaMessage("set_tempo", tempo=tempo, time=tick - before))
        before = tick
    file.tracks.append(tempo_track)
    for events in tracks:
        file.tracks.append(mido.MidiTrack(message.copy(time=ticks) for ticks, message in events))
    file.save(path)
    return path


def on(pitch, velocity=80):
    return mido.Message("note_on", note=pitch, velocity=velocity)


def off(pitch):
    return mido.Message("note_off", note=pitch)


def rows(notes):
    return [(note["pitch"], note["velocity"], note["at_s"], note["ends_s"]) for note in notes]


def test_both_voices_count_from_the_first_note_of_either(tmp_path):
    player = [(960, on(60)), (480, off(60))]
    answer = [(1920, on(72, 90)), (240, on(72, 0))]
    found = notes_of(written(tmp_path / "a.mid", player, answer))
    assert rows(found["player"]) == [(60, 80, 0.0, 0.5)]
    assert rows(found["answer"]) == [(72, 90, 1.0, 1.25)]


def test_a_change_of_tempo_counts_from_its_tick_on(tmp_path):
    player = [(0, on(60)), (960, off(60)), (0, on(62)), (480, off(62))]
    path = written(tmp_path / "a.mid", player, [], tempi=((0, 500_000), (480, 1_000_000)))
    assert rows(notes_of(path)["player"]) == [(60, 80, 0.0, 1.5), (62, 80, 1.5, 2.5)]


def test_a_note_that_is_struck_again_ends_there_and_one_that_never_ends_is_left_out(tmp_path):
    player = [(0, on(60)), (480, on(60)), (480, off(60)), (0, on(64))]
    found = notes_of(written(tmp_path / "a.mid", player, []))["player"]
    assert rows(found) == [(60, 80, 0.0, 0.5), (60, 80, 0.5, 1.0)]


def test_a_take_without_notes_has_none(tmp_path):
    assert notes_of(written(tmp_path / "a.mid", [], [])) == {"player": [], "answer": []}


def test_one_that_is_still_recorded_is_refused(tmp_path):
    with pytest.raises(ValueError, match="still being recorded"):
        notes_of(written(tmp_path / "a.mid", []))
