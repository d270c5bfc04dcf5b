"""Songs that share runs are joined exactly as comparing every pair would join them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_training.data import clusters as module
from antiphon_training.data.clusters import clusters

run_sets = st.lists(st.frozensets(st.integers(0, 12), max_size=8), max_size=12)


def found(sets):
    flat = np.array([run for each in sets for run in sorted(each)], np.uint64)
    return clusters(flat, np.array([len(each) for each in sets], np.int64)).tolist()


def by_every_pair(sets):
    """Each song's cluster is named by its first song."""
    names = list(range(len(sets)))
    for _ in sets:
        for i, a in enumerate(sets):
            for j, b in enumerate(sets):
                smaller = min(len(a), len(b))
                if smaller and len(a & b) >= 0.25 * smaller:
                    names[i] = names[j] = min(names[i], names[j])
    return names


def test_songs_are_joined_through_others_and_not_by_too_little():
    a, b, c, little = set(range(4)), set(range(3, 7)), set(range(6, 10)), set(range(9, 14))
    assert found([a, b, c, little]) == [0, 0, 0, 0]
    assert found([set(range(5)), set(range(4, 9))]) == [0, 1]


def test_what_has_no_runs_is_alone():
    assert found([]) == []
    assert found([set(), set()]) == [0, 1]
    assert found([set(), {1}, {1, 2}, set()]) == [0, 1, 1, 3]


@pytest.mark.parametrize("hashes", [0, 1, module.HASHES])
@given(run_sets)
def test_the_clusters_are_those_that_comparing_every_pair_finds(hashes, sets):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "HASHES", hashes)
        patch.setattr(module, "BLOCK_PAIRS", 7)
        assert found(sets) == by_every_pair(sets)


def test_most_of_a_large_family_is_joined_by_few_comparisons(monkeypatch):
    rng = np.random.default_rng(0)
    sets = [set(rng.choice(60, 50, replace=False).tolist()) for _ in range(400)]
    compared = []
    real = module._that_share

    def counting(table, pairs, wanted):
        compared.append(pairs.shape[1])
        return real(table, pairs, wanted)

    monkeypatch.setattr(module, "_that_share", counting)
    across = []
    monkeypatch.setattr(module, "_between", lambda table, labels: across.extend(labels) or table[:, :0])
    assert found(sets) == [0] * 400
    assert sum(compared) < 400 * module.HASHES
