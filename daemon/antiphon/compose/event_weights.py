"""The arrays of a network over (symbol, length) pairs, and what their shapes must be."""

from dataclasses import dataclass, field

import numpy as np

from antiphon.compose.arrays import check_arrays, check_dimensions
from antiphon.compose.form import LEFT_ROWS, LIKE_ROWS
from antiphon.compose.lstm import Floats
from antiphon.compose.place import BAR_NUMBERS, PLACES
from antiphon.timebase import STEPS_PER_QUARTER

FORM_TABLES = ("left_embedding", "parallel_embedding", "lasting_embedding", "like_embedding")


def _no_table() -> Floats:
    return np.zeros((1, 0), np.float32)


@dataclass(frozen=True, slots=True)
class EventWeights:
    """Arrays of the network, float32. V symbols (the vocabulary's), U units, H units of the length's layer,
    L classes of lengths, S steps in a quarter.

    A network of sixteenths has no `within_embedding`: its places in the bar say all. One that was never told
    of forms has none of the tables from `left_embedding` on. Raises ValueError, naming the array, where
    shapes do not fit each other or a number is not finite.
    """

    symbol_embedding: Floats  # (V, a)
    length_embedding: Floats  # (L + 1, b), row 0 before the first note
    place_embedding: Floats  # (PLACES, c)
    bar_embedding: Floats  # (BAR_NUMBERS, d)
    kernel: Floats  # (a + b + c + d + e + f + g + h + i, 4U), gates i f c o
    recurrent: Floats  # (U, 4U)
    bias: Floats  # (4U,)
    out_kernel: Floats  # (U, V)
    out_bias: Floats  # (V,)
    length_kernel: Floats  # (U + a + c + e + f + g + h + i, H)
    length_bias: Floats  # (H,)
    length_out_kernel: Floats  # (H, L)
    length_out_bias: Floats  # (L,)
    within_embedding: Floats = field(  # (S + 1, e), row 0 where the bars are not known
        default_factory=lambda: np.zeros((STEPS_PER_QUARTER + 1, 0), np.float32)
    )
    # What `FormRows` are rows of; row 0 of each where nothing is known.
    left_embedding: Floats = field(default_factory=_no_table)  # (LEFT_ROWS, f)
    parallel_embedding: Floats = field(default_factory=_no_table)  # (V + 1, g)
    lasting_embedding: Floats = field(default_factory=_no_table)  # (L + 1, h)
    like_embedding: Floats = field(default_factory=_no_table)  # (LIKE_ROWS, i)

    def __post_init__(self) -> None:
        tables = ("symbol_embedding", "length_embedding", "place_embedding", "bar_embedding")
        check_dimensions(self, (*tables, "recurrent", "within_embedding", *FORM_TABLES), 2)
        check_dimensions(self, ("length_bias", "length_out_bias"), 1)
        a, b, c, d, e, *told = (table.shape[-1] for table in self.tables)
        units, hidden, symbols = self.recurrent.shape[0], self.length_bias.shape[0], self.symbols
        lengths = self.lengths
        shapes = {
            "symbol_embedding": (symbols, a),
            "length_embedding": (lengths + 1, b),
            "place_embedding": (PLACES, c),
            "bar_embedding": (BAR_NUMBERS, d),
            "kernel": (a + b + c + d + e + sum(told), 4 * units),
            "recurrent": (units, 4 * units),
            "bias": (4 * units,),
            "out_kernel": (units, symbols),
            "out_bias": (symbols,),
            "length_kernel": (units + a + c + e + sum(told), hidden),
            "length_bias": (hidden,),
            "length_out_kernel": (hidden, lengths),
            "length_out_bias": (lengths,),
            "within_embedding": (self.steps_per_quarter + 1, e),
        }
        rows = (LEFT_ROWS, symbols + 1, lengths + 1, LIKE_ROWS)
        for name, count, width in zip(FORM_TABLES, rows, told, strict=True):
            shapes[name] = (count if width else 1, width)
        check_arrays(self, shapes)

    @property
    def tables(self) -> tuple[Floats, ...]:
        """The tables of inputs, in the order of their shares of the kernel."""
        return (
            self.symbol_embedding,
            self.length_embedding,
            self.place_embedding,
            self.bar_embedding,
            self.within_embedding,
            *self.form_tables,
        )

    @property
    def form_tables(self) -> tuple[Floats, Floats, Floats, Floats]:
        """The tables of what is told of a form, in the order of `FormRows`; empty where nothing is."""
        return self.left_embedding, self.parallel_embedding, self.lasting_embedding, self.like_embedding

    @property
    def knows_form(self) -> bool:
        return any(table.size for table in self.form_tables)

    @property
    def lengths(self) -> int:
        """How many classes of lengths the network tells apart."""
        return int(self.length_out_bias.shape[0])

    @property
    def steps_per_quarter(self) -> int:
        return int(self.within_embedding.shape[0]) - 1

    @property
    def kind(self) -> str:
        return "events"

    @property
    def units(self) -> int:
        return int(self.recurrent.shape[0])

    @property
    def symbols(self) -> int:
        return int(self.symbol_embedding.shape[0])
