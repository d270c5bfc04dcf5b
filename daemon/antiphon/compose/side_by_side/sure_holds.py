"""Which draws are holds for certain, before the network is asked what else there could be. Pure.

A hold is drawn whenever chance lies between the probability of all that stands before it in the vocabulary
and that of all but what stands behind it. Both bounds are at most what is left to everything but the hold.
So the same is drawn, and less is worked out.
"""

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.lstm import Probabilities
from antiphon.compose.sampling import SamplingSettings, hottest

# A draw sums probabilities, and sums are rounded: chance must not be that near to a bound.
_ROUNDED = 1e-6
_MOST_WEIGHT = 1e9


def sure_holds(
    against: Probabilities,
    weights: Probabilities,
    chances: Probabilities,
    settings: SamplingSettings,
    symbols: int,
) -> NDArray[np.bool_]:
    """Whether each of these draws (A,) is a hold for certain, as `draw_rows` draws.

    `against` is how likely all others are together, at most, to how likely the hold is; `weights` the highest
    weight of the others to that of the hold; `symbols` how many there are.
    """
    hot = hottest(settings)
    # For odds oᵢ below 1, Σ oᵢ^(1/T) grows with T; n of them make at most n^(1 − 1/T) · (Σ oᵢ)^(1/T), and for
    # T below 1 at most (Σ oᵢ)^(1/T).
    spread = max(1.0, float(symbols - 1) ** (1.0 - 1.0 / hot))
    others = np.minimum(weights, _MOST_WEIGHT) * spread * np.minimum(against, 1.0) ** (1.0 / hot)
    most = others / (1.0 + others) + _ROUNDED
    found: NDArray[np.bool_] = (against < 1.0) & (chances > most) & (chances < 1.0 - most)
    return found
