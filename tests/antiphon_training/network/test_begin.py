"""A network goes on from another one: the same numbers for what was known, a neighbour's for what was not."""

from dataclasses import replace

import numpy as np

from antiphon.compose.events_model import EventModel
from antiphon.compose.form import Form
from antiphon.compose.symbols import END, HOLD, Vocabulary
from antiphon_training.network.begin import begin_with, in_vocabulary
from antiphon_training.network.event_network import build_event_model, event_weights_of
from antiphon_training.recipe import RECIPES

OLD = Vocabulary.of([("60", "62", "64")])
NEW = Vocabulary.of([("60", "62", "64", "76")])
RECIPE = RECIPES["default"].with_settings(units=6)


def test_a_model_is_given_the_arrays() -> None:
    weights = event_weights_of(build_event_model(RECIPE, NEW))
    model = build_event_model(RECIPE, NEW)
    begin_with(model, weights)
    back = event_weights_of(model)
    for name in weights.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(back, name), getattr(weights, name))


def test_what_was_known_is_as_likely_among_itself_as_before() -> None:
    old = event_weights_of(build_event_model(RECIPE, OLD))
    new = in_vocabulary(old, OLD, NEW)
    before = EventModel(old, OLD.id(HOLD), OLD.id(END))
    after = EventModel(new, NEW.id(HOLD), NEW.id(END))
    for symbol in ("/", "60", "_", "64", "62", "_", "_"):
        old_chances = before.step(OLD.id(symbol))
        new_chances = after.step(NEW.id(symbol))
        known = [NEW.id(each) for each in OLD.symbols if each != HOLD]
        were = [OLD.id(each) for each in OLD.symbols if each != HOLD]
        ratio = new_chances[known] / old_chances[were]
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-5)
        # A pitch that is new is its octave's neighbour, but rarer: e^-3 times.
        np.testing.assert_allclose(
            new_chances[NEW.id("76")] / new_chances[NEW.id("64")], np.exp(-3), rtol=1e-4
        )


def test_a_network_that_knew_no_forms_can_learn_of_them_and_answers_as_before() -> None:
    silent = replace(RECIPE, close_told=0.0, open_told=0.0, phrase_told=0.0)
    old = event_weights_of(build_event_model(silent, NEW))
    model = build_event_model(RECIPE, NEW)
    begin_with(model, old)
    begun = event_weights_of(model)
    before, after = (EventModel(each, NEW.id(HOLD), NEW.id(END)) for each in (old, begun))
    assert after.knows_form
    after.reset()
    after.hear(NEW.id(END))
    after.tell(Form(30, False, 2))
    before.hear(NEW.id(END))
    for symbol in ("60", "_", "64", "62"):
        chances = after.step(NEW.id(symbol))
        np.testing.assert_allclose(before.step(NEW.id(symbol)), chances, atol=1e-6)


def test_what_came_one_phrase_earlier_is_known_in_the_new_vocabulary_too() -> None:
    old = event_weights_of(build_event_model(RECIPE, OLD))
    new = in_vocabulary(old, OLD, NEW)
    for symbol in OLD.symbols:
        np.testing.assert_array_equal(
            new.parallel_embedding[1 + NEW.id(symbol)], old.parallel_embedding[1 + OLD.id(symbol)]
        )
    np.testing.assert_array_equal(new.parallel_embedding[0], old.parallel_embedding[0])
