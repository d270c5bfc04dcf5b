"""How much an earlier step weighs beside the network: by how far back it lies, and by how long it was alike.

Only these weights are learned beforehand.
"""

from dataclasses import dataclass

import numpy as np

# How far back a step lies: not a whole number of bars; 1, 2, 3, 4, 6 or 8 bars; 5 or 7; 12 or 16; others.
OTHER = 9
_DISTANCES = {1: 1, 2: 2, 3: 3, 4: 4, 6: 5, 8: 6, 5: 7, 7: 7, 12: 8, 16: 8}
DISTANCES = 10
# How many notes and rests in a row are the same before it and before now, in classes: 0, 1, 2, 3, 4, 5–6,
# 7–9, 10–15, more.
RUN_CLASSES = np.repeat(np.arange(9, dtype=np.int64), [1, 1, 1, 1, 1, 2, 3, 6, 1])
RUNS = 9
# The weight is also multiplied by what the network gives the predicted symbol, to this power.
TASTE = 0.2
# Sixteenths that are kept: eight minutes at 120 bpm.
MOST_SIXTEENTHS = 4096
# The class of a step without a run that lies 1, 2, 3 … bars back; the shortest bar has six sixteenths.
FIRST_CLASS = np.full(MOST_SIXTEENTHS // 6 + 1, OTHER * RUNS)
FIRST_CLASS[[bars - 1 for bars in _DISTANCES]] = [kind * RUNS for kind in _DISTANCES.values()]


@dataclass(frozen=True, slots=True)
class Experience:
    """The weight of an earlier step's prediction, shape (DISTANCES, RUNS), where the network weighs 1.

    Raises ValueError where the shape is another or a weight is below 0.
    """

    weights: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        table = np.asarray(self.weights, np.float64)
        if table.shape != (DISTANCES, RUNS):
            raise ValueError(f"a memory's weights must have shape {(DISTANCES, RUNS)}, got {table.shape}")
        if not (np.isfinite(table).all() and (table >= 0).all()):
            raise ValueError("a memory's weights must be 0 or more")
