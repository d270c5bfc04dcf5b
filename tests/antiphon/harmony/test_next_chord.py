import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antiphon.harmony.chord import TRIADS, Chord
from antiphon.harmony.evidence import Slots
from antiphon.harmony.next_chord import next_chord
from antiphon.timebase import Meter

C, D, F, G, AM, EB = Chord(0), Chord(2, True), Chord(5), Chord(7), Chord(9, True), Chord(3)
SURE = np.eye(len(TRIADS))


def after(*chords, key=C, meter="4/4", ended=False):
    """The probabilities after chords that are certain, each in a slot, from the beginning of a phrase."""
    past = np.array([SURE[chord.number] for chord in chords]).reshape(-1, len(TRIADS))
    return next_chord(Slots(Meter.parse(meter), 0, len(chords) + 1, ended=ended), key, past)


def likeliest(*chords, **named):
    return TRIADS[int(after(*chords, **named).argmax())]


def test_the_first_chord_is_the_tonic():
    assert likeliest() == C
    assert likeliest(key=AM) == AM


def test_a_piece_ends_on_its_tonic():
    assert likeliest(*[C] * 14, G, ended=True) == C


def test_the_last_bar_is_reached_from_the_dominant():
    changing = [TRIADS[number] for number in range(12, 24)]
    inner, cadence = (after(*changing[:count], D, G)[C.number] for count in (2, 12))
    assert cadence > inner


def test_four_bars_that_come_again_are_trusted_more_and_more():
    """Chords that theory does not expect: E flat goes to D minor each time."""
    four = [C, EB, D, F]
    rarely, often = (after(*(four * times), C, EB, meter="3/4") for times in (1, 4))
    assert often[D.number] > rarely[D.number]
    assert often.argmax() == D.number


def test_eight_bars_that_come_again_are_known_where_four_are_not():
    eight = [C, EB, D, F, C, G, AM, EB]
    assert likeliest(*eight, *eight, *eight[:3], meter="3/4") == F
    assert likeliest(*eight, *eight, *eight[:7], meter="3/4") == EB


def test_chords_that_never_came_again_leave_it_to_theory():
    changing = [TRIADS[number] for number in range(12)]
    assert likeliest(*changing, G, meter="3/4") == C


def test_a_chord_that_is_not_certain_lies_between_those_that_it_may_be():
    slots, half = Slots(Meter(), 0, 2), (SURE[C.number] + SURE[G.number])[None] / 2
    either, one, other = next_chord(slots, C, half), after(C), after(G)
    assert np.all(either >= np.minimum(one, other) - 1e-12)
    assert np.all(either <= np.maximum(one, other) + 1e-12)


@given(
    st.lists(st.integers(0, 23), max_size=40),
    st.floats(0, 1),
    st.sampled_from(["4/4", "3/4", "6/8", "7/8"]),
    st.sampled_from(TRIADS),
)
def test_whatever_was_before_the_chances_sum_to_one(numbers, doubt, meter, key):
    past = np.array([(1 - doubt) * SURE[n] + doubt / len(TRIADS) for n in numbers]).reshape(-1, len(TRIADS))
    found = next_chord(Slots(Meter.parse(meter), 3, len(numbers) + 1, 2), key, past)
    assert np.isclose(found.sum(), 1)
    assert np.all(found >= 0)
