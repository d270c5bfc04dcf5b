"""How usual waits are, and the ways to divide a beat."""

import numpy as np
import pytest

from antiphon.listen.rhythm import (
    CONTEXT_OF,
    PLACES,
    TICKS,
    BeatDivision,
    divisions,
    is_compound,
    log_waits,
    wait_numbers,
)
from antiphon.timebase import Meter

METERS = [None, Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(3, 8), Meter(7, 8)]


@pytest.mark.parametrize("meter", METERS)
@pytest.mark.parametrize("swung", [False, True])
def test_the_chances_of_all_feels_sum_to_one(meter, swung):
    assert sum(division.chance for division in divisions(meter, swung)) == pytest.approx(1.0)


def test_a_meter_says_what_a_beat_is():
    assert [is_compound(meter) for meter in METERS[1:]] == [False, False, True, True, False]
    assert {(division.kind, division.quarters) for division in divisions(Meter(6, 8), True)} == {
        ("compound", 1.5)
    }
    assert {division.quarters for division in divisions(Meter(4, 4), False)} == {1.0}
    assert {division.quarters for division in divisions(None, False)} == {1.0, 1.5}


def test_after_a_swung_phrase_another_one_is_likelier():
    def swung(before):
        return sum(division.chance for division in divisions(Meter(), before) if division.kind == "swung")

    assert swung(True) > 4 * swung(False)


def test_a_phrase_all_in_triplets_is_likelier_under_the_meter_that_nobody_set():
    def compound(meter):
        return sum(division.chance for division in divisions(meter, False) if division.kind == "compound")

    assert compound(None) > compound(Meter(4, 4)) > 10 * compound(Meter(2, 4))
    assert compound(Meter(2, 4)) == compound(Meter(3, 4))


def test_the_off_beat_swings_and_triplets_do_not():
    swung = BeatDivision("swung", 2.0, 1.0, 1.0)
    assert [swung.beats_at(tick) for tick in (0, 6, 8, 12, 16, 18)] == pytest.approx(
        [0, 1 / 3, 1 / 3, 2 / 3, 2 / 3, 5 / 6]
    )
    straight = BeatDivision("straight", 1.0, 1.0, 1.0)
    assert [straight.beats_at(tick) for tick in PLACES] == [tick / TICKS for tick in PLACES]


@pytest.mark.parametrize("kind", ["straight", "swung", "compound"])
def test_shares_from_a_place_are_those_of_a_chance(kind):
    shares = np.exp(log_waits(kind))[:, list(PLACES)]
    assert shares.min() > 0
    assert shares.sum(axis=-1).max() < 1.2  # the unusual ones come on top


def test_eighths_are_usual_in_pairs_and_in_threes():
    """From the beat, after nothing in particular."""
    straight, compound = log_waits("straight")[0], log_waits("compound")[0]
    assert straight[0, 12] > straight[0, 8] + 2
    assert compound[0, 8] > compound[0, 12] + 2
    assert straight[12].argmax() == 12
    assert compound[8].argmax() == compound[16].argmax() == 8


def test_of_a_wait_of_many_beats_only_the_place_counts_where_it_ends():
    numbers = wait_numbers(np.array([-3, 12, 96, 120, 240, 252]))
    assert numbers[0] == 0
    assert numbers[3] == numbers[4] != numbers[5]
    straight = log_waits("straight")[0, 0]
    assert straight[numbers[4]] > straight[numbers[5]]


def test_a_wait_is_a_context_for_the_next():
    waits = CONTEXT_OF[wait_numbers(np.array([7, 12, 24, 240]))]
    assert waits[0] == waits[3] == 0
    assert len({*waits.tolist()}) == 3
