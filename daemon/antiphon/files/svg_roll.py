"""A piano roll as SVG, for a page: a phrase and its answer. Knows no terminal and no clock."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from antiphon.events import GridNote
from antiphon.files.text_roll import note_name
from antiphon.files.write import write_whole

WIDTH, ROW_HEIGHT, LEFT, TOP, BOTTOM = 960, 9, 44, 58, 18
PHRASE_COLOUR, ANSWER_COLOUR, INK = "#3b82f6", "#f2762e", "#808893"
_BLACK_KEYS = {1, 3, 6, 8, 10}


def piano_roll_svg(
    phrase: Sequence[GridNote], answer: Sequence[GridNote], steps_per_bar: int, title: str
) -> str:
    """A piano roll of a phrase and its answer, both on one grid of steps, as a self-contained SVG.

    Drawn on nothing, in colours that can be read on a light page and on a dark one.
    """
    notes = [*phrase, *answer]
    low = min((note.pitch for note in notes), default=60) - 2
    high = max([low + 12, *(note.pitch + 2 for note in notes)])  # an octave at least, so that there is a C
    last = max((note.end_steps for note in notes), default=steps_per_bar)
    bars = -(-last // steps_per_bar)
    sheet = _Sheet(low, high, bars, steps_per_bar)
    parts = [
        *sheet.opening(title),
        *sheet.rows(),
        *sheet.bar_lines(),
        *sheet.voice(phrase, PHRASE_COLOUR),
        *sheet.voice(answer, ANSWER_COLOUR),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def write_picture(
    path: Path, phrase: Sequence[GridNote], answer: Sequence[GridNote], steps_per_bar: int, title: str
) -> None:
    """Write `piano_roll_svg` to a file. Raises Failure naming it."""
    write_whole(path, piano_roll_svg(phrase, answer, steps_per_bar, title).encode())


class _Sheet:
    """Where things are on the page, in its units, and the markup that draws them there."""

    def __init__(self, low: int, high: int, bars: int, steps_per_bar: int) -> None:
        self._low, self._high, self._bars, self._steps_per_bar = low, high, bars, steps_per_bar
        self._bottom = TOP + (high - low + 1) * ROW_HEIGHT
        self._step_width = (WIDTH - LEFT - 16) / (bars * steps_per_bar)

    def _x(self, steps: int) -> float:
        return round(LEFT + steps * self._step_width, 2)

    def _y(self, pitch: int) -> int:
        return TOP + (self._high - pitch) * ROW_HEIGHT

    def opening(self, title: str) -> Iterator[str]:
        size = f'viewBox="0 0 {WIDTH} {self._bottom + BOTTOM}" width="{WIDTH}"'
        font = 'font-family="system-ui, -apple-system, Segoe UI, sans-serif" font-size="12"'
        yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {font} fill="{INK}">'
        yield f"<title>{escape(title)}</title>"
        yield f'<text x="{LEFT}" y="24" font-size="16" font-weight="600">{escape(title)}</text>'
        for x, colour, name in (
            (WIDTH - 180, PHRASE_COLOUR, "phrase"),
            (WIDTH - 92, ANSWER_COLOUR, "answer"),
        ):
            yield f'<rect x="{x}" y="14" width="18" height="10" rx="3" fill="{colour}"/>'
            yield f'<text x="{x + 25}" y="23">{name}</text>'

    def rows(self) -> Iterator[str]:
        """Black keys shaded, every C named."""
        left, width = LEFT, WIDTH - LEFT - 16
        for pitch in range(self._low, self._high + 1):
            y = self._y(pitch)
            if pitch % 12 in _BLACK_KEYS:
                yield (f'<rect x="{left}" y="{y}" width="{width}" height="{ROW_HEIGHT}" fill-opacity="0.1"/>')
            if pitch % 12 == 0:
                yield f'<text x="{left - 8}" y="{y + ROW_HEIGHT}" text-anchor="end">{note_name(pitch)}</text>'

    def bar_lines(self) -> Iterator[str]:
        for bar in range(self._bars + 1):
            x = self._x(bar * self._steps_per_bar)
            yield f'<path d="M{x} {TOP}V{self._bottom}" stroke="{INK}" stroke-opacity="0.45"/>'
            if bar < self._bars:
                yield f'<text x="{x + 4}" y="{TOP - 6}" font-size="11">{bar + 1}</text>'

    def voice(self, notes: Iterable[GridNote], colour: str) -> Iterator[str]:
        yield f'<g fill="{colour}">'
        for note in notes:
            x, width = self._x(note.onset_steps), note.duration_steps * self._step_width - 1.5
            name = f"<title>{note_name(note.pitch)}</title>"
            yield (
                f'<rect x="{x}" y="{self._y(note.pitch)}" width="{max(1.0, width):.2f}" '
                f'height="{ROW_HEIGHT}" rx="2.5">{name}</rect>'
            )
        yield "</g>"
