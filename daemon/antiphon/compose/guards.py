"""Guards against a note that never ends and a figure that repeats for ever."""

from collections.abc import Iterable, Iterator, Sequence

from antiphon.timebase import STEPS_PER_QUARTER, steps_of_sixteenths

# The longest figure, in sixteenths, whose repeats are counted.
_LONGEST_FIGURE = 64


class Guards:
    """Follows a stream of ids and says which id must not come next.

    longest_steps   the longest note or rest, in sixteenths; 0: any length
    most_repeats    how often a figure, be it one note, may sound in a row; 0: any number of times
    """

    def __init__(
        self,
        hold_id: int,
        longest_steps: int = 0,
        most_repeats: int = 0,
        steps_per_quarter: int = STEPS_PER_QUARTER,
    ) -> None:
        self._hold_id, self._steps_per_quarter = hold_id, steps_per_quarter
        self.limit(longest_steps, most_repeats)
        self._longest_figure = steps_of_sixteenths(_LONGEST_FIGURE, steps_per_quarter)
        self.begin(())

    def limit(self, longest_steps: int, most_repeats: int) -> None:
        """Use other limits from now on."""
        self._longest_steps = steps_of_sixteenths(longest_steps, self._steps_per_quarter)
        self._most_repeats = most_repeats

    @property
    def longest(self) -> int:
        """The longest note or rest, in steps; 0: any length."""
        return self._longest_steps

    @property
    def most_repeats(self) -> int:
        """0: any number of times."""
        return self._most_repeats

    def comes_too_often(self, symbol_id: int, step: int, onsets: Sequence[int], ids: Sequence[int]) -> bool:
        """Whether a note that begins at `step` would repeat a figure too often.

        `onsets` and `ids` are the events before it; each lasts until the next one, the last until `step`.
        """
        return symbol_id in self._begin_of_repeated(step, onsets, ids)

    def _begin_of_repeated(self, step: int, onsets: Sequence[int], ids: Sequence[int]) -> Iterator[int]:
        """The id that begins each figure which has just come as often as it may."""
        times, count = self._most_repeats, len(ids)
        ends = [*onsets[1:], step]
        for figure in range(1, count // times + 1 if times else 1):
            if step - onsets[-figure] > self._longest_figure:
                return
            if all(
                ids[-back] == ids[-back - figure]
                and ends[-back] - onsets[-back] == ends[-back - figure] - onsets[-back - figure]
                for back in range(1, figure * (times - 1) + 1)
            ):
                yield ids[-figure]

    def begin(self, ids: Iterable[int]) -> None:
        """Begin a new stream with these ids."""
        self._onsets: list[int] = []
        self._ids: list[int] = []
        self._step = self._age = 0
        for symbol_id in ids:
            self.hear(symbol_id)

    def hear(self, symbol_id: int) -> None:
        if symbol_id == self._hold_id:
            self.hold(1)
            return
        self._onsets.append(self._step)
        self._ids.append(symbol_id)
        self._step, self._age = self._step + 1, 1

    def hold(self, steps: int) -> None:
        """What sounds goes on for so many steps."""
        self._step += steps
        self._age += steps

    @property
    def must_end(self) -> bool:
        """Whether what sounds is as long as it may be."""
        return bool(self._longest_steps) and self._age >= self._longest_steps

    def forbidden(self) -> set[int]:
        """The ids that a limit rules out now."""
        forbidden = set(self._begin_of_repeated(self._step, self._onsets, self._ids))
        if self.must_end:
            forbidden.add(self._hold_id)
        return forbidden
