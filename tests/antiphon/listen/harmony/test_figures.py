"""How a left hand plays: golden figures of a performer, and what is no figure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.harmony.chord import Chord
from antiphon.harmony.evidence import Note
from antiphon.harmony.figure import NOTHING, WHOLE, Struck
from antiphon.harmony.progression import Progression, slot_quarters
from antiphon.listen.harmony.figures import heard_figure
from antiphon.timebase import Meter
from two_hands import left_hand

BOTH, BASS, CHORD = Struck(True, WHOLE), Struck(True, None), Struck(False, WHOLE)
BROKEN = [Struck(False, number) for number in range(3)]
C, F, G, A_MINOR = Chord(0), Chord(5), Chord(7), Chord(9, True)


def played(style, meter, chords=(C, F, G, C)):
    """A left hand, a chord a bar, as notes in quarters."""
    bar = Meter.parse(meter)
    progression = Progression.of_slots(0.0, bar.quarters_per_bar, chords)
    return [
        Note(note.onset_steps / 4, note.duration_steps / 4, note.pitch)
        for note in left_hand(progression, style, bar, 4)
    ]


@pytest.mark.parametrize(
    ("style", "meter", "strikes"),
    [
        ("block", "4/4", [BOTH, *[NOTHING] * 7]),
        ("boom-chick", "4/4", [BASS, NOTHING, CHORD, NOTHING] * 2),
        ("arpeggio", "4/4", [BROKEN[number] for number in (0, 2, 1, 2)] * 2),
        ("walking", "4/4", [BASS, NOTHING] * 4),
        ("block", "3/4", [BOTH, *[NOTHING] * 5]),
        ("arpeggio", "6/8", [BROKEN[number] for number in (0, 2, 1, 2, 0, 2)]),
    ],
)
def test_golden_figures(style, meter, strikes):
    figure = heard_figure(played(style, meter), Meter.parse(meter))
    assert figure is not None
    assert list(figure.strikes) == strikes
    in_minor = heard_figure(played(style, meter, (A_MINOR, F, G, A_MINOR)), Meter.parse(meter))
    assert in_minor == figure


def test_how_long_bass_and_chords_are_held_is_heard():
    figure = heard_figure(played("boom-chick", "4/4"), Meter.parse("4/4"))
    assert (figure.bass_quarters, figure.chord_quarters) == (0.75, 0.5)
    assert heard_figure(played("block", "4/4"), Meter.parse("4/4")).chord_quarters == 4.0


def test_one_bar_that_is_played_otherwise_changes_nothing():
    usual = played("boom-chick", "4/4")
    other = [note for note in usual if not 4.0 <= note.at < 8.0] + [Note(4.0, 4.0, p) for p in (41, 45, 48)]
    assert heard_figure(sorted(other, key=lambda note: note.at), Meter.parse("4/4")) is not None
    strikes = heard_figure(sorted(other, key=lambda note: note.at), Meter.parse("4/4")).strikes
    assert strikes == heard_figure(usual, Meter.parse("4/4")).strikes


def test_a_figure_that_begins_in_mid_bar_lies_where_it_is_played():
    later = [Note(note.at + 2.0, note.quarters, note.pitch) for note in played("boom-chick", "4/4")]
    assert heard_figure(later, Meter.parse("4/4")).strikes == (BASS, NOTHING, CHORD, NOTHING) * 2


def test_octaves_are_one_bass():
    octaves = [Note(float(at), 1.0, pitch) for at in range(8) for pitch in (36, 48)]
    assert heard_figure(octaves, Meter.parse("4/4")).strikes == (BASS, NOTHING) * 4


def test_nothing_and_a_bar_without_whole_eighths_have_no_figure():
    assert heard_figure([], Meter.parse("4/4")) is None
    assert heard_figure(played("block", "4/4"), Meter.parse("5/16")) is None


notes = st.builds(
    Note,
    st.integers(-64, 400).map(lambda sixteenths: sixteenths / 4),
    st.integers(1, 16).map(lambda sixteenths: sixteenths / 4),
    st.integers(21, 72),
)


@given(beside=st.lists(notes, max_size=40), meter=st.sampled_from(["4/4", "3/4", "6/8", "2/4", "7/8", "5/4"]))
def test_any_accompaniment_has_a_figure_of_one_bar_or_none(beside, meter):
    bar = Meter.parse(meter)
    figure = heard_figure(sorted(beside, key=lambda note: note.at), bar)
    if figure is not None:
        assert len(figure.strikes) == bar.quarters_per_bar * 2
        assert any(one != NOTHING for one in figure.strikes)
        assert min(figure.bass_quarters, figure.chord_quarters) >= 0.25
    elif (slot_quarters(bar) * 2).is_integer():
        assert not beside or len({note.at for note in beside}) > 1
