"""Tempo, meters, key and pickup of a MIDI file."""

import pytest

from antiphon.midi import smf
from antiphon.midi.signatures import Signature, key, meters, pickup, tempo_bpm
from antiphon.midi.track import read_tracks
from antiphon.timebase import Meter
from midi_bytes import TICKS, file_of


def told(*metas):
    return read_tracks(
        file_of([(round(TICKS * at), smf.meta(kind, bytes(data))) for at, kind, data in metas])
    )


def test_a_file_that_says_nothing_has_120_bpm_and_no_meter_and_no_key():
    assert (tempo_bpm(told()), meters(told()), key(told())) == (120.0, [], None)


def test_the_last_meter_of_a_place_counts_and_impossible_ones_do_not():
    file = told(
        (0, 0x58, (3, 2, 24, 8)), (0, 0x58, (6, 3, 24, 8)), (3, 0x58, (0, 2, 24, 8)), (6, 0x58, (4, 9))
    )
    assert meters(file) == [Signature(0, Meter(6, 8))]


@pytest.mark.parametrize(
    ("fifths", "minor", "said"),
    [
        (7, 0, "C# major"),
        (0xF9, 0, "Cb major"),
        (0xFF, 1, "D minor"),
        (3, 1, "F# minor"),
        (3, 2, None),
        (8, 0, None),
    ],
)
def test_keys(fifths, minor, said):
    assert key(told((0, 0x59, (fifths, minor)))) == said


def test_a_key_without_its_bytes_is_passed_over():
    assert key(told((0, 0x59, (1,)), (0, 0x59, (2, 0)))) == "D major"


FOUR, THREE = Meter(4, 4), Meter(3, 4)


@pytest.mark.parametrize(
    ("signatures", "begin", "quarters"),
    [
        ([], 2.5, 0),
        ([Signature(0, FOUR)], 0, 0),
        ([Signature(0, FOUR)], 8, 0),
        ([Signature(0, FOUR)], 3, 1),
        ([Signature(0, FOUR)], 6.5, 1.5),
        ([Signature(0, FOUR), Signature(4, THREE)], 6, 1),
        ([Signature(0, Meter(1, 4)), Signature(1, FOUR)], 0, 1),
        ([Signature(0, Meter(1, 4)), Signature(1, FOUR)], 0.5, 0.5),
        ([Signature(0, THREE), Signature(12, FOUR)], 0, 0),
    ],
)
def test_a_pickup_is_what_is_left_of_the_first_bar(signatures, begin, quarters):
    assert pickup(signatures, begin) == quarters
