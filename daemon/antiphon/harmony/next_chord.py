"""Which chord comes next, before anything of it is heard. Pure."""

import numpy as np
from numpy.typing import NDArray

from antiphon.harmony.chord import Chord
from antiphon.harmony.chord_hmm import in_key, theory_table
from antiphon.harmony.evidence import Slots
from antiphon.harmony.theory import ChordTable

Floats = NDArray[np.float64]
# A chord that stood at the same place four bars earlier is likelier by so many nats.
_FOUR_BARS_AGO = 1.0
BARS_AGO = 4


def next_chord(
    slots: Slots,
    number: int,
    key: Chord,
    before: Chord | None,
    four_bars_ago: Chord | None = None,
    table: ChordTable | None = None,
) -> Floats:
    """Natural logarithms of the probability of each of `TRIADS` in a slot, (24,).

    number           of the slot, counted from the first of `slots`, which say where in the phrase it lies
    key              named by its tonic triad
    before           the chord of the slot before; None at the beginning
    four_bars_ago    the chord that stood at the same place of the bar four bars earlier; None: not known
    """
    logs = in_key(table or theory_table(), key)
    found = logs.usual if before is None else logs.moves[slots.steps()[number], before.number]
    found = found + logs.places[slots.places()[number]]
    if four_bars_ago is not None:
        found[four_bars_ago.number] += _FOUR_BARS_AGO
    return np.asarray(found - np.logaddexp.reduce(found))
