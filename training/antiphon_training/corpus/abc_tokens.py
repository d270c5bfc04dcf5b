"""A line of ABC music as tokens, by one table. What bears on no pitch, length or bar gives none."""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Token(NamedTuple):
    """One token: its kind, as in the table, and its text."""

    kind: str
    text: str


LENGTH = r"\d*/*\d*"
ENDING = r"\[?\d+(?:[,-]\d+)*"
# In the order in which they are tried; "skip" is nothing that is heard. Numbers are the standard's sections.
_TABLE = (
    ("skip", r'"[^"]*"'),  # 4.18, 4.19: chord names and annotations
    ("skip", r"![^!\s|]*!"),  # 4.14: decorations
    ("skip", r"\{[^}]*\}?"),  # 4.12: grace notes
    ("bar", rf"(?:\|+[\]:|]*|:+\|*[\]:|]*|\[\|[\]:]*)(?:{ENDING})?"),  # 4.8–4.10
    ("skip", ENDING.replace("?", "", 1)),  # 4.9: an ending that begins without a bar line
    ("chord", r"\["),  # 4.17
    ("end_chord", rf"\]{LENGTH}"),
    ("tuplet", r"\(\d(?::\d*)?(?::\d*)?"),  # 4.13
    ("broken", r">+|<+"),  # 4.4
    ("tie", r"-"),  # 4.11
    ("overlay", r"&"),  # 7.4: a second voice within the bar
    ("note", rf"(?:\^\^|\^|__|_|=)?[A-Ga-g][,']*{LENGTH}"),  # 4.1–4.3
    ("skip", r"H[xy]\d*"),  # old books write a fermata over nothing so
    ("bars_rest", rf"[ZX]{LENGTH}"),  # 4.5
    ("rest", rf"[zx]{LENGTH}"),  # 4.5
    ("skip", r"y\d*"),  # 6.1.2: space
    (
        "skip",
        r".",
    ),  # slurs, one-letter decorations (4.14, 4.16), beams, line ends, whatever else stands there
)
_TOKEN = re.compile("|".join(f"(?P<{kind}_{at}>{pattern})" for at, (kind, pattern) in enumerate(_TABLE)))
_OLD_DECORATION = re.compile(r"\+[a-z]{4,}\+")
_OLD_CHORD = re.compile(r"\+([^+\s|]+)\+")


def tokens(line: str) -> Iterator[Token]:
    """The tokens of a line that are heard, or that say when."""
    line = _OLD_CHORD.sub(r"[\1]", _OLD_DECORATION.sub("", line))
    for found in _TOKEN.finditer(line):
        kind = str(found.lastgroup).rpartition("_")[0]
        if kind != "skip":
            yield Token(kind, found[0])
