from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.harmony.continuation import continuation
from antiphon.harmony.chord import TRIADS, Chord
from antiphon.harmony.evidence import Slots
from antiphon.timebase import Meter

C, F, G, AM = Chord(0), Chord(5), Chord(7), Chord(9, True)
FOUR_BARS = Slots(Meter(), 8, 8, 0, ended=True)


def drawn(key=C, before=G, parallel=(None,) * 8, slots=FOUR_BARS, seeds=60):
    return [continuation(slots, key, before, parallel, np.random.default_rng(seed)) for seed in range(seeds)]


def test_what_closes_ends_on_the_tonic_mostly_after_the_dominant():
    ways = drawn()
    assert sum(way[-1] == C for way in ways) > 50
    before = Counter(next((one for one in reversed(way) if one != C), C) for way in ways)
    assert before.most_common(1)[0][0] == G
    assert sum(way[-1] == AM for way in drawn(AM, Chord(4))) > 50


def test_chords_change_less_than_once_a_bar():
    changes = [sum(a != b for a, b in pairwise(way)) / 4 for way in drawn()]
    assert 0.4 < np.mean(changes) < 1.2


def test_a_chord_at_the_same_place_before_is_likelier():
    as_before = sum(way[2] == F for way in drawn(parallel=(None, None, F, *[None] * 5)))
    assert as_before > 1.5 * sum(way[2] == F for way in drawn())


def test_the_same_chance_gives_the_same_chords():
    assert drawn(seeds=5) == drawn(seeds=5)


@given(
    st.sampled_from(TRIADS),
    st.none() | st.sampled_from(TRIADS),
    st.integers(0, 20),
    st.integers(1, 40),
    st.booleans(),
    st.sampled_from(["4/4", "3/4", "6/8", "5/8", "1/1"]),
    st.integers(0, 5),
)
def test_there_is_a_chord_for_each_slot(key, before, first, count, ended, meter, seed):
    slots = Slots(Meter.parse(meter), first, count, 0, ended)
    chords = continuation(slots, key, before, [None] * count, np.random.default_rng(seed))
    assert len(chords) == count
    assert set(chords) <= set(TRIADS)
