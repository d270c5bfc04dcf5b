"""Draws what is heard of two hands, and the chords; run as a script, it writes docs/harmony.svg."""

import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT / "tests")]

from antiphon.events import GridNote, PlayedNote  # noqa: E402
from antiphon.files.svg_roll import ANSWER_COLOUR, INK, PHRASE_COLOUR  # noqa: E402
from antiphon.harmony.chord import TRIADS  # noqa: E402
from antiphon.harmony.progression import Progression  # noqa: E402
from antiphon.listen.harmony.chords import HeardChords, hear  # noqa: E402
from antiphon.listen.key import ALL_KEYS  # noqa: E402
from antiphon.slices import finish  # noqa: E402
from antiphon.timebase import Grid, Meter  # noqa: E402
from performer import Manner  # noqa: E402
from two_hands import left_hand, play_both, told  # noqa: E402

FILE = ROOT / "docs/harmony.svg"
LEFT, TOP, WIDTH, ROW = 44, 58, 900, 6
BPM, METER, START_S, SEED = 104.0, Meter(4, 4), 1.0, 3
MELODY = (
    (67, 4),
    (72, 4),
    (76, 6),
    (74, 2),
    (72, 4),
    (69, 4),
    (72, 8),
    (71, 4),
    (74, 4),
    (77, 6),
    (74, 2),
    (72, 16),
)
CHORDS = "C F G C"


def melody() -> list[GridNote]:
    found, at = [], 0
    for pitch, steps in MELODY:
        found.append(GridNote(at, steps, pitch))
        at += steps
    return found


def played() -> list[PlayedNote]:
    """Both hands, with broken chords, as unevenly as a person; each note with the hand it is told to be."""
    names = {chord.name: chord for chord in TRIADS}
    progression = Progression.of_slots(0.0, 4.0, [names[name] for name in CHORDS.split()])
    below = left_hand(progression, "arpeggio", METER, 4)
    both = play_both(melody(), below, BPM, SEED, Manner(drift=0.0), START_S).played
    return [
        PlayedNote(note.pitch, note.velocity, note.onset_s, note.release_s, left)
        for note, left in zip(both, told(both), strict=True)
    ]


def chords_of(notes: Sequence[PlayedNote]) -> HeardChords:
    found = finish(hear(melody(), notes, METER, 4, dict.fromkeys(ALL_KEYS, 1 / len(ALL_KEYS))))
    assert found is not None
    return found


def picture(notes: Sequence[PlayedNote], chords: HeardChords, title: str) -> str:
    """A piano roll in time: the melody and what accompanies it in two colours, chords over the bars."""
    grid, bar = Grid(BPM, START_S, 1), METER.quarters_per_bar
    low, high = min(n.pitch for n in notes) - 1, max(n.pitch for n in notes) + 1
    bottom = TOP + (high - low + 1) * ROW
    bars = max(1, round(chords.progression.ends / bar))

    def x(quarter: float) -> float:
        return LEFT + WIDTH * quarter / (bars * bar)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 16} {bottom + 12}" '
        f'font-family="sans-serif" font-size="12" fill="{INK}">',
        f'<text x="{LEFT}" y="20" font-size="15">{escape(title)}</text>',
    ]
    for number in range(bars + 1):
        at = f"M{x(number * bar):.1f} {TOP}V{bottom}"
        parts.append(f'<path d="{at}" stroke="{INK}" stroke-opacity="0.6"/>')
    for (begins, _), name in zip(chords.progression.chords, chords.names, strict=True):
        parts.append(f'<text x="{x(begins) + 4:.1f}" y="{TOP - 8}" font-size="16">{escape(name)}</text>')
    for note in notes:
        begins, ends = grid.steps_at(note.onset_s), grid.steps_at(note.release_s)
        colour = ANSWER_COLOUR if note.beside else PHRASE_COLOUR
        parts.append(
            f'<rect x="{x(begins):.1f}" y="{TOP + (high - note.pitch) * ROW}" '
            f'width="{x(ends) - x(begins):.1f}" height="{ROW}" rx="2" fill="{colour}"/>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> None:
    notes = played()
    title = "What is heard of two hands: the melody, what accompanies it, and the chords"
    FILE.write_text(picture(notes, chords_of(notes), title), encoding="utf-8")


if __name__ == "__main__":
    main()
