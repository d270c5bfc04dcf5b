"""What a MIDI file says of its tempo, its meters and its key. Knows no notes."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from antiphon.midi.track import META, MidiFile
from antiphon.timebase import Meter

_TEMPO, _TIME_SIGNATURE, _KEY_SIGNATURE = 0x51, 0x58, 0x59
_DEFAULT_TEMPO = 500_000  # 120 bpm, as the format says
_SHARPS = ("C", "G", "D", "A", "E", "B", "F#", "C#")
_FLATS = ("C", "F", "Bb", "Eb", "Ab", "Db", "Gb", "Cb")
_MINOR_SHARPS = ("A", "E", "B", "F#", "C#", "G#", "D#", "A#")
_MINOR_FLATS = ("A", "D", "G", "C", "F", "Bb", "Eb", "Ab")
_EXACT = 1e-6  # quarters


@dataclass(frozen=True, slots=True)
class Signature:
    """A meter and where it begins, in quarters."""

    at: float
    meter: Meter


def tempo_bpm(file: MidiFile) -> float:
    """The first tempo of the file, in quarters a minute; 120 where it says none."""
    first = next((data for _, data in _metas(file, _TEMPO) if len(data) >= 3), None)
    # Files keep whole microseconds a quarter: two decimals give back the tempo that was meant.
    return round(60e6 / max(1, int.from_bytes(first[:3], "big") if first else _DEFAULT_TEMPO), 2)


def meters(file: MidiFile) -> list[Signature]:
    """The meters in order, the last one where several stand at one place; without those that cannot be."""
    found: dict[float, Meter] = {}
    for ticks, data in _metas(file, _TIME_SIGNATURE):
        if len(data) >= 2:
            with contextlib.suppress(ValueError):
                found[ticks / file.ticks_per_quarter] = Meter(data[0], 1 << min(data[1], 16))
    return [Signature(at, meter) for at, meter in sorted(found.items())]


def key(file: MidiFile) -> str | None:
    """The first key, such as "D minor"; None where the file says none that there is.

    C major counts as none: programs write it where nobody has said a key.
    """
    for _, data in _metas(file, _KEY_SIGNATURE):
        if len(data) < 2:
            continue
        fifths = int.from_bytes(data[:1], signed=True)
        if abs(fifths) <= 7 and data[1] in (0, 1):
            return None if (fifths, data[1]) == (0, 0) else _key(fifths, minor=bool(data[1]))
    return None


def _key(fifths: int, *, minor: bool) -> str:
    sharps, flats = (_MINOR_SHARPS, _MINOR_FLATS) if minor else (_SHARPS, _FLATS)
    tonic = sharps[fifths] if fifths >= 0 else flats[-fifths]
    return f"{tonic} {'minor' if minor else 'major'}"


def _metas(file: MidiFile, kind: int) -> Iterator[tuple[int, bytes]]:
    """Ticks and data of the meta events of a kind, track by track."""
    wanted = bytes((META, kind))
    for track in file.tracks:
        yield from ((event.ticks, event.message[2:]) for event in track if event.message[:2] == wanted)


def pickup(signatures: Sequence[Signature], begin: float) -> float:
    """Quarters from `begin` to the next bar line; 0 at a bar line, and in a file without meters."""
    if not signatures or begin < signatures[0].at - _EXACT:
        return 0.0
    current = max(i for i, one in enumerate(signatures) if one.at <= begin + _EXACT)
    bar = signatures[current].meter.quarters_per_bar
    into = (begin - signatures[current].at) % bar
    to_line = 0.0 if min(into, bar - into) < _EXACT else bar - into
    following = signatures[current + 1].at - begin if current + 1 < len(signatures) else None
    if is_pickup_bar(signatures, current) and following is not None:
        return following
    return to_line if following is None else min(to_line, following)


def is_pickup_bar(signatures: Sequence[Signature], place: int) -> bool:
    """Whether a meter is that of one short bar before the first whole one, as notation programs write it."""
    if place != 0 or len(signatures) < 2:
        return False
    one, after = signatures[0], signatures[1]
    length = after.at - one.at
    return length <= one.meter.quarters_per_bar + _EXACT and length < after.meter.quarters_per_bar - _EXACT
