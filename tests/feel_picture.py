"""Draws a swung phrase and its answer, as played; run as a script, it writes docs/feel.svg."""

import sys
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT / "tests")]

from antiphon import bundle  # noqa: E402
from antiphon.events import GridNote, NoteOff, NoteOn, PlayedNote, Timed  # noqa: E402
from antiphon.files.svg_roll import ANSWER_COLOUR, INK, PHRASE_COLOUR  # noqa: E402
from antiphon.perform.answer.programs import Voice  # noqa: E402
from antiphon.perform.session import Session  # noqa: E402
from antiphon.perform.settings import SessionSettings, TempoSettings  # noqa: E402
from antiphon.timebase import Grid, Meter  # noqa: E402
from feel_performer import Player, perform  # noqa: E402

FILE = ROOT / "docs/feel.svg"
LEFT, TOP, WIDTH, ROW, LOUD = 44, 44, 900, 7, 60
BPM, START_S, METER, SEED = 130.0, 1.0, Meter(4, 4), 20
PITCHES = (67, 69, 71, 74, 72, 71, 69, 67, 64, 67, 69, 71, 69)
LENGTHS = (2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 4)  # in sixteenths
PLAYER = Player(2.0, 0.0, (10.0, 2.0, -12.0, 0.0), 4.0, 2.0, (0.85, 0.1), 78, 0.005, 3.0)


def played() -> tuple[PlayedNote, ...]:
    begins = [sum(LENGTHS[:number]) for number in range(len(LENGTHS))]
    notes = [GridNote(*note) for note in zip(begins, LENGTHS, PITCHES, strict=True)]
    return perform(PLAYER, notes, METER, BPM, START_S, SEED)


def answer_to(phrase: Sequence[PlayedNote]) -> list[PlayedNote]:
    """What the model that ships first answers, with the settings that the program comes with."""
    loaded = bundle.load(bundle.find(bundle.DEFAULT_MODEL))
    voice = Voice(loaded.model(), loaded.vocabulary, loaded.steps_per_quarter)
    made = Session(voice, SessionSettings(tempo=TempoSettings("fixed", BPM)), SEED)
    events = [Timed(note.onset_s, NoteOn(note.pitch, note.velocity)) for note in phrase]
    events += [Timed(note.release_s, NoteOff(note.pitch)) for note in phrase]
    for timed in sorted(events, key=lambda timed: (timed.at_s, isinstance(timed.event, NoteOn))):
        made.receive(timed)
    sent: list[Timed] = []
    while (deadline_s := made.next_deadline_s()) is not None:
        sent += made.advance(deadline_s)
    return list(notes_of(sent))


def notes_of(sent: Sequence[Timed]) -> Iterator[PlayedNote]:
    """The notes of one voice from its events."""
    ons = [timed for timed in sent if isinstance(timed.event, NoteOn)]
    offs = [timed for timed in sent if isinstance(timed.event, NoteOff)]
    for on, off in zip(ons, offs, strict=True):
        assert isinstance(on.event, NoteOn)
        yield PlayedNote(on.event.pitch, on.event.velocity, on.at_s, off.at_s)


def picture(phrase: Sequence[PlayedNote], answer: Sequence[PlayedNote], title: str) -> str:
    """A piano roll in time, with a line at each eighth of an even grid, and below it the velocities."""
    notes = [*phrase, *answer]
    low, high = min(n.pitch for n in notes) - 1, max(n.pitch for n in notes) + 1
    bottom, grid = TOP + (high - low + 1) * ROW, Grid(BPM, START_S)
    quarters = round(METER.quarters_per_bar)
    bars = int(grid.steps_at(max(n.onset_s for n in notes)) / grid.steps_per_bar(METER)) + 1
    base = bottom + LOUD + 8

    def x(quarter: float) -> float:
        return LEFT + WIDTH * quarter / (bars * quarters)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 16} {base + 10}" '
        f'font-family="sans-serif" font-size="12" fill="{INK}">',
        f'<text x="{LEFT}" y="20" font-size="15">{escape(title)}</text>',
        f'<text x="{LEFT - 6}" y="{base}" text-anchor="end">0</text>',
        f'<text x="{LEFT - 6}" y="{base - LOUD + 8}" text-anchor="end">127</text>',
    ]
    for eighth in range(2 * bars * quarters + 1):
        width = 1.6 if eighth % (2 * quarters) == 0 else 0.8 if eighth % 2 == 0 else 0.5
        dashes = ' stroke-dasharray="2 3"' if eighth % 2 else ""
        at = f"M{x(eighth / 2):.1f} {TOP}V{base}"
        parts.append(f'<path d="{at}" stroke="{INK}" stroke-width="{width}" stroke-opacity="0.6"{dashes}/>')
    for voice, colour in ((phrase, PHRASE_COLOUR), (answer, ANSWER_COLOUR)):
        for note in voice:
            begin, end = (x(grid.steps_at(at_s) / 4) for at_s in (note.onset_s, note.release_s))
            y, loud = TOP + (high - note.pitch) * ROW, base - LOUD * note.velocity / 127
            size = f'width="{end - begin:.1f}" height="{ROW}"'
            parts.append(f'<rect x="{begin:.1f}" y="{y}" {size} rx="2" fill="{colour}"/>')
            parts.append(f'<path d="M{begin:.1f} {base}V{loud:.1f}" stroke="{colour}" stroke-width="3"/>')
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    PHRASE = played()
    TITLE = f"A phrase that swings {PLAYER.swing:g} : 1, its answer, and even eighths; below, the velocities"
    FILE.write_text(picture(PHRASE, answer_to(PHRASE), TITLE), encoding="utf-8")
