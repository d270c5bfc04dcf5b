"""A page to listen with: phrases, and under each the answers and the song's own way on, as piano rolls.

One file of HTML with its pictures in it, no script and nothing fetched; the MIDI files lie beside it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from antiphon.events import GridNote
from antiphon.files.svg_roll import piano_roll_svg
from antiphon_training.judge.answers import JudgedAnswer
from antiphon_training.judge.openings import Opening

_STYLE = """:root { color-scheme: light dark; font-family: system-ui, -apple-system, "Segoe UI", sans-serif; }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.5; }
h2 { margin: 3rem 0 0; } p { margin: 0.2rem 0 1rem; } figure { margin: 1rem 0; }
svg { max-width: 100%; height: auto; } figcaption { font-size: 0.9rem; }"""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer to a phrase, by the name of who gave it, and the MIDI file it is in."""

    by: str
    answer: JudgedAnswer
    file: str


def midi_name(phrase: int, by: str) -> str:
    """The name of an answer's MIDI file: letters that any disk and any link can have."""
    return f"{phrase:02d}-{re.sub('[^a-z0-9]+', '-', by.lower()).strip('-') or 'answer'}.mid"


def on_bar_lines(answer: JudgedAnswer) -> tuple[list[GridNote], list[GridNote]]:
    """Phrase and answer in steps from a bar line: a pickup comes after the silence that fills its bar."""
    opening = answer.opening
    silence = -opening.pickup_steps % opening.bar_steps
    notes = [GridNote(n.onset_steps + silence, n.duration_steps, n.pitch) for n in answer.whole]
    seam = len(opening.phrase) + silence
    return [n for n in notes if n.onset_steps < seam], [n for n in notes if n.onset_steps >= seam]


def page(title: str, about: str, phrases: Sequence[Sequence[Answered]]) -> str:
    """The page: `phrases` has for each phrase its answers, one at least."""
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>"
    )
    sections = "\n".join(_section(number, phrase) for number, phrase in enumerate(phrases, start=1))
    body = f"<h1>{escape(title)}</h1>\n<p>{escape(about)}</p>\n{sections}"
    return f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'


def _section(number: int, phrase: Sequence[Answered]) -> str:
    opening = phrase[0].answer.opening
    heading = f"<h2>{number}. {escape(opening.title)}</h2>\n<p>{escape(_said_of(opening))}</p>"
    return "\n".join(["<section>", heading, *map(_figure, phrase), "</section>"])


def _said_of(opening: Opening) -> str:
    home = "A minor" if opening.key.mode == "minor" else "C major"
    sixteenths = opening.sixteenths(opening.pickup_steps)
    pickup = f", a pickup of {sixteenths} sixteenths" if opening.pickup_steps else ""
    return f"In {home} (the song: {opening.key}), {opening.meter}{pickup}; {opening.source}"


def _figure(answered: Answered) -> str:
    phrase, answer = on_bar_lines(answered.answer)
    picture = piano_roll_svg(phrase, answer, answered.answer.opening.bar_steps, answered.by)
    link = f'<a href="{escape(answered.file)}">{escape(answered.file)}</a>'
    return f"<figure>\n{picture}<figcaption>{link}</figcaption>\n</figure>"
