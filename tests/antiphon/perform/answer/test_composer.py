"""What a composer asks for and how it chooses."""

from collections import Counter

import numpy as np

from antiphon.perform.answer.composer import _ranked


def test_candidates_are_drawn_in_proportion_to_their_odds_and_each_once():
    log_odds = np.log([1.0, 2.0, 4.0, 1e-9])
    rankings = [_ranked(log_odds, np.random.default_rng(seed)) for seed in range(2000)]
    assert all(sorted(ranking) == [0, 1, 2, 3] for ranking in rankings)
    first = Counter(ranking[0] for ranking in rankings)
    assert [round(first[candidate] / 2000, 1) for candidate in range(4)] == [0.1, 0.3, 0.6, 0.0]
    second = Counter(ranking[1] for ranking in rankings if ranking[0] == 2)
    assert 1.6 < second[1] / second[0] < 2.5
    assert {ranking[3] for ranking in rankings} == {3}
