import numpy as np
import pytest

from antiphon.harmony.evidence import Note, Slots, evidence_of
from antiphon.harmony.theory import NOTE_PLACES, PLACES, STEPS
from antiphon.timebase import Meter


def names(numbers, of):
    return [of[number] for number in numbers]


def test_slots_cover_all_that_is_played_and_the_phrase_begins_with_a_whole_bar():
    slots = Slots.covering(Meter(), 3.0, 12.5)
    assert (slots.first, slots.count, slots.phrase_bar) == (1, 6, 1)
    assert (slots.begins, slots.ends) == (2.0, 14.0)


def test_a_slot_follows_within_its_bar_or_over_a_bar_line_or_into_a_cadence():
    slots = Slots.covering(Meter(), 0.0, 16.0)
    assert names(slots.steps(), STEPS) == [
        *["bar line", "within"] * 3,
        *["cadence"] * 2,
    ]


def test_places_are_counted_in_phrases_of_eight_bars_and_the_end_is_told():
    slots = Slots.covering(Meter(3, 4), 0.0, 27.0, ended=True)
    assert names(slots.places(), PLACES) == [
        "first",
        "inner",
        "inner",
        "half",
        "inner",
        "inner",
        "before",
        "before",
        "end",
    ]


@pytest.mark.parametrize(
    ("at", "quarters", "found"),
    [
        (0.0, 1.0, [(0, 0)]),
        (1.0, 1.0, [(0, 1)]),
        (0.5, 0.5, [(0, 2)]),
        (1.5, 1.0, [(0, 2), (1, 1)]),  # held over into the next slot
        (2.0, 4.0, [(1, 0), (2, 1)]),
        (-1.0, 1.0, []),
        (-1.0, 2.0, [(0, 1)]),
        (7.0, 1.0, []),
    ],
)
def test_a_note_counts_where_it_sounds_by_its_place(at, quarters, found):
    slots = Slots(Meter(), 0, 3)
    evidence = evidence_of(slots, [Note(at, quarters, 64)])
    assert [(n, place) for n, place, pitch in np.argwhere(evidence.melody) if pitch == 4] == found
    assert np.count_nonzero(evidence.melody) == len(found)


def places_of(*notes, leaps=True):
    """The place that each note counts at, by its pitch class."""
    evidence = evidence_of(Slots(Meter(), 0, 4), [Note(*note) for note in notes], leaps=leaps)
    return {int(pitch): NOTE_PLACES[place] for _, place, pitch in np.argwhere(evidence.melody)}


def test_a_note_that_is_left_by_a_leap_counts_as_one_at_a_stronger_place():
    by_leaps = (0.0, 1.0, 60), (1.0, 0.5, 64), (1.5, 0.5, 67), (2.0, 1.0, 74)
    by_steps = (0.0, 1.0, 60), (1.0, 0.5, 62), (1.5, 0.5, 64), (2.0, 1.0, 65)
    as_they_lie = ["slot", "beat", "off the beat", "slot"]
    assert places_of(*by_leaps) == {0: "slot", 4: "slot", 7: "beat", 2: "slot"}
    assert places_of(*by_leaps, leaps=False) == dict(zip((0, 4, 7, 2), as_they_lie, strict=True))
    assert places_of(*by_steps) == dict(zip((0, 2, 4, 5), as_they_lie, strict=True))


def test_after_a_rest_nothing_leaps():
    assert places_of((1.0, 0.5, 60), (2.5, 0.5, 67)) == {0: "beat", 7: "off the beat"}


def test_a_long_note_counts_more():
    slots = Slots(Meter(), 0, 1)
    short, long = (evidence_of(slots, [Note(0.0, quarters, 60)]).melody.sum() for quarters in (0.25, 2.0))
    assert long > short > 0


def test_the_lowest_note_of_each_slot_is_its_bass():
    slots = Slots(Meter(), 0, 2)
    chord = [Note(0.0, 4.0, 55), Note(0.0, 4.0, 48), Note(2.0, 2.0, 43)]
    evidence = evidence_of(slots, [], chord)
    assert evidence.bass.argmax(axis=1).tolist() == [0, 7]
    assert sorted(np.flatnonzero(evidence.accompaniment[0])) == [0, 7]
    assert not evidence.melody.any()


def test_a_beat_of_compound_time_is_dotted():
    slots = Slots(Meter(6, 8), 0, 2)
    evidence = evidence_of(slots, [Note(1.5, 0.5, 60), Note(2.0, 0.5, 62), Note(0.5, 0.5, 64)])
    assert {tuple(map(int, one)) for one in np.argwhere(evidence.melody)} == {(1, 0, 0), (1, 2, 2), (0, 2, 4)}
