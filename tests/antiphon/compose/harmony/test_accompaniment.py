from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.harmony.accompaniment import Accompaniment, Registers
from antiphon.compose.harmony.bass import BASS_SPAN
from antiphon.compose.harmony.chords import CHORD_SPAN
from antiphon.compose.harmony.patterns import PATTERNS, BarGrid
from antiphon.compose.harmony.plan import ChordPlan
from antiphon.harmony.chord import TRIADS, Chord
from antiphon.harmony.progression import Progression

C, F, G = Chord(0), Chord(5), Chord(7)
FOUR, THREE, SIX_EIGHT = BarGrid(16, 4, 2), BarGrid(12, 4, 2), BarGrid(12, 6, 2, dotted=True)
REGISTERS = Registers(36, 48)


def plan(*chords, slot=2.0, begins=0.0, loops=False):
    return ChordPlan(Progression.of_slots(begins, slot, chords), loops)


def played(chords, pattern, bars=FOUR, start=0, end=16, quarter=4):
    """(part, onset, end, pitch) of all notes."""
    made = Accompaniment(chords, bars, quarter, end, REGISTERS)
    return [
        (note.part, note.onset, note.end, note.pitch)
        for step in range(start, end)
        for note in made.at(step, pattern)
    ]


def times(rows, part):
    return sorted({(onset, end) for one, onset, end, _ in rows if one == part})


def test_held_chords_are_struck_where_they_begin_and_on_bar_lines():
    rows = played(plan(C, C, F, G), "held", end=32)
    assert times(rows, "chords") == times(rows, "bass") == [(0, 16), (16, 24), (24, 32)]
    assert [pitch for part, onset, _, pitch in rows if part == "chords" and onset == 0] == [52, 55, 60]
    assert [pitch for part, *_, pitch in rows if part == "bass"] == [48, 41, 43]


def test_chords_on_the_beat_have_a_held_bass():
    rows = played(plan(C, F), "beat")
    assert times(rows, "chords") == [(0, 4), (4, 8), (8, 12), (12, 16)]
    assert times(rows, "bass") == [(0, 8), (8, 16)]


@pytest.mark.parametrize(
    ("bars", "bass", "chords"),
    [
        (FOUR, [(0, 4), (8, 12)], [(4, 8), (12, 16)]),
        (THREE, [(0, 4)], [(4, 8), (8, 12)]),
        (SIX_EIGHT, [(0, 6), (6, 12)], [(4, 10), (10, 12)]),
    ],
)
def test_boom_chick_follows_the_meter(bars, bass, chords):
    rows = played(plan(C, slot=4.0), "boom-chick", bars, end=bars.bar)
    assert (times(rows, "bass"), times(rows, "chords")) == (bass, chords)


def test_a_bass_that_alternates_goes_to_the_fifth():
    assert [row[3] % 12 for row in played(plan(C, C), "boom-chick") if row[0] == "bass"] == [0, 7]
    assert [row[3] % 12 for row in played(plan(C, G), "boom-chick") if row[0] == "bass"] == [0, 7]
    assert [row[3] % 12 for row in played(plan(C, F), "boom-chick") if row[0] == "bass"] == [0, 5]


@pytest.mark.parametrize(
    ("bars", "pitches"), [(FOUR, [52, 55, 60, 55, 52, 55, 60, 55]), (SIX_EIGHT, [52, 55, 60, 52, 55, 60])]
)
def test_an_arpeggio_goes_up_and_down_in_eighths_and_in_six_eight_up(bars, pitches):
    rows = [row for row in played(plan(C, slot=4.0), "arpeggio", bars, end=bars.bar) if row[0] == "chords"]
    assert [pitch for *_, pitch in rows] == pitches
    assert [(onset, end) for _, onset, end, _ in rows] == [(at, at + 2) for at in range(0, bars.bar, 2)]


def test_what_begins_in_a_bar_begins_on_a_beat():
    assert times(played(plan(C, C), "held", start=5), "chords") == [(8, 16)]


def test_where_no_chord_is_planned_nothing_sounds():
    assert played(plan(C, begins=4.0), "beat") == []
    assert times(played(plan(C), "beat", end=24), "chords") == [(0, 4), (4, 8)]


def test_a_plan_that_loops_goes_on():
    rows = played(plan(C, F, loops=True), "held", end=64)
    assert [pitch % 12 for part, *_, pitch in rows if part == "bass"] == [0, 5] * 4


def test_after_a_rest_it_begins_at_the_next_beat():
    made = Accompaniment(plan(C, C), FOUR, 4, 16, REGISTERS)
    made.rest()
    assert made.at(1, "held") == []
    assert {note.end for note in made.at(4, "held")} == {16}


def test_a_copy_goes_on_as_the_first_would_and_leaves_it():
    made = Accompaniment(plan(C, F, G, C), FOUR, 4, 32, REGISTERS)
    begun = made.at(0, "held")
    other = made.copied()
    there = [other.at(step, "held") for step in range(1, 32)]
    assert begun
    assert there == [made.at(step, "held") for step in range(1, 32)]


grids = st.builds(
    lambda quarter, beats, dotted: BarGrid(
        quarter // 2 * (3 if dotted else 2) * beats, quarter // 2 * (3 if dotted else 2), quarter // 2, dotted
    ),
    st.sampled_from([4, 12, 24]),
    st.integers(1, 5),
    st.booleans(),
)


@given(
    grids,
    st.lists(st.sampled_from([None, *TRIADS]), min_size=1, max_size=8),
    st.sampled_from(PATTERNS),
    st.integers(0, 50),
    st.integers(1, 150),
    st.booleans(),
)
def test_a_part_says_notes_of_the_chord_in_its_register_until_the_answer_ends(
    bars, chords, pattern, start, length, loops
):
    quarter, end = 2 * bars.eighth, start + length
    made = ChordPlan(Progression.of_slots(0.0, bars.bar / quarter, chords), loops)
    rows = played(made, pattern, bars, start, end, quarter)
    for part, onset, until, pitch in rows:
        chord = made.at(onset / quarter)
        assert pitch % 12 in chord.tones
        assert start <= onset < until <= end
        low, span = (36, BASS_SPAN) if part == "bass" else (48, CHORD_SPAN)
        assert low <= pitch <= low + span
        assert made.at((until - 1) / quarter) == chord
    lines = {}
    for part, onset, until, pitch in rows:
        lines.setdefault((part, pitch), []).append((onset, until))
    assert all(end <= begin for line in lines.values() for (_, end), (begin, _) in pairwise(sorted(line)))
