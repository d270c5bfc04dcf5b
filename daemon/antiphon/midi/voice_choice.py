"""Which part of a MIDI file is the melody: the one that is asked for, else one by its name, else by a score.

The weights of the score were fitted, and are measured, by tests/benchmarks/bench_melody_track.py.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from antiphon.midi.part_features import features
from antiphon.midi.parts import Part

# Names of a melody, the best ones first; a word may go on ("vocals", "flute 1").
_NAMES = (
    r"melod|tune|theme",
    r"vocal|voice|vox|vokal|sing|sang|gesang|canto|cantus|sopran",
    r"lead|solo",
    r"flute|fl[öo]te|flauto|fiddle|whistle|recorder|oboe|clarinet|violin|trumpet|sax",
)
_NAMED = tuple(re.compile(rf"\b(?:{names})", re.IGNORECASE) for names in _NAMES)
# Names of what accompanies a melody, whatever else they say.
_ACCOMPANIES = re.compile(
    r"\b(?:back|bgv|harmon|chord|accomp|bass|pad\b|left|lh\b|alto\b|tenor\b|2nd|second|drum|perc)",
    re.IGNORECASE,
)
_MOST_SHOWN = 8  # parts, in a message
# How much each of `Features` counts.
WEIGHTS = (3.4, 1.6, 2.1, -0.4, 1.1, -1.0, 0.1, 1.0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The voice asked for: a track by name or number (of those with notes, from 1), a channel 1–16."""

    track: str | None = None
    channel: int | None = None

    def __bool__(self) -> bool:
        return self.track is not None or self.channel is not None


ANY_VOICE = Wanted()


def choose(parts: Sequence[Part], wanted: Wanted = ANY_VOICE) -> tuple[Part, str]:
    """The melody, and why it was chosen. Raises ValueError that says which parts there are."""
    asked = _asked(parts, wanted)
    if not parts or not asked:
        raise ValueError("it has no notes" if not parts else f"no {_said(wanted)}; it has {_all(parts)}")
    pitched = [part for part in asked if not part.drums]
    if not pitched and not wanted:
        raise ValueError("it has only drums (channel 10)")
    candidates = pitched or asked
    if len(candidates) == 1:
        return candidates[0], "as asked" if wanted else "the only one"
    named = candidates if wanted else _named(candidates)
    if len(named) == 1:
        return named[0], "by its name"
    scores = _scores(candidates)
    best = max(named, key=lambda part: scores[candidates.index(part)])
    return best, "by its notes" if named is candidates or len(named) == len(candidates) else "by its name"


def _asked(parts: Sequence[Part], wanted: Wanted) -> list[Part]:
    found = [part for part in parts if wanted.track is None or _is_track(part, wanted.track, parts)]
    if wanted.channel is None:
        return found
    return [part for part in found if wanted.channel - 1 in part.channels]


def _is_track(part: Part, track: str, parts: Sequence[Part]) -> bool:
    """By number, by the whole name where there is one, else by a part of the name."""
    if track.strip().isdigit():
        return part.track == int(track)
    name = track.strip().casefold()
    if any(other.name.casefold() == name for other in parts):
        return part.name.casefold() == name
    return name in part.name.casefold()


def _said(wanted: Wanted) -> str:
    said = [] if wanted.track is None else [f'track "{wanted.track}"']
    return " with ".join([*said, *([] if wanted.channel is None else [f"channel {wanted.channel}"])])


def _all(parts: Sequence[Part]) -> str:
    shown = [str(part) for part in parts[:_MOST_SHOWN]]
    return "; ".join([*shown, *(["…"] if len(parts) > _MOST_SHOWN else [])])


def _named(parts: Sequence[Part]) -> list[Part]:
    """Those with the best kind of name; all of them where none is named a melody."""
    ranks = [name_rank(part.name) for part in parts]
    return [part for part, rank in zip(parts, ranks, strict=True) if rank == min(ranks)]


def name_rank(name: str) -> int:
    """0 for a name that says melody; the higher, the less a name says so."""
    if _ACCOMPANIES.search(name):
        return len(_NAMED) + 1
    return next((rank for rank, names in enumerate(_NAMED) if names.search(name)), len(_NAMED))


def _scores(parts: Sequence[Part]) -> list[float]:
    return [
        sum(weight * value for weight, value in zip(WEIGHTS, one.values, strict=True))
        for one in features(parts)
    ]
