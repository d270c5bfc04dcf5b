"""The melody of a score that music21 has parsed.

Of the part that `score_parts` chooses it is the upper voice; of a chord the highest note; grace notes are
left out, and so are rests before the first note; repeats are not expanded.
Imports no music21.
"""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from antiphon.midi.voice_choice import Wanted
from antiphon.timebase import Meter
from antiphon_training.corpus.bars import CLOSE, Bar, bars_of, begun_at, count_off, pickup_of
from antiphon_training.corpus.score_parts import melody_part
from antiphon_training.corpus.sections import sections_of
from antiphon_training.corpus.songs import SIGNATURE, ParsedSong, Sound


def song_of(parsed: Any, title: str, key: str | None, wanted: Wanted) -> ParsedSong:
    """The melody of a parsed score. Raises ValueError where it has no part as it is wanted."""
    part, track, voice = melody_part(parsed, wanted)
    meters = _meters(part)
    written = list(_written(part))
    begin = next((note.onset for note in written if note.pitch is not None), 0.0)
    kept = [replace(note, onset=note.onset - begin) for note in written if note.onset >= begin]
    bars = begun_at(begin, list(bars_of(part, meters)))
    song = song_from(title, key, meters, kept, bars)
    sections = sections_of(song.sounds, bars, [(at - begin, said) for at, said in _signatures(part)])
    return replace(song, track=track, voice=voice, sections=sections)


def whole_part(part: Any) -> tuple[tuple[Sound, ...], tuple[Bar, ...], int]:
    """The sounds of a part, its bars, and how many of them are off, from the part's beginning on."""
    bars = tuple(bars_of(part, _meters(part)))
    return tuple(_tied(_written(part))), bars, count_off(bars)


def song_from(
    title: str,
    key: str | None,
    meters: tuple[str, ...],
    written: Iterable["Written"],
    bars: tuple[Bar, ...],
) -> ParsedSong:
    """A song from its written notes and rests in order, and its bars; it has no source yet."""
    return ParsedSong(
        title=title,
        source="",
        sounds=tuple(_tied(written)),
        meters=meters,
        pickup=pickup_of(bars),
        key=key,
        bars_off=count_off(bars),
    )


def _meters(part: Any) -> tuple[str, ...]:
    """The meters in order of first use; one that the time base cannot say is left out."""
    found: dict[str, None] = {}
    for meter in part.recurse().getElementsByClass("TimeSignature"):
        with contextlib.suppress(ValueError):
            found[str(Meter.parse(meter.ratioString))] = None
    return tuple(found)


def signature_of(signature: Any) -> str:
    """A key as it is written: "D minor", or of a signature alone "signature -1", its sharps or flats."""
    if "Key" in signature.classes:
        return f"{signature.tonic.name.replace('-', 'b')} {signature.mode}"
    return f"{SIGNATURE} {signature.sharps}"


def _signatures(part: Any) -> list[tuple[float, str]]:
    """The keys that are written and their places; at one place a key comes after a signature alone."""
    found = part.recurse().getElementsByClass("KeySignature")
    placed = [(float(one.getOffsetInHierarchy(part)), "Key" in one.classes, one) for one in found]
    return [(at, signature_of(one)) for at, _, one in sorted(placed, key=lambda one: one[:2])]


def _elements(stream: Any, onset: float = 0.0) -> Iterator[tuple[float, Any]]:
    """Notes and rests of one voice with their onsets: wherever voices part, the first that has notes."""
    voices = list(stream.getElementsByClass("Voice"))
    sung = next((voice for voice in voices if _has_notes(voice)), next(iter(voices), None))
    for element in stream:
        at = onset + float(element.offset)
        if element.isStream:
            if "Voice" not in element.classes or element is sung:
                yield from _elements(element, at)
        elif "GeneralNote" in element.classes and "Harmony" not in element.classes:
            yield at, element


def _has_notes(voice: Any) -> bool:
    return any(getattr(note, "pitches", ()) and not note.duration.isGrace for note in voice.notes)


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
    return abs(held.onset + held.duration - note.onset) < CLOSE
