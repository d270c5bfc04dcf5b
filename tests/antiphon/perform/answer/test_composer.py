"""What a composer asks for and how it chooses."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from antiphon.compose.answer_features.parts import AnswerFrame
from antiphon.compose.form import NO_FORM
from antiphon.compose.melody import Melody
from antiphon.compose.place import Bars
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import Frame, Shape, ShapeSettings
from antiphon.compose.symbols import END
from antiphon.events import GridNote
from antiphon.perform.answer.composer import Composer, HowComposed, _ranked
from antiphon.slices import finish
from antiphon.timebase import Meter
from fakes import VOCABULARY
from playing import event_voice


def test_candidates_are_drawn_in_proportion_to_their_odds_and_each_once():
    log_odds = np.log([1.0, 2.0, 4.0, 1e-9])
    rankings = [_ranked(log_odds, np.random.default_rng(seed)) for seed in range(2000)]
    assert all(sorted(ranking) == [0, 1, 2, 3] for ranking in rankings)
    first = Counter(ranking[0] for ranking in rankings)
    assert [round(first[candidate] / 2000, 1) for candidate in range(4)] == [0.1, 0.3, 0.6, 0.0]
    second = Counter(ranking[1] for ranking in rankings if ranking[0] == 2)
    assert 1.6 < second[1] / second[0] < 2.5
    assert {ranking[3] for ranking in rankings} == {3}


class Preferring:
    """The fewer notes, the better."""

    def log_odds_in_slices(self, phrase, answers, frame):  # noqa: ARG002
        yield
        return np.array([-100.0 * len(notes) for notes in answers])


class FewNotes:
    """A critic that is as sure as critics are."""

    def log_odds_in_slices(self, phrase, answers, frame):  # noqa: ARG002
        yield
        return np.array([-8.0 * len(notes) for notes in answers])


def composer(phrase, steps=16):
    voice = event_voice(critic=Preferring())
    melody = Melody(voice.model, voice.vocabulary, SamplingSettings(), np.random.default_rng(0))
    melody.hear(["60", "_", "62", "_", *["_"] * 12], Bars("4/4"))
    shape = Shape(voice.vocabulary, Frame(steps, 16, 4, "major"), (), ShapeSettings())
    return Composer(
        melody=melody,
        vocabulary=voice.vocabulary,
        shape=shape,
        critic=Preferring(),
        phrase=phrase,
        frame=AnswerFrame(4, Meter(4, 4), 16, 16 + steps, "major", True),
        form=NO_FORM,
        steps=steps,
        bar_steps=16,
        ratio=1,
        how=HowComposed(16, SamplingSettings(), ShapeSettings()),
        chance=lambda candidate: np.random.default_rng((9, candidate)),
    )


def ids(symbols, vocabulary=VOCABULARY):
    return np.array([vocabulary.id(symbol) for symbol in symbols.split()])


def ranking(phrase, *answers):
    made = composer(phrase, steps=len(answers[0].split()))
    steps = len(answers[0].split())
    return finish(made._rank(0, steps, np.zeros(0, np.int64), [ids(answer) for answer in answers], ()))


SEVERAL = (GridNote(0, 2, 60), GridNote(2, 14, 62))


def test_a_single_note_answers_several_only_where_all_candidates_are_one():
    one, two, three = "72 _ _ _", "72 _ 71 _", "72 71 72 _"
    assert ranking(SEVERAL, one, three, two) == [2, 1, 0]
    assert ranking(SEVERAL, one, one)[0] in (0, 1)
    assert ranking(SEVERAL[:1], three, one, two) == [1, 2, 0]


def test_the_last_note_of_an_answer_that_ends_early_is_judged_as_held():
    made = composer(SEVERAL, steps=6)
    assert made._notes(np.append(ids("72 _ 71"), VOCABULARY.id(END)), 16, 22) == (
        GridNote(16, 2, 72),
        GridNote(18, 4, 71),
    )


def test_what_is_chosen_at_once_is_what_is_ranked_first():
    made = composer(SEVERAL)
    candidates = made.candidates(0, None, np.zeros(0, np.int64))
    assert made.choose() == candidates.draws(candidates.finish())


class Heard:
    """A melody that has heard a phrase in a style that its model knows or not."""

    def __init__(self, strangeness):
        self.strangeness = strangeness


@pytest.mark.parametrize(("strangeness", "first"), [(0.0, 2), (0.95, 0)])
def test_of_a_strange_phrase_candidates_agree_on_an_answer_and_the_critic_says_less(strangeness, first):
    """The critic wants few notes; most have the same ones."""
    answers = [ids(answer) for answer in ("72 _ 71 _", "72 _ 71 _", "69 _ _ _", "72 _ 71 72")]
    for seed in range(5):
        made = replace(
            composer(SEVERAL[:1], steps=4),
            melody=Heard(strangeness),
            critic=FewNotes(),
            frame=AnswerFrame(4, Meter(4, 4), 16, 20, "major", False),
            chance=lambda candidate, seed=seed: np.random.default_rng((seed, candidate)),
        )
        best = finish(made._rank(0, 4, np.zeros(0, np.int64), answers, ()))[0]
        assert best == first or (first == 0 and best == 1)
