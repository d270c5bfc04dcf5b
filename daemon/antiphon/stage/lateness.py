"""How late events left, as figures. Knows no clock."""

import math
from collections.abc import Collection


def percentile(values: Collection[float], share: float) -> float:
    """The value that `share` of all do not exceed; 0 of nothing."""
    ordered = sorted(values)
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else 0.0
