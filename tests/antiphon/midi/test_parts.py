"""Tracks and channels as the instruments they are."""

import pytest

from antiphon.midi import smf
from antiphon.midi.parts import parts_of
from antiphon.midi.track import read_tracks
from midi_bytes import SCALE, file_of, named, struck

HIGH = struck([(n, 0.9, pitch) for n, pitch in enumerate(SCALE)], 2)
LOW = struck([(n, 0.9, pitch - 24) for n, pitch in enumerate(SCALE)], 3)


def channels(*tracks):
    return [(part.track, part.channels) for part in parts_of(read_tracks(file_of(*tracks)))]


def test_tracks_without_notes_are_not_counted():
    assert channels([], HIGH, named("Only a name"), LOW) == [(1, (2,)), (2, (3,))]


def test_channels_far_apart_that_sound_together_are_two_instruments():
    assert channels(HIGH + LOW) == [(1, (2,)), (1, (3,))]


def test_channels_with_sounds_of_their_own_are_two_instruments():
    again = struck([(8 + n, 0.9, pitch) for n, pitch in enumerate(SCALE)], 3)
    assert channels(HIGH + again) == [(1, (2, 3))]
    assert channels([(0, (0xC2, 73)), (0, (0xC3, 40)), *HIGH, *again]) == [(1, (2,)), (1, (3,))]


def test_strings_of_a_guitar_are_one_instrument_and_drums_are_not_of_it():
    chord = [
        event
        for string, pitch in enumerate((40, 45, 50, 55, 59, 64))
        for event in struck([(0, 4, pitch)], string)
    ]
    drums = struck([(n, 0.1, 36) for n in range(4)], 9)
    assert channels(chord + drums) == [(1, (0, 1, 2, 3, 4, 5)), (1, (9,))]


@pytest.mark.parametrize(
    ("name", "shown"), [(b"Fl\xf6te", "Flöte"), ("Flöte".encode(), "Flöte"), (b"a\0\nb ", "ab")]
)
def test_names_in_any_encoding_are_printable(name, shown):
    (part,) = parts_of(read_tracks(file_of([(0, smf.meta(smf.TRACK_NAME, name)), *HIGH])))
    assert (part.name, str(part)) == (shown, f'track 1 "{shown}", channel 3')
