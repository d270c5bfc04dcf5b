"""What is measured of a part among the others."""

import pytest

from antiphon.midi.part_features import features
from antiphon.midi.parts import parts_of
from antiphon.midi.track import read_tracks
from midi_bytes import file_of, struck

# A rising scale of quarters, half of it silent, over a repeated chord of halves.
TUNE = struck([(n, 0.5, 60 + 2 * n) for n in range(8)])
CHORDS = struck([(2 * n, 2, pitch) for n in range(4) for pitch in (48, 63)], 1)


def test_each_measure_of_a_tune_and_of_chords():
    tune, chords = features(parts_of(read_tracks(file_of(TUNE, CHORDS))))
    assert tune.values == pytest.approx((6 / 8, 7 / 12, 1, 0.5, 1, 0, 14 / 12, 1))
    assert chords.values == pytest.approx((1 / 4, -4.5 / 12, 0, 0, 0, 1, 0, 0.5))


def test_a_part_of_one_note_alone_has_no_intervals():
    (one,) = features(parts_of(read_tracks(file_of(struck([(0, 1, 60)])))))
    assert one.values == pytest.approx((1, 0, 1, 0, 0, 0, 0, 1))
