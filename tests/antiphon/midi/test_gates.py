"""Which gate a file has, and what is a rest there."""

from fractions import Fraction

import pytest

from antiphon.midi.gates import Gate, Sounding, gate_of, written_lengths


def sounding(*pairs):
    return [Sounding(sounds, space) for sounds, space in pairs]


def test_a_share_that_most_notes_have_is_exact():
    gate = gate_of(sounding((0.9, 1), (0.45, 0.5), (1.8, 2), (0.9, 1), (0.9, 2), (0.9, None)))
    assert (gate.share, gate.exact) == (pytest.approx(0.9), True)


def test_an_early_end_that_most_notes_have_is_exact():
    gate = gate_of(sounding((0.95, 1), (0.2, 0.25), (3.95, 4), (0.45, 0.5), (0.2, 0.25)))
    assert (gate.early, gate.exact) == (pytest.approx(0.05), True)


def test_shares_that_differ_are_not_exact():
    assert not gate_of(sounding((0.5, 1), (0.7, 1), (0.62, 1), (0.93, 1), (0.81, 1), (1, 1.7))).exact
    assert gate_of([]) == gate_of(sounding((3, None))) == Gate()


def test_the_last_note_is_exact_where_the_gate_is_and_fills_its_beat_where_not():
    onsets = [Fraction(n) for n in range(6)]
    even = sounding(*[(0.9, 1)] * 5, (1.35, None))
    assert written_lengths(even, onsets) == [1, 1, 1, 1, 1, Fraction(3, 2)]
    uneven = sounding((0.5, 1), (0.7, 1), (0.62, 1), (0.93, 1), (0.81, 1), (1.35, None))
    assert written_lengths(uneven, onsets) == [1, 1, 1, 1, 1, 2]


def test_a_long_silence_is_a_rest_though_the_gate_varies():
    onsets = [Fraction(n) for n in (0, 1, 2, 3, 4, 8)]
    played = sounding((0.6, 1), (0.8, 1), (0.9, 1), (0.72, 1), (0.8, 4), (0.9, None))
    assert written_lengths(played, onsets)[4] == 1
