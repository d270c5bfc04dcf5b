from dataclasses import replace

import numpy as np
import pytest

from antiphon.compose.form import Form
from antiphon.compose.memory.experience import DISTANCES, RUNS, Experience
from antiphon.compose.memory.memory import Memory
from antiphon.compose.model import StreamModel
from antiphon.compose.place import Bars
from antiphon.compose.symbols import END, HOLD, Vocabulary
from antiphon_training.score.memory_weights import Evidence, Tune, bits, fit, gather
from fakes import random_weights

VOCABULARY = Vocabulary.of([["60", "62", "64", "65"]])
BARS = Bars("2/4")
MODEL = StreamModel(random_weights(len(VOCABULARY), scale=0.1))


def tunes(number, repeated, seed=0):
    """Eight steps by chance, and eight more: the same again, or others."""
    generator = np.random.default_rng(seed)
    ids = [VOCABULARY.id(str(pitch)) for pitch in (60, 62, 64, 65)]
    for _ in range(number):
        bar = [int(each) for each in generator.choice(ids, 8)]
        again = bar if repeated else [int(each) for each in generator.choice(ids, 8)]
        yield Tune([*bar, *again], BARS)


def total(evidence, experience):
    return bits(evidence, np.array(experience.weights).ravel()).sum()


def test_bits_are_those_of_the_memory_that_plays():
    heard = gather(MODEL, tunes(3, repeated=True), VOCABULARY)
    experience = Experience(tuple(tuple(0.1 * (d + r) for r in range(RUNS)) for d in range(DISTANCES)))
    played = 0.0
    for tune in tunes(3, repeated=True):
        memory = Memory(experience, len(VOCABULARY), VOCABULARY.id(HOLD))
        memory.begin(tune.bars)
        MODEL.reset()
        expected = MODEL.step(VOCABULARY.id(END))
        for symbol in tune.ids:
            played -= np.log2(memory.mix(expected)[symbol])
            memory.hear(symbol)
            expected = MODEL.step(symbol)
        played -= np.log2(memory.mix(expected)[VOCABULARY.id(END)])
    assert total(heard, experience) == pytest.approx(played)


def test_where_songs_repeat_themselves_earlier_steps_weigh_much():
    heard = gather(MODEL, tunes(20, repeated=True), VOCABULARY)
    experience = fit(heard)
    assert total(heard, experience) < 0.9 * bits(heard, np.zeros(DISTANCES * RUNS)).sum()
    one_bar_away = experience.weights[1]
    assert one_bar_away[4] > 10 * experience.weights[0][0]


def test_where_they_do_not_the_network_is():
    learned, other = (gather(MODEL, tunes(40, repeated=False, seed=seed), VOCABULARY) for seed in (1, 2))
    alone = bits(other, np.zeros(DISTANCES * RUNS)).sum()
    assert total(other, fit(learned)) < 1.02 * alone


def test_the_slope_is_the_slope_of_the_bits():
    from antiphon_training.score.memory_weights import _slope

    generator = np.random.default_rng(0)
    said = generator.random((30, DISTANCES * RUNS)) * 0.1
    heard = Evidence(said, said * (generator.random(said.shape) < 0.5), generator.random(30) * 0.5 + 0.1)
    weights = generator.random(DISTANCES * RUNS) + 0.1
    slope, nudge = _slope(heard, weights), 1e-5
    for place in (0, 7, DISTANCES * RUNS - 1):
        logs = np.log(weights)
        ends = []
        for sign in (1, -1):
            moved = logs.copy()
            moved[place] += sign * nudge
            ends.append(bits(heard, np.exp(moved)).mean() * np.log(2))
        assert slope[place] == pytest.approx((ends[0] - ends[1]) / (2 * nudge), rel=1e-3)


def test_where_a_song_is_told_to_be_over_the_memory_says_nothing() -> None:
    (tune,) = tunes(1, repeated=True)
    over, before = len(tune.ids), gather(MODEL, [tune], VOCABULARY)
    told = gather(MODEL, [replace(tune, form=Form(over))], VOCABULARY)
    assert before.said[-1].any()
    assert not told.said[-1].any()
    assert not told.right[-1].any()
    np.testing.assert_array_equal(told.said[:-1], before.said[:-1])
