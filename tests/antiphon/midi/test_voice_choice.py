"""Which part of a file is the melody: as asked, by its name, or by its notes."""

import random

import pytest

from antiphon.midi.parts import parts_of
from antiphon.midi.track import read_tracks
from antiphon.midi.voice_choice import Wanted, choose, name_rank
from midi_bytes import SCALE, file_of, named, struck

TUNE = struck([(n, 0.9, pitch) for n, pitch in enumerate(SCALE)])
CHORDS = struck([(2 * n, 2, pitch) for n in range(4) for pitch in (48, 52, 55)], 1)
BASS = struck([(n, 0.9, 36 + 7 * (n % 2)) for n in range(8)], 2)
DRUMS = struck([(n / 2, 0.2, 42) for n in range(16)], 9)


def chosen(*tracks, **wanted):
    part, why = choose(parts_of(read_tracks(file_of(*tracks))), Wanted(**wanted))
    return part.track, why


@pytest.mark.parametrize("order", range(6))
def test_the_tune_is_found_among_chords_bass_and_drums_without_names(order):
    tracks = [TUNE, CHORDS, BASS, DRUMS]
    random.Random(order).shuffle(tracks)
    assert chosen(*tracks) == (tracks.index(TUNE) + 1, "by its notes")


def test_a_name_comes_before_the_notes_and_the_best_name_first():
    assert chosen(TUNE, named("Vocals") + BASS) == (2, "by its name")
    assert chosen(named("Flute") + TUNE, named("Lead") + BASS) == (2, "by its name")
    assert chosen(named("Lead vocal") + BASS, named("Backing vocals") + TUNE) == (1, "by its name")
    assert chosen(named("Voice 2") + BASS, named("Voice 1") + TUNE, CHORDS) == (2, "by its name")


@pytest.mark.parametrize(
    "name", ["MELODY", "Melodie", "Vocal 1", "Solo Flute", "flauto", "Lead Synth", "Canto"]
)
def test_names_of_melodies(name):
    assert name_rank(name) < name_rank("Piano")


@pytest.mark.parametrize(
    "name", ["Backing Vocals", "Bass Solo", "Voice chords", "Drums", "Pad", "Piano left"]
)
def test_names_of_accompaniments(name):
    assert name_rank(name) > name_rank("Piano")


def test_a_track_by_number_or_name_and_a_channel():
    tracks = ([], named("Alto Flute") + TUNE, named("Flute") + BASS, DRUMS)
    assert chosen(*tracks, track="2") == (2, "as asked")
    assert chosen(*tracks, track="flute") == (2, "as asked")
    assert chosen(*tracks, track="Alto") == (1, "as asked")
    assert chosen(*tracks, channel=1) == (1, "as asked")
    assert chosen(*tracks, channel=10) == (3, "as asked")


@pytest.mark.parametrize(
    "wanted", [{"track": "3"}, {"track": "Oboe"}, {"channel": 7}, {"track": "1", "channel": 3}]
)
def test_what_is_not_there_is_said_with_what_is(wanted):
    with pytest.raises(ValueError, match=r'it has track 1 "Tune", channel 1; track 2, channel 3$'):
        chosen(named("Tune") + TUNE, BASS, **wanted)


def test_one_track_with_several_instruments_is_several_parts():
    programs = [(0, (0xC0, 73)), (0, (0xC1, 48)), (0, (0xC2, 32))]
    parts = parts_of(read_tracks(file_of(programs + TUNE + CHORDS + BASS + DRUMS)))
    assert [part.channels for part in parts] == [(0,), (1,), (2,), (9,)]
    part, _ = choose(parts, Wanted())
    assert part.channels == (0,)
