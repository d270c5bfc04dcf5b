"""ABC text taken apart: the tunes of a book, a tune's header, and the lines of its first voice. Text only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FIELD = re.compile(r"([A-Za-z]):(?![|:])(.*)")
_INLINE = re.compile(r"\[([A-Za-z]):([^\]|]*)\]")
_BODY_FIELDS = frozenset("KLMV")


@dataclass(frozen=True, slots=True)
class Header:
    """A tune's header: its number, title, meter, unit length and key, each as written, "" where it is not."""

    number: str
    title: str
    meter: str
    length: str
    key: str
    voices: dict[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of music (`field` is ""), or the value of a field within the tune: K, L or M."""

    field: str
    text: str


def split_tunes(text: str) -> Iterator[str]:
    """The text of each tune of a book, from its `X:` field on, with the book's own header in front."""
    header, *tunes = re.split(r"(?m)^(?=X:)", text.replace("\r\n", "\n").replace("\r", "\n"))
    shared = "".join(line + "\n" for line in header.splitlines() if line[:2] in ("M:", "L:"))
    for tune in tunes:
        first, _, rest = tune.partition("\n")
        yield f"{first}\n{shared}{rest}"


def tune_parts(text: str) -> tuple[Header, list[Line]]:
    """A tune's header and the lines of the voice that comes first. Raises ValueError without a `K:` field."""
    lines = text.splitlines()
    at = next((i for i, line in enumerate(lines) if line.startswith("K:")), None)
    if at is None:
        raise ValueError("the tune has no K: field")
    head = lines[:at]
    header = Header(
        number=_last(head, "X").strip() or "?",
        title=next((line[2:] for line in head if line.startswith("T:")), "").split("%")[0].strip(),
        meter=_last(head, "M"),
        length=_last(head, "L"),
        key=lines[at][2:],
        voices=dict(_voice(line[2:]) for line in head if line.startswith("V:") and line[2:].strip()),
    )
    body = [piece for line in _music(lines[at + 1 :]) for piece in _pieces(line)]
    return header, _first_voice(body, header.voices)


def _last(head: list[str], letter: str) -> str:
    return next((line[2:] for line in reversed(head) if line.startswith(letter + ":")), "")


def _voice(value: str) -> tuple[str, str]:
    name, _, properties = value.strip().partition(" ")
    return name, properties


def _music(lines: list[str]) -> list[str]:
    """A blank line ends a tune; what follows it counts only where it is plainly music, with a bar line."""
    kept: list[str] = []
    ended = False
    for line in lines:
        ended = ended or (bool(kept) and not line.strip())
        if line.strip() and (not ended or "|" in line):
            kept.append(line)
    return kept


def _pieces(line: str) -> Iterator[Line]:
    """A line of the body, its inline fields on their own; lyrics, comments and other fields are dropped."""
    if line.startswith("+:"):  # goes on with the field before it; music is not written so
        return
    for piece in _INLINE.sub(r"\n\1:\2\n", re.sub(r"(?<!\\)%.*", "", line)).split("\n"):
        field = _FIELD.match(piece)
        if field is None and piece.strip():
            yield Line("", piece)
        elif field is not None and field[1] in _BODY_FIELDS:
            yield Line(field[1], field[2])


def _first_voice(lines: list[Line], voices: dict[str, str]) -> list[Line]:
    """The lines of the voice that has music first. What its own `V:` field says comes before them."""
    voice, first, kept = "", None, []
    for line in lines:
        if line.field == "V":
            voice = _voice(line.text)[0] or voice
            voices.setdefault(*_voice(line.text))
            continue
        if first is None and not line.field:
            first = voice
            kept.append(Line("V", voices.get(voice, "")))
        if first is None or voice == first:
            kept.append(line)
    return kept
