"""The symbol stream and its vocabulary: the one codec that training and playing share.

One symbol per step: a MIDI number starts a note, `r` starts a rest, `_` holds either, `/` ends a song.
A quarter note of pitch 63 is `63 _ _ _`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from antiphon.events import HIGHEST_PITCH, LOWEST_PITCH, GridNote

REST, HOLD, END = "r", "_", "/"
GAP = ""  # no symbol: a step between two songs in what is remembered


def is_pitch(symbol: str) -> bool:
    return (
        len(symbol) <= 3
        and symbol.isascii()
        and symbol.isdigit()
        and LOWEST_PITCH <= int(symbol) <= HIGHEST_PITCH
    )


def parse(text: str) -> tuple[str, ...]:
    """Split a line of symbols and check each. Raises ValueError that names the first bad one."""
    found = tuple(str(int(word)) if is_pitch(word) else word for word in text.split())
    for place, symbol in enumerate(found, start=1):
        if not (is_pitch(symbol) or symbol in (REST, HOLD, END)):
            raise ValueError(f'symbol {place} must be a MIDI number 0–127, r, _ or /, got "{symbol[:20]}"')
    return found


def encode(notes: Iterable[GridNote], length_steps: int = 0) -> tuple[str, ...]:
    """One voice on the grid as symbols; gaps become rests, and the end is padded with one to `length_steps`.

    Raises ValueError where two notes sound at once.
    """
    symbols: list[str] = []
    for note in sorted(notes):
        if note.onset_steps < len(symbols):
            raise ValueError(f"two notes sound at step {note.onset_steps}; the stream has one voice")
        symbols += span(REST, note.onset_steps - len(symbols))
        symbols += span(str(note.pitch), note.duration_steps)
    return (*symbols, *span(REST, length_steps - len(symbols)))


def span(first: str, steps: int) -> list[str]:
    """A note or a rest that lasts so many steps; nothing for less than one."""
    return [first] + [HOLD] * (steps - 1) if steps > 0 else []


def regridded(stream: Sequence[str], steps_per_quarter: int, wanted: int) -> tuple[str, ...]:
    """A stream on a grid with another number of steps in a quarter, each symbol at the nearest step.

    Of two that share a step the first stays. A step between two songs is GAP.
    """
    if steps_per_quarter == wanted:
        return tuple(stream)
    found = [HOLD] * round(len(stream) * wanted / steps_per_quarter)
    for step, symbol in enumerate(stream):
        if symbol == GAP:
            first, end = (at * wanted // steps_per_quarter for at in (step, step + 1))
            found[first : max(end, first + 1)] = [GAP] * max(end - first, 1) if first < len(found) else []
        elif symbol != HOLD:
            at = round(step * wanted / steps_per_quarter)
            if at < len(found) and found[at] == HOLD:
                found[at] = symbol
    return tuple(found)


def decode(symbols: Iterable[str]) -> tuple[GridNote, ...]:
    """The notes of a stream, the last one included, up to the first `/` after a note or the stream's end.

    A hold with nothing to hold is silence. Raises ValueError on a symbol outside the alphabet.
    """
    return tuple(
        GridNote(start, length, int(symbol)) for start, length, symbol in _runs(symbols) if is_pitch(symbol)
    )


def _runs(symbols: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    start, sounding = 0, REST
    step = 0
    for symbol in _one_song(symbols):
        if symbol != HOLD:
            yield start, step - start, sounding
            start, sounding = step, symbol
        step += 1
    yield start, step - start, sounding


def _one_song(symbols: Iterable[str]) -> Iterator[str]:
    begun = False
    for symbol in symbols:
        if symbol == END:
            if begun:
                return
            continue
        if not (symbol in (HOLD, REST) or is_pitch(symbol)):
            raise ValueError(f'a symbol must be a MIDI number 0–127, r, _ or /, got "{symbol[:20]}"')
        begun = True
        yield symbol


def _order(symbol: str) -> tuple[bool, int, str]:
    return (not is_pitch(symbol), int(symbol) if is_pitch(symbol) else 0, symbol)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The symbols a model knows, in the order of its ids: pitches ascending, then `/`, `_`, `r`."""

    symbols: tuple[str, ...]
    _ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for symbol in self.symbols:
            if symbol not in (REST, HOLD, END) and not (is_pitch(symbol) and symbol == str(int(symbol))):
                raise ValueError(f"a symbol must be a MIDI number 0–127, r, _ or /, got {symbol[:20]!r}")
        if list(self.symbols) != sorted(set(self.symbols), key=_order):
            raise ValueError("a vocabulary must be sorted and hold each symbol once")
        for symbol in (END, HOLD):
            if symbol not in self.symbols:
                raise ValueError(f'a vocabulary must hold "{symbol}"')
        if not self.pitches:
            raise ValueError("a vocabulary must hold at least one pitch")
        object.__setattr__(self, "_ids", {symbol: i for i, symbol in enumerate(self.symbols)})

    @classmethod
    def of(cls, streams: Iterable[Iterable[str]]) -> "Vocabulary":
        """The vocabulary of a corpus; the control symbols are always in it."""
        return cls.sorted_of({REST, HOLD, END}.union(*streams))

    @classmethod
    def sorted_of(cls, symbols: Iterable[str]) -> "Vocabulary":
        """Of these symbols, in whatever order they come. Raises ValueError for one that is none."""
        return cls(tuple(sorted(symbols, key=_order)))

    def __len__(self) -> int:
        return len(self.symbols)

    def __contains__(self, symbol: str) -> bool:
        return symbol in self._ids

    @property
    def pitches(self) -> tuple[int, ...]:
        return tuple(int(symbol) for symbol in self.symbols if is_pitch(symbol))

    def id(self, symbol: str) -> int:
        """Raises ValueError for a symbol the model never saw; `nearest` gives one that it did."""
        try:
            return self._ids[symbol]
        except KeyError:
            raise ValueError(f'the model does not know the symbol "{symbol}"') from None

    def nearest(self, symbol: str) -> str:
        """The symbol itself if known; a pitch goes to its nearest known octave, else to the nearest pitch."""
        if symbol in self._ids:
            return symbol
        if not is_pitch(symbol):
            return HOLD
        pitch = int(symbol)
        octaves = [p for p in self.pitches if (p - pitch) % 12 == 0]
        return str(min(octaves or self.pitches, key=lambda known: (abs(known - pitch), known)))

    def ids(self, symbols: Sequence[str]) -> list[int]:
        """Ids of a stream; unknown symbols are replaced by their `nearest`."""
        return [self._ids[self.nearest(symbol)] for symbol in symbols]


def octaves_into_range(pitches: Iterable[int], vocabulary: Vocabulary) -> int:
    """Semitones, a multiple of 12, that bring most pitches to ones the model knows, about in their middle."""
    known = set(vocabulary.pitches)
    heard = Counter(pitches)
    middle = (min(known) + max(known)) / 2
    mean = sum(heard.elements()) / heard.total() if heard else middle

    def unlike(move: int) -> tuple[int, float, int]:
        return (
            sum(times for pitch, times in heard.items() if pitch + move not in known),
            abs(mean + move - middle),
            move,
        )

    return min((12 * octave for octave in range(-10, 11)), key=unlike)
