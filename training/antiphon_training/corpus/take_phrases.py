"""What a player played in a take of Antiphon: each phrase whole, with its key and its place in the bar.

The answers in a take are Antiphon's own, so nothing is learned of them.
"""

import json
from collections.abc import Iterator
from typing import Any

from antiphon.files.take_file import read as read_take
from antiphon.listen.key import Key
from antiphon.timebase import Meter
from antiphon_training.corpus.songs import ParsedSong, Sound, UnreadableError

_HEARD = "heard"
# The lengths in quarters that a longer one is written with, as if a tie joined them.
_WRITTEN = (4.0, 3.0, 2.0, 1.5, 1.0, 0.75, 0.5, 0.25)


def phrases_of_take(data: bytes, name: str) -> list[ParsedSong] | None:
    """The phrases of a take's file, in their order; None for a MIDI file that is no take.

    Raises UnreadableError where it is a damaged one.
    """
    try:
        take = read_take(data)
        if take is None:
            return None
        meter = Meter.parse(take.texts["time"]["meter"])
        return list(_phrases(take.lines, name, meter))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        if data[:4] != b"MThd":
            return None
        raise UnreadableError(f"is a damaged take: {error}") from None


def _phrases(lines: tuple[bytes, ...], name: str, meter: Meter) -> Iterator[ParsedSong]:
    number = 0
    for line in lines:
        said = json.loads(line)
        if said[0] == _HEARD:
            number += 1
            if (phrase := _phrase(said, f"{name}#phrase {number}", meter)) is not None:
                yield phrase


def _phrase(said: list[Any], source: str, meter: Meter) -> ParsedSong | None:
    """Of a record ["heard", moment, notes, key, grid, …]; see `perform.answer_reports.Heard`.

    The meter that was heard is last; takes of earlier versions do not have it, and are in `meter`.
    """
    _, _, (_, *notes), (_, tonic, mode), (_, _, _, steps), *more = said
    _, _, *heard_meter = more
    if heard_meter and heard_meter[0] is not None:
        meter = Meter(*heard_meter[0][1:])
    if not notes:
        return None
    played = sorted((int(onset), int(length), int(pitch)) for _, onset, length, pitch in notes)
    first = played[0][0]
    bar_steps = round(meter.quarters_per_bar * steps)
    return ParsedSong(
        title=source,
        source=source,
        sounds=tuple(_sounds([(onset - first, length, pitch) for onset, length, pitch in played], steps)),
        meters=(str(meter),),
        pickup=_pickup_steps(first % bar_steps, bar_steps) / steps,
        key=str(Key(tonic, mode)),
    )


def _pickup_steps(place: int, bar_steps: int) -> int:
    """Steps before the first bar line; below 0 where it begins after one, in the bar's first half.

    As the session decides it (`Bars.begun_at`), so that training hears what playing will say.
    """
    return bar_steps - place if 2 * place >= bar_steps else -place


def _sounds(notes: list[tuple[int, int, int]], steps: int) -> Iterator[Sound]:
    """Notes, and rests between them, of so many steps in a quarter; a note ends where the next one begins."""
    at = 0
    for place, (onset, length, pitch) in enumerate(notes):
        if onset > at:
            yield _sound(at, onset - at, None, steps)
        following = notes[place + 1][0] if place + 1 < len(notes) else onset + length
        at = min(onset + length, following)
        if at > onset:
            yield _sound(onset, at - onset, pitch, steps)


def _sound(onset: int, length: int, pitch: int | None, steps: int) -> Sound:
    written, left = [], length
    while left:
        part = next((one for one in _WRITTEN if one * steps <= left), left / steps)
        written.append(part)
        left -= round(part * steps)
    return Sound(onset / steps, length / steps, tuple(written), pitch)
