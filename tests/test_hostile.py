"""A little of what tests/benchmarks/fuzz.py throws at the program by the million, of every target."""

from functools import partial

import pytest

from hostile import TARGETS
from hostile_midi import session_case, shipped_voices
from tally import run_cases

# So many cases of each, chosen to take some seconds in all; of the long ones only whoever looks for faults.
CASES = {"midi": 3, "midi-shipped": 0, "midi-long": 0, "score": 10, "take": 20}
MANY = 120


@pytest.mark.parametrize("name", [name for name in TARGETS if CASES.get(name, MANY)])
def test_nothing_is_found(name):
    cases = CASES.get(name, MANY)
    tally = TARGETS[name].run(name, 0, range(cases))
    assert tally.findings == []
    assert tally.count == cases * TARGETS[name].size


@pytest.mark.parametrize("name", ["phrase", "bundle", "config", "memory"])
def test_some_of_the_damage_is_so_slight_that_it_is_taken_and_most_is_refused(name):
    outcomes = TARGETS[name].run(name, 0, range(MANY)).outcomes
    assert 0 < outcomes["taken"] < outcomes["refused"]


def test_a_storm_is_answered():
    """Or the search for faults would search in silence."""
    tally = run_cases("midi", lambda chance: session_case(chance, 200), 0, range(24))
    assert tally.outcomes["answered"] > 2


def test_the_shipped_models_stand_a_storm():
    case = partial(session_case, messages=200, voices=shipped_voices)
    tally = run_cases("midi-shipped", case, 0, range(1), 200)
    assert tally.findings == []
    assert tally.count == 200


def test_what_is_raised_is_a_finding_that_says_how_to_have_it_again():
    tally = run_cases("broken", lambda _: str(1 // 0), 5, range(3, 5))
    assert tally.count == 2
    assert tally.findings[0].startswith("broken --seed 5 --first 3 --cases 1: ZeroDivisionError")
