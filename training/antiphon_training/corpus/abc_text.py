"""ABC text is simplified before music21 reads it: one tune at a time, without what music21 reads wrongly.

music21 drops `x` rests, does not carry accidentals through a bar unless told the version, misreads some keys,
plays overlays one after another and takes stray words for notes. Knows text only; imports no music21.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Written first, it makes music21 carry accidentals to the bar's end, as the standard and the Essen songs do.
VERSION_LINE = "%abc-2.1"

_FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
_MAJOR_BY_SHARPS = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
MODES = {
    "major": 0,
    "ionian": 0,
    "lydian": 1,
    "mixolydian": -1,
    "dorian": -2,
    "minor": -3,
    "aeolian": -3,
    "phrygian": -4,
    "locrian": -5,
}
_GERMAN = {"H": "B", "Es": "Eb", "As": "Ab"}
_FIELD = re.compile(r"([A-Za-z]):(.*)")
_INLINE = re.compile(r"\[([A-Za-z]):([^\]]*)\]")
_BODY_FIELDS = frozenset("KLMV")


@dataclass(frozen=True, slots=True)
class AbcKey:
    """A `K:` field: `name` as written ("D dorian", "G" where no mode is said, None for none), sharps −7…7."""

    name: str | None
    sharps: int

    @property
    def field(self) -> str:
        """The same signature as a major key, which music21 always reads rightly."""
        return f"K:{_MAJOR_BY_SHARPS[self.sharps + 7]}"


@dataclass(frozen=True, slots=True)
class AbcTune:
    """One tune: its number and title, the key and the meters as written, and text for music21."""

    number: str
    title: str
    key: str | None
    meters: tuple[str, ...]
    text: str


def read_key(text: str) -> AbcKey:
    """Read the value of a `K:` field. Raises ValueError for a signature of single accidentals."""
    words = text.split("%")[0].split("clef=")[0].strip()
    if words[:2].lower() == "hp":
        return AbcKey(None, 2 if words.startswith("Hp") else 0)
    words = _GERMAN.get(words, words)
    found = re.match(r"([A-G])([#b♯♭]?)\s*(.*)", words)
    if not found or words.lower().startswith("none"):
        return AbcKey(None, 0)
    letter, accidental, rest = found.groups()
    if re.search(r"[=_^][A-Ga-g]", rest):
        raise ValueError(f'the key "{text.strip()}" lists single accidentals')
    return _key(letter, accidental.replace("♯", "#").replace("♭", "b"), _mode(rest))


def _mode(rest: str) -> str | None:
    start = rest.strip().lower()[:3]
    if not start or not start[0].isalpha():
        return None
    named = next((mode for mode in MODES if len(start) == 3 and mode.startswith(start)), None)
    return named or ("minor" if start.startswith("m") else None)


def _key(letter: str, accidental: str, mode: str | None) -> AbcKey:
    sharps = _FIFTHS[letter] + 7 * {"": 0, "#": 1, "b": -1}[accidental] + MODES[mode or "major"]
    if not -7 <= sharps <= 7:
        raise ValueError(f"the key {letter}{accidental} {mode} has {abs(sharps)} accidentals")
    return AbcKey(f"{letter}{accidental}" + (f" {mode}" if mode else ""), sharps)


def split_tunes(text: str) -> Iterator[str]:
    """The text of each tune of a book, from its `X:` field on, with the book's own header in front."""
    header, *tunes = re.split(r"(?m)^(?=X:)", text.replace("\r\n", "\n").replace("\r", "\n"))
    shared = "".join(line + "\n" for line in header.splitlines() if line[:2] in ("M:", "L:"))
    for tune in tunes:
        first, _, rest = tune.partition("\n")
        yield f"{first}\n{shared}{rest}"


