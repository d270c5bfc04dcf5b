import math

import numpy as np
import pytest

from antiphon.compose.bar_likelihood import HeardEvent, log_likelihoods
from antiphon.compose.events_model import EventModel
from antiphon.compose.model import prime
from antiphon.compose.place import Bars
from antiphon.compose.symbols import END, HOLD, REST, Vocabulary
from antiphon.slices import finish
from fakes import random_event_weights

VOCABULARY = Vocabulary.of([["60", "62", "64", REST]])
END_ID, HOLD_ID = VOCABULARY.id(END), VOCABULARY.id(HOLD)
PHRASE = [("60", 4), ("62", 2), ("64", 40), (REST, 3), ("62", 1), ("60", 6)]
EVENTS = [HeardEvent(VOCABULARY.id(name), steps) for name, steps in PHRASE]
PLACES = [Bars("3/4", 0), Bars("3/4", -4), Bars("4/4", 2), Bars("6/8", -2)]


def model():
    return EventModel(random_event_weights(len(VOCABULARY), seed=3), HOLD_ID, END_ID)


def by_steps(events, bars):
    """The same from the model's own steps: the chance of each symbol, and of the end of the last note."""
    one, total = model(), 0.0
    following = prime(one, (), END_ID, bars)
    for number, event in enumerate(events):
        # What begins after a note is drawn once the note is over.
        over = 1.0 - following[HOLD_ID] if number else 1.0
        total += math.log(following[event.symbol_id] / over)
        following = one.step(event.symbol_id)
        for _ in range(event.steps - 1):
            total += math.log(following[HOLD_ID])
            following = one.step(HOLD_ID)
        total += math.log(1.0 - following[HOLD_ID]) if event.over else 0.0
    return total


def test_a_phrase_is_as_likely_as_the_model_says_step_by_step():
    short = [HeardEvent(event.symbol_id, min(event.steps, 32)) for event in EVENTS]
    found = finish(log_likelihoods(model().bar_tables, short, PLACES))
    assert found == pytest.approx([by_steps(short, bars) for bars in PLACES], abs=2e-3)


def test_places_are_followed_apart_from_each_other():
    together = finish(log_likelihoods(model().bar_tables, EVENTS, PLACES * 8))
    alone = [finish(log_likelihoods(model().bar_tables, EVENTS, [bars]))[0] for bars in PLACES]
    assert together == pytest.approx(alone * 8, abs=1e-3)
    assert np.isfinite(together).all()


def test_a_note_that_is_not_over_may_be_of_any_greater_length():
    unended = [HeardEvent(0, 2), HeardEvent(1, 5, over=False)]
    found = finish(log_likelihoods(model().bar_tables, unended, PLACES))
    assert found == pytest.approx([by_steps(unended, bars) for bars in PLACES], abs=1e-3)


def test_the_model_stays_where_it_was():
    one = model()
    before = prime(one, [VOCABULARY.id("60")], END_ID)
    finish(log_likelihoods(one.bar_tables, EVENTS, PLACES))
    again = one.step(HOLD_ID)
    assert again != pytest.approx(before)
    other = model()
    prime(other, [VOCABULARY.id("60")], END_ID)
    assert again == pytest.approx(other.step(HOLD_ID), abs=0)
