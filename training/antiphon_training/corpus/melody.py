"""The melody of a score that music21 has parsed.

Of the part that `score_parts` chooses it is the first voice; of a chord the highest note; grace notes are
left out, and so are rests before the first note; repeats are not expanded.
Imports no music21.
"""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from antiphon.midi.voice_choice import Wanted
from antiphon.timebase import Meter
from antiphon_training.corpus.score_parts import melody_part
from antiphon_training.corpus.songs import ParsedSong, Sound

_CLOSE = 1e-6  # quarters


def song_of(parsed: Any, title: str, key: str | None, wanted: Wanted) -> ParsedSong:
    """The melody of a parsed score. Raises ValueError where it has no part as it is wanted."""
    part, track, voice = melody_part(parsed, wanted)
    meters = _meters(part)
    written, bars = _from_first_note(list(_written(part)), tuple(_bars(part, meters)))
    return replace(song_from(title, key, meters, written, bars), track=track, voice=voice)


def whole_part(part: Any) -> tuple[tuple[Sound, ...], tuple["Bar", ...], int]:
    """The sounds of a part, its bars, and how many of them are off, from the part's beginning on."""
    bars = tuple(_bars(part, _meters(part)))
    return tuple(_tied(_written(part))), bars, _bars_off(bars)


def _from_first_note(
    written: list["Written"], bars: tuple["Bar", ...]
) -> tuple[list["Written"], tuple["Bar", ...]]:
    """The same without the rests before the first note, which now begins at 0."""
    begin = next((note.onset for note in written if note.pitch is not None), 0.0)
    kept = [replace(note, onset=note.onset - begin) for note in written if note.onset >= begin]
    later = (bar for bar in bars if bar.onset + bar.length > begin + _CLOSE)
    return kept, tuple(_begun_at(begin, bar) for bar in later)


def _begun_at(begin: float, bar: "Bar") -> "Bar":
    rest = max(0.0, begin - bar.onset)
    return replace(bar, onset=bar.onset + rest - begin, length=bar.length - rest)


def song_from(
    title: str,
    key: str | None,
    meters: tuple[str, ...],
    written: Iterable["Written"],
    bars: tuple["Bar", ...],
) -> ParsedSong:
    """A song from its written notes and rests in order, and its bars; it has no source yet."""
    return ParsedSong(
        title=title,
        source="",
        sounds=tuple(_tied(written)),
        meters=meters,
        pickup=_pickup(bars),
        key=key,
        bars_off=_bars_off(bars),
    )


@dataclass(frozen=True, slots=True)
class Bar:
    onset: float
    length: float
    full: float | None
    ends_section: bool = False


def _bars(part: Any, meters: tuple[str, ...]) -> Iterator[Bar]:
    """The bars of a part, what they hold and what their meter asks for."""
    full = Meter.parse(meters[0]).quarters_per_bar if meters else None
    for bar in part.getElementsByClass("Measure"):
        if bar.timeSignature is not None and len(meters) > 1:
            full = float(bar.timeSignature.barDuration.quarterLength)
        yield Bar(float(bar.offset), float(bar.highestTime), full)


def _pickup(bars: tuple[Bar, ...]) -> float:
    """Quarters before the first full bar: a first bar that is short."""
    if len(bars) < 2 or bars[0].full is None or not 0 < bars[0].length < bars[0].full:
        return 0.0
    return bars[0].length


def _bars_off(bars: tuple[Bar, ...]) -> int:
    """How many bars are short or long, but for the first, the last and halves that make a whole.

    The last bar of a section and the pickup of the next, or of its repeat, may be short.
    """
    off, carried, begins = 0, 0.0, False
    for bar in bars[1:-1]:
        if bar.full is None or bar.length == 0:
            continue
        carried += bar.length
        if (begins and bar.length < bar.full) or abs(carried - bar.full) < _CLOSE:
            carried = 0.0
        elif carried > bar.full:
            off, carried = off + 1, 0.0
        begins = bar.ends_section
        if begins:
            carried = 0.0
    return off


def _meters(part: Any) -> tuple[str, ...]:
    """The meters in order of first use; one that the time base cannot say is left out."""
    found: dict[str, None] = {}
    for meter in part.recurse().getElementsByClass("TimeSignature"):
        with contextlib.suppress(ValueError):
            found[str(Meter.parse(meter.ratioString))] = None
    return tuple(found)


def _elements(stream: Any, onset: float = 0.0) -> Iterator[tuple[float, Any]]:
    """Notes and rests of one voice with their onsets: wherever voices part, the first."""
    first = next(iter(stream.getElementsByClass("Voice")), None)
    for element in stream:
        at = onset + float(element.offset)
        if element.isStream:
            if "Voice" not in element.classes or element is first:
                yield from _elements(element, at)
        elif "GeneralNote" in element.classes and "Harmony" not in element.classes:
            yield at, element


@dataclass(frozen=True, slots=True)
class Written:
    """A written note or rest; `place` is its line on the staff, which a tie joins whatever its accidental."""

    onset: float
    duration: float
    pitch: int | None
    place: int | None = None
    tied_on: bool = False


def _written(part: Any) -> Iterator[Written]:
    for onset, element in sorted(_elements(part), key=lambda pair: pair[0]):
        duration = float(element.duration.quarterLength)
        if duration == 0 or element.duration.isGrace:
            continue
        notes = [n for n in getattr(element, "notes", (element,)) if hasattr(n, "pitch")]
        if not notes:
            yield Written(onset, duration, None)
            continue
        top = max(notes, key=lambda note: note.pitch.ps)
        tie = top.tie or element.tie
        tied_on = tie is not None and tie.type in ("start", "continue")
        yield Written(onset, duration, round(top.pitch.ps), top.pitch.diatonicNoteNum, tied_on)


def _tied(written: Iterable[Written]) -> Iterator[Sound]:
    """Tied notes become one sound that keeps the durations it was written with."""
    held: Sound | None = None
    last: Written | None = None
    for note in written:
        if held and last and last.tied_on and note.place == last.place and _meets(held, note):
            held = replace(
                held, duration=held.duration + note.duration, written=(*held.written, note.duration)
            )
        else:
            if held:
                yield held
            held = Sound(note.onset, note.duration, (note.duration,), note.pitch)
        last = note
    if held:
        yield held


def _meets(held: Sound, note: Written) -> bool:
    return abs(held.onset + held.duration - note.onset) < _CLOSE
