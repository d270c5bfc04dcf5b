"""Tables that are counted in songs and drawn towards the theory."""

import numpy as np
import pytest

from antiphon.harmony.chord import Chord
from antiphon.harmony.chord_hmm import decode
from antiphon.harmony.evidence import Note, Slots, evidence_of
from antiphon.harmony.progression import Progression
from antiphon.harmony.theory import SHAPES, STEPS, theory
from antiphon.timebase import Meter
from antiphon_training.corpus.chord_songs import ChordSong
from antiphon_training.fit.chord_table import fit_table

C, F, B_FLAT = Chord(0), Chord(5), Chord(10)
WAY = (C, B_FLAT, F, C)  # a chord that theory finds rare


def song(chords, key=C, transposed=0):
    """A chord a bar in 4/4, each under four notes of its own."""
    moved = [chord.transposed(transposed) for chord in chords]
    notes = tuple(
        Note(4.0 * bar + beat, 1.0, 60 + chord.tones[beat % 3])
        for bar, chord in enumerate(moved)
        for beat in range(4)
    )
    progression = Progression.of_slots(0.0, 4.0, moved)
    return ChordSong(Meter.parse("4/4"), key.transposed(transposed), notes, progression)


@pytest.mark.parametrize("songs", [1, 4, 40])
def test_a_fitted_table_is_a_table(songs):
    table = fit_table([song(WAY * 2, transposed=number) for number in range(songs)]).table
    for name, shape in SHAPES.items():
        found = getattr(table, name)
        assert found.shape == shape
        assert (found > 0).all()
        assert np.isfinite(found).all()
        if name not in ("places", "melody"):
            assert np.allclose(found.sum(axis=-1), 1)


def test_what_the_songs_do_often_becomes_likely_in_every_key():
    before, fitted = theory(), fit_table([song(WAY * 4, transposed=number % 12) for number in range(40)])
    line = STEPS.index("bar line")
    assert fitted.table.usual[0, B_FLAT.number] > 5 * before.usual[0, B_FLAT.number]
    assert fitted.table.moves[0, line, C.number, B_FLAT.number] > 0.4
    assert fitted.bits < fitted.bits_before
    assert fitted.half_bars == 40 * 16 * 2


def test_what_the_songs_do_not_tell_stays_as_theory_has_it():
    before, table = theory(), fit_table([song(WAY * 4)] * 10).table
    assert np.allclose(table.moves[1], before.moves[1])  # none was in minor
    assert np.allclose(table.usual[1], before.usual[1])
    assert (table.scale == before.scale).all()
    assert (table.heard == before.heard).all()
    assert (table.bass == before.bass).all()


def test_one_song_is_hardly_believed():
    before, table = theory(), fit_table([song(WAY * 4)]).table
    assert np.abs(table.moves - before.moves).max() < 0.01
    assert np.abs(table.usual - before.usual).max() < 0.01


def test_songs_that_contradict_each_other_are_believed_less_than_songs_that_agree():
    agree = fit_table([song(WAY * 4)] * 6).table
    others = [song((C, chord, F, C) * 4) for chord in map(Chord, (1, 3, 4, 6, 8, 11))]
    differ = fit_table(others).table
    before = theory().usual[0]
    assert np.abs(differ.usual[0] - before).sum() < np.abs(agree.usual[0] - before).sum()


def test_chords_are_found_by_the_fitted_table():
    table = fit_table([song(WAY * 4, transposed=number % 12) for number in range(40)]).table
    slots = Slots(Meter.parse("4/4"), 0, 8)
    notes = [Note(4.0, 2.0, 62)]  # a note of Bb and of G
    found = decode(evidence_of(slots, notes), slots, {C: 1.0}, {0: C, 1: C, 4: F, 5: F}, table).chords
    assert found[2:4] == (B_FLAT, B_FLAT)
