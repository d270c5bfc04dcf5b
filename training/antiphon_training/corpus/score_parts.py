"""Which part of a score that music21 has parsed is the melody. Imports no music21."""

from collections.abc import Sequence
from typing import Any

from antiphon.midi.voice_choice import Wanted, name_rank

# A part that is named a melody, a voice or a solo comes before the top one; one of an instrument does not.
_WORST_RANK = 2


def melody_part(parsed: Any, wanted: Wanted) -> tuple[Any, str | int | None, str]:
    """The part, its name or number, and in words which it is and why; of one part alone, neither.

    It is the part that is asked for; else one that is named so; else the top one that has notes with pitches.
    Raises ValueError where none is named as asked.
    """
    parts = [part for part in getattr(parsed, "parts", ()) if _pitched(part)]
    if len(parts) < 2 and wanted.track is None:
        return (parts or [parsed])[0], None, ""
    names = [str(getattr(part, "partName", None) or "").strip()[:80] for part in parts]
    place, why = _asked(names, wanted.track) if wanted.track is not None else _best(names)
    return parts[place], names[place] or place + 1, f"{_shown(place, names[place])}, {why}"


def _shown(place: int, name: str) -> str:
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
        known = "; ".join(_shown(place, name) for place, name in enumerate(names[:8]))
        raise ValueError(f'no track "{track}"; it has {known or "no part with notes"}')
    return alike[0], "as asked"


def _best(names: Sequence[str]) -> tuple[int, str]:
    ranks = [name_rank(name) for name in names]
    best = min(ranks)
    if best <= _WORST_RANK and ranks.count(best) < len(ranks):
        return ranks.index(best), "by its name"
    return 0, "the top one"
