"""Percentiles."""

from antiphon.stage.lateness import percentile


def test_the_middle_and_the_worst_hundredth():
    assert percentile([], 0.99) == 0.0
    assert percentile([3.0], 0.5) == 3.0
    assert percentile(range(1, 101), 0.5) == 50
    assert percentile(range(1, 101), 0.99) == 99
    assert percentile(range(1, 1001), 0.99) == 990
