"""MIDI files as songs to learn from."""

from importlib.util import find_spec

import pytest

from antiphon.midi import smf
from antiphon.midi.voice_choice import Wanted
from antiphon_training.corpus.midi_song import read_midi
from antiphon_training.corpus.scores import read_score
from antiphon_training.corpus.songs import Score, UnreadableError
from antiphon_training.data.gridding import RefusedError
from antiphon_training.data.preprocess import encode_song
from midi_bytes import SCALE, file_of, named, row, struck


def song_of(*tracks, **wanted):
    return read_midi(Score("a.mid", "midi", file_of(*tracks), Wanted(**wanted)))


def test_rests_stand_between_the_notes_and_lengths_are_tied_as_a_score_would():
    rows = [(0, 2.375, 60), *((2.5 + n, 0.95, 62) for n in range(6)), (10, 0.95, 64), (11, 0.95, 65)]
    song = song_of(struck(rows))
    assert [(s.onset, s.duration, s.pitch) for s in song.sounds][:2] == [(0, 2.5, 60), (2.5, 1, 62)]
    assert song.sounds[0].written == (2.0, 0.5)
    assert (song.sounds[7].duration, song.sounds[7].pitch) == (1.5, None)


def test_a_half_tied_to_an_eighth_passes_both_filters():
    song = song_of(struck(row([2.5, 0.5, 1, 1, 1, 1, 1, 2])))
    assert encode_song(song).stream == encode_song(song, None).stream


def test_it_says_its_track_its_key_its_meter_and_its_pickup():
    head = [(0, smf.meta(0x58, bytes((3, 2, 24, 8)))), (0, smf.meta(0x59, bytes((1, 0))))]
    tune = struck([(2 + n, 1, pitch) for n, pitch in enumerate(SCALE)], 3)
    song = song_of(head, struck([(n, 1, 36) for n in range(9)], 1), named("Melody") + tune)
    assert (song.track, song.key, song.meters, song.pickup) == ("Melody", "G major", ("3/4",), 1.0)
    assert song.voice == 'track 2 "Melody", channel 4, by its name'
    assert song_of(tune, struck([(0, 1, 36)], 1), channel=2).sounds[0].pitch == 36


def test_triplets_are_kept_by_the_default_recipe_alone():
    song = song_of(struck(row([1, 1 / 3, 1 / 3, 1 / 3, 1, 0.5, 0.5, 1])))
    encoded = encode_song(song, None)
    assert (encoded.notes, encoded.moved, encoded.left_out) == (8, 2, 0)
    with pytest.raises(RefusedError, match="durations of 1/3 quarters"):
        encode_song(song)


def test_what_is_mostly_faster_than_the_grid_is_refused():
    song = song_of(struck(row([1 / 8] * 24, SCALE * 3)))
    with pytest.raises(RefusedError, match="11 of 24 notes are faster than the grid"):
        encode_song(song, None)


@pytest.mark.parametrize("content", [b"", b"MThd", b"no midi", file_of([])])
def test_what_is_no_song_gives_its_reason(content):
    with pytest.raises(UnreadableError) as reason:
        read_score(Score("a.mid", "midi", content))
    assert str(reason.value)


def test_no_music21_is_asked(monkeypatch):
    import sys

    if find_spec("music21"):
        monkeypatch.setitem(sys.modules, "music21", None)
    assert read_score(Score("a.mid", "midi", file_of(struck(row([1] * 8))))).sounds[0].pitch == 60
