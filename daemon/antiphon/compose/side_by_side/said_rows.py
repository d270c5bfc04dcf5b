"""What each row of candidates has said so far, and how each symbol was drawn. Pure."""

import numpy as np

from antiphon.compose.lstm import Probabilities
from antiphon.compose.sampling import Draw, SamplingSettings, adaptive_temperature, adaptive_temperatures
from antiphon.compose.side_by_side.ages import Ints

# Stands for the entropy of a draw that was not asked for, because it could only be a hold.
NOT_ASKED = np.nan


class SaidRows:
    """So many rows of at most so many steps, all of them holds at first.

    ids   (R, steps)
    how   (R, steps, 3) entropy, temperature and probability of each, as `Draw` has them
    """

    def __init__(self, rows: int, steps: int, hold_id: int, settings: SamplingSettings) -> None:
        self._hold_id, self._settings = hold_id, settings
        certain = self._certain = Draw(hold_id, 0.0, adaptive_temperature(0.0, settings), 1.0)
        self.ids: Ints = np.full((rows, steps), hold_id)
        self.how = np.full((rows, steps, 3), (certain.entropy, certain.temperature, certain.probability))

    def draws(self, row: int, begin: int, end: int, quoted: set[int]) -> tuple[Draw, ...]:
        """How a row's symbols from one step to another were drawn; at the steps `quoted`, the memory quotes
        them."""
        ids, how = self.ids[row, begin:end], self.how[row, begin:end].copy()
        bound = np.flatnonzero(np.isnan(how[:, 0]))
        how[bound, 0] = _of_hold_or_not(how[bound, 2])
        how[bound, 1] = adaptive_temperatures(how[bound, 0], self._settings)
        found = [self._certain] * len(ids)  # most are: an answer on a fine grid has hundreds of holds
        for place in np.flatnonzero((ids != self._hold_id) | (how[:, 2] < 1)).tolist():
            entropy, temperature, probability = how[place].tolist()
            found[place] = Draw(int(ids[place]), entropy, temperature, probability, begin + place in quoted)
        return tuple(found)


def _of_hold_or_not(holds: Probabilities) -> Probabilities:
    """The entropy in nats, where a hold is so likely: above 0, at most 1."""
    others = 1.0 - holds
    logs = np.log(np.where(others > 0, others, 1.0))
    found: Probabilities = -holds * np.log(holds) - others * logs
    return found
