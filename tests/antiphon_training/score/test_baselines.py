"""The n-gram models against a plain dictionary version of the formulas, and what any model must fulfil."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_training.score.baselines import KneserNey, Uniform, Unigram

SYMBOLS, END = 5, 0
Song = list[int]
songs_strategy = st.lists(st.lists(st.integers(1, SYMBOLS - 1), max_size=12), min_size=1, max_size=8)


def arrays(songs: Sequence[Song]) -> list[np.ndarray]:
    return [np.array(song, np.int32) for song in songs]


def plain_counts(songs: Sequence[Song], n: int, order: int) -> Counter[tuple[int, ...]]:
    """Counts of n-grams as Chen & Goodman take them: how often, or after how many different symbols."""
    grams: dict[int, Counter[tuple[int, ...]]] = {n: Counter(), n + 1: Counter()}
    for song in songs:
        text = (END, *song, END)
        for length, found in grams.items():
            found.update(text[i : i + length] for i in range(len(text) - length + 1) if i + length > 1)
    if n == order:
        return grams[n]
    before = Counter(gram[1:] for gram in grams[n + 1])
    opening = {gram: count for gram, count in grams[n].items() if n > 1 and gram[0] == END}
    return Counter({**before, **opening})


def plain_discount(counts: Counter[tuple[int, ...]], count: int) -> float:
    n = [sum(c == value for c in counts.values()) for value in range(5)]
    c = min(count, 3)
    share = n[1] / (n[1] + 2 * n[2]) if n[1] else 0.0
    estimate = c - (c + 1) * share * n[c + 1] / n[c] if c and n[c] else 0.0
    return estimate if 0 < estimate < c else c / 2


def plain_probability(songs: Sequence[Song], context: Sequence[int], symbol: int, order: int) -> float:
    probability = 1 / SYMBOLS
    for n in range(1, min(order, len(context) + 1) + 1):
        counts, past = plain_counts(songs, n, order), tuple(context[len(context) - n + 1 :])
        here = {gram: count for gram, count in counts.items() if gram[:-1] == past}
        if not here:
            break
        given_away = sum(plain_discount(counts, count) for count in here.values())
        count = counts[(*past, symbol)]
        probability = (count - plain_discount(counts, count) + given_away * probability) / sum(here.values())
    return probability


@given(songs_strategy, st.lists(st.integers(1, SYMBOLS - 1), max_size=6))
def test_probabilities_are_those_of_the_plain_formula_and_sum_to_one(songs: list[Song], heard: Song) -> None:
    model = KneserNey(arrays(songs), SYMBOLS, END, order=3)
    context = [END, *heard]
    found = model.probabilities(context)
    assert found.sum() == pytest.approx(1.0)
    assert (found > 0).all()
    expected = [plain_probability(songs, context, symbol, 3) for symbol in range(SYMBOLS)]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@given(songs_strategy, songs_strategy)
def test_a_songs_bits_are_those_of_its_symbols_one_after_another(
    songs: list[Song], heard: list[Song]
) -> None:
    model = KneserNey(arrays(songs), SYMBOLS, END, order=4)
    for song, bits in zip(heard, model.bits(arrays(heard)), strict=True):
        text = [END, *song, END]
        steps = [model.probabilities(text[:i])[text[i]] for i in range(1, len(text))]
        assert bits == pytest.approx(-np.log2(steps).sum())


def test_contexts_do_not_cross_songs() -> None:
    songs = arrays([[1, 2, 3], [4, 1], [2, 2, 4]])
    np.testing.assert_allclose(
        KneserNey(songs, SYMBOLS, END).bits(songs), KneserNey(songs[::-1], SYMBOLS, END).bits(songs)
    )


def test_on_music_with_structure_each_model_beats_the_next() -> None:
    rng = np.random.default_rng(0)
    songs = [np.cumsum(rng.choice([1, 1, 1, 2], 40)) % (SYMBOLS - 1) + 1 for _ in range(60)]
    train, test = songs[:50], songs[50:]
    skewed = [np.where(song == 3, 1, song) for song in train], [np.where(song == 3, 1, song) for song in test]
    models = KneserNey(skewed[0], SYMBOLS, END), Unigram(skewed[0], SYMBOLS, END), Uniform(SYMBOLS)
    strong, weak, weakest = (float(model.bits(skewed[1]).sum()) for model in models)
    assert strong < 0.8 * weak < weak < weakest


def test_uniform_needs_log2_of_the_vocabulary_for_each_symbol_and_the_end() -> None:
    assert Uniform(8).bits(arrays([[1, 2], []])).tolist() == [9.0, 3.0]


@given(songs_strategy)
def test_unigram_probabilities_sum_to_one(songs: list[Song]) -> None:
    model = Unigram(arrays(songs), SYMBOLS, END)
    end = model.bits(arrays([[]]))[0]
    others = [model.bits(arrays([[symbol]]))[0] - end for symbol in range(1, SYMBOLS)]
    assert np.exp2(-np.array([end, *others])).sum() == pytest.approx(1.0)


def test_an_order_too_long_for_its_keys_is_refused() -> None:
    with pytest.raises(ValueError, match="order must be 1–"):
        KneserNey([], 131, END, order=9)
