"""Which part of a score that music21 has parsed is the melody. Imports no music21."""

from collections.abc import Sequence
from typing import Any

from antiphon.midi.voice_choice import Wanted, name_rank

# A part that is named a melody, a voice or a solo comes before the top one; one of an instrument does not.
_WORST_RANK = 2
# Of several parts with words, those are sung that have this share of the most words.
_SUNG = 0.5


def melody_part(parsed: Any, wanted: Wanted) -> tuple[Any, str | int | None, str]:
    """The part, its name or number, and in words which it is and why; of one part alone, neither.

    It is the part that is asked for; else one that has words; else one that is named so; else the top one
    that has notes with pitches.
    Raises ValueError where none is named as asked.
    """
    parts = [part for part in getattr(parsed, "parts", ()) if _pitched(part)]
    if len(parts) < 2 and wanted.track is None:
        return (parts or [parsed])[0], None, ""
    names = [one_line(getattr(part, "partName", None)) for part in parts]
    if wanted.track is not None:
        place, why = _asked(names, wanted.track)
    else:
        place, why = best_part(names, [_words(part) for part in parts])
    return parts[place], names[place] or place + 1, f"{shown(place, names[place])}, {why}"


def one_line(name: object) -> str:
    """A part's name without line breaks, not too long; empty where it has none."""
    return " ".join(str(name or "").split())[:80]


def shown(place: int, name: str) -> str:
    return f'part {place + 1} "{name}"' if name else f"part {place + 1}"


def _pitched(part: Any) -> bool:
    """Has it notes, and not those of drums?"""
    if any("PercussionClef" in element.classes for element in part.recurse()):
        return False
    return any(getattr(note, "pitches", ()) for note in part.recurse().notes)


def _asked(names: Sequence[str], track: str) -> tuple[int, str]:
    wanted = track.strip().casefold()
    if wanted.isdigit() and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1, "as asked"
    alike = [place for place, name in enumerate(names) if name.casefold() == wanted]
    alike += [place for place, name in enumerate(names) if wanted in name.casefold()]
    if not alike or wanted.isdigit():
        known = "; ".join(shown(place, name) for place, name in enumerate(names[:8]))
        raise ValueError(f'no track "{track}"; it has {known or "no part with notes"}')
    return alike[0], "as asked"


def _words(part: Any) -> int:
    """How many of its notes have words."""
    return sum(1 for note in part.recurse().notes if getattr(note, "lyrics", ()))


def best_part(names: Sequence[str], words: Sequence[int]) -> tuple[int, str]:
    """The place of the melody among parts with these names and so many words, and why it is that."""
    most = max(words)
    if not most:
        return _best_named(names)
    sung = [place for place, number in enumerate(words) if number >= _SUNG * most]
    place, why = _best_named([names[place] for place in sung])
    return sung[place], "by its words" if len(sung) < len(names) else why


def _best_named(names: Sequence[str]) -> tuple[int, str]:
    ranks = [name_rank(name) for name in names]
    best = min(ranks)
    if best <= _WORST_RANK and ranks.count(best) < len(ranks):
        return ranks.index(best), "by its name"
    return 0, "the top one"
