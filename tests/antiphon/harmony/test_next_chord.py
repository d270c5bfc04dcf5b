import numpy as np

from antiphon.harmony.chord import TRIADS, Chord
from antiphon.harmony.evidence import Slots
from antiphon.harmony.next_chord import next_chord
from antiphon.timebase import Meter

C, F, G, AM = Chord(0), Chord(5), Chord(7), Chord(9, True)
EIGHT_BARS = Slots(Meter(), 0, 16, ended=True)


def likeliest(number, before, ago=None, key=C):
    return TRIADS[int(next_chord(EIGHT_BARS, number, key, before, ago).argmax())]


def test_the_chances_sum_to_one():
    for before in (None, *TRIADS):
        assert np.isclose(np.exp(next_chord(EIGHT_BARS, 3, C, before)).sum(), 1)


def test_a_piece_begins_and_ends_on_its_tonic():
    assert likeliest(0, None) == C
    assert likeliest(15, G) == C
    assert likeliest(15, F) == C
    assert likeliest(0, None, key=AM) == AM


def test_four_bars_ago_counts_for_one_nat():
    plain, again = (next_chord(EIGHT_BARS, 10, C, G, ago) for ago in (None, F))
    gained = (again - plain)[F.number] - (again - plain)[G.number]
    assert np.isclose(gained, 1)


def test_the_last_bar_is_reached_from_the_dominant():
    inside, cadence = (next_chord(EIGHT_BARS, number, C, G)[C.number] for number in (4, 14))
    assert cadence > inside
