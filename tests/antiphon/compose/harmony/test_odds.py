import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.harmony.odds import BEAT, OFFBEAT, SLOT, ChordLine, ChordOdds, odds, seventh
from antiphon.compose.harmony.plan import ChordPlan
from antiphon.compose.symbols import END, HOLD, REST, Vocabulary
from antiphon.harmony.chord import TRIADS, Chord
from antiphon.harmony.progression import Progression

VOCABULARY = Vocabulary.of([map(str, range(55, 80))])
C, F = Chord(0), Chord(5)
# Two bars of 4/4 from the second bar line on; chords may change every half bar.
LINE = ChordLine(ChordPlan(Progression(((4.0, C), (6.0, F)), 12.0)), start=16, quarter=4, beat=4, slot=8)


def of(step, symbol):
    made = ChordOdds(VOCABULARY, LINE)
    return made.factors(made.key(step))[VOCABULARY.id(symbol)]


def test_chord_notes_are_likelier_the_stronger_their_place():
    assert LINE.chord_at(0) == LINE.chord_at(7) == C
    assert LINE.chord_at(8) == F
    strong, beat, weak = (of(step, "60") / of(step, "62") for step in (0, 4, 5))
    assert strong > beat > weak > 1
    assert of(8, "65") > of(8, "64")
    assert [of(0, symbol) for symbol in (HOLD, REST, END)] == [1, 1, 1]


def test_where_no_chord_is_planned_there_are_no_odds():
    assert ChordOdds(VOCABULARY, LINE).key(40) is None


@pytest.mark.parametrize(("chord", "found"), [(C, 11), (F, 4), (Chord(7), 5), (Chord(9, True), 7)])
def test_the_seventh_is_that_of_the_scale(chord, found):
    assert seventh(chord) == found


@given(st.sampled_from(TRIADS), st.sampled_from([SLOT, BEAT, OFFBEAT]))
def test_on_the_whole_no_more_notes_begin(chord, place):
    row = odds(chord, place)
    assert np.mean([row[tone] for tone in (0, 2, 4, 5, 7, 9, 11)]) == pytest.approx(1)
    assert min(row[tone] for tone in chord.tones) > max(
        row[tone] for tone in range(12) if tone not in (*chord.tones, seventh(chord))
    )