def plain_tune(text: str) -> AbcTune:
    """One tune made plain. Raises ValueError where it has no key field or one that cannot be read."""
    head, key_line, body = _parts(text)
    meter, key = plain_meter(_last(head, "M") or "none"), read_key(key_line)
    music = list(_first_voice(plain for line in body for plain in _plain_lines(line)))
    meters = dict.fromkeys([meter, *(line[2:] for line in music if line.startswith("M:"))])
    lines = [
        VERSION_LINE,
        "X:1",
        f"M:{meter}",
        f"L:{plain_length(_last(head, 'L'), meter)}",
        key.field,
        *music,
    ]
    return AbcTune(
        number=_last(head, "X").strip() or "?",
        title=_first(head, "T").split("%")[0].strip(),
        key=key.name,
        meters=tuple(each for each in meters if each != "none"),
        text="\n".join(lines) + "\n",
    )


def _first(head: list[str], letter: str) -> str:
    return next((line[2:] for line in head if line.startswith(letter + ":")), "")


def _first_voice(lines: Iterable[str]) -> Iterator[str]:
    """The lines of the voice that comes first; music21 loses the later blocks of a voice."""
    first = voice = ""
    for line in lines:
        if line.startswith("V:"):
            voice = line[2:].split()[0] if line[2:].split() else voice
            first = first or voice
        elif voice == first:
            yield line


def _last(head: list[str], letter: str) -> str:
    return next((line[2:] for line in reversed(head) if line.startswith(letter + ":")), "")


def _parts(text: str) -> tuple[list[str], str, list[str]]:
    """Header lines, the value of the `K:` field that ends them, and the lines of music."""
    lines = text.splitlines()
    at = next((i for i, line in enumerate(lines) if line.startswith("K:")), None)
    if at is None:
        raise ValueError("the tune has no K: field")
    return lines[:at], lines[at][2:], _music(lines[at + 1 :])


def _music(lines: list[str]) -> list[str]:
    """A blank line ends a tune; what follows it counts only where it is plainly music, with a bar line."""
    kept: list[str] = []
    ended = False
    for line in lines:
        ended = ended or (bool(kept) and not line.strip())
        if line.strip() and (not ended or "|" in line):
            kept.append(line)
    return kept


def plain_meter(text: str) -> str:
    """ "C", "C|", "3/4" or "none"; free meters and anything unreadable are "none"."""
    word = text.split("%")[0].strip()
    found = re.search(r"(\d+)\s*/\s*(\d+)", word)
    if word in ("C", "C|"):
        return {"C": "4/4", "C|": "2/2"}[word]
    return f"{found[1]}/{found[2]}" if found and "+" not in word else "none"


def plain_length(text: str, meter: str) -> str:
    """The unit length, "1/8"; where none is written, by the standard: 1/16 in meters below 3/4, else 1/8."""
    found = re.search(r"(\d+)\s*/\s*(\d+)", text)
    if found:
        return f"{found[1]}/{found[2]}"
    top, _, bottom = meter.partition("/")
    return "1/16" if bottom and int(top) / int(bottom) < 0.75 else "1/8"


def _plain_lines(line: str) -> Iterator[str]:
    """A line of music, its inline fields on lines of their own; lyrics, comments and other fields dropped."""
    for piece in _INLINE.sub(r"\n\1:\2\n", line.split("%")[0]).split("\n"):
        field = _FIELD.match(piece)
        if not field:
            music = plain_music(piece)
            if music.strip():
                yield music
        elif field[1] in _BODY_FIELDS:
            yield _plain_field(field[1], field[2])


def _plain_field(letter: str, value: str) -> str:
    if letter == "K":
        return read_key(value).field
    if letter == "M":
        return f"M:{plain_meter(value)}"
    return f"L:{plain_length(value, 'none')}" if letter == "L" else f"V:{value}"


_REWRITES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r'"[^"]*"', ""),  # chord names and remarks
        (r"![^!\s|]*!", ""),  # decorations
        (r"\+[a-z]{4,}\+", ""),  # decorations, old style
        (r"\+([^+\s|]+)\+", r"[\1]"),  # chords, old style
        (r"&[^|]*", ""),  # an overlay: a second voice within the bar
        (r"H[xy]", ""),  # a fermata over nothing
        (r"[!+`y]", ""),  # line breaks and spacers
        (r"[xXZ]", "z"),  # invisible rests; Z is meant as a plain rest in the books we know
    )
)


def plain_music(text: str) -> str:
    """A line of notes without what music21 misreads."""
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    return text
