"""The parts of a MIDI file: which notes one instrument plays. Knows no tempo, and no melody.

A track is one part, or several where its channels are several instruments. A controller that sends each note
on a channel of its own (MPE, a guitar) is one instrument.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from antiphon.events import ControlChange, NoteOn, ProgramChange
from antiphon.midi import smf
from antiphon.midi.messages import SUSTAIN, change_from_bytes, from_bytes
from antiphon.midi.notes import TickNote, paired
from antiphon.midi.track import META, MidiFile, TrackEvent

DRUMS = 9  # channel 10
_SYSEX = 0xF0
# The registered parameter 6 on channel 1 or 16 says that the channels next to it are one MPE keyboard.
_PARAMETER_HIGH, _PARAMETER_LOW, _MPE, _MASTERS = 101, 100, 6, (0, 15)
# Channels that sound together for less than this share of the time are one instrument that changes channels.
_TOGETHER = 0.3
# So are three or more channels of so few notes each.
_FEW_NOTES = 3
# More notes than any piece of music has: what finds the melody would take minutes.
_MOST_NOTES = 50_000


@dataclass(frozen=True, slots=True)
class Part:
    """What one instrument plays. `track` counts those that have notes, from 1; `channels` count from 0."""

    track: int
    name: str
    channels: tuple[int, ...]
    notes: tuple[TickNote, ...]

    @property
    def drums(self) -> bool:
        return self.channels == (DRUMS,)

    def __str__(self) -> str:
        channels = ", ".join(str(channel + 1) for channel in self.channels)
        named = f' "{self.name}"' if self.name else ""
        return f"track {self.track}{named}, channel{'s' * (len(self.channels) > 1)} {channels}"


def parts_of(file: MidiFile) -> list[Part]:
    """All parts that have notes, in the order of the file. Raises ValueError for too many notes."""
    end_ticks = max((track[-1].ticks for track in file.tracks if track), default=0)
    found: list[Part] = []
    with_notes = 0
    for track in file.tracks:
        channels = _channels(track)
        with_notes += bool(channels)
        notes = _notes_of(track, channels, end_ticks, file.ticks_per_quarter)
        for group in _instruments(track, notes):
            together = sorted(
                (note for channel in group for note in notes[channel]),
                key=lambda note: (note.onset, note.pitch),
            )
            found.append(Part(with_notes, track_name(track), group, tuple(together)))
    if (total := sum(len(part.notes) for part in found)) > _MOST_NOTES:
        raise ValueError(f"it has {total} notes; a file may have {_MOST_NOTES}")
    return found


def track_name(track: Sequence[TrackEvent]) -> str:
    """The name that a track gives itself, printable and at most 80 characters long; "" where it has none."""
    wanted = bytes((META, smf.TRACK_NAME))
    name = next((event.message[2:] for event in track if event.message[:2] == wanted), b"")
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        text = name.decode("latin-1")
    return "".join(character for character in text if character.isprintable()).strip()[:80]


def _channels(track: Sequence[TrackEvent]) -> list[int]:
    """Those that have notes, in the order of their first."""
    events = (from_bytes(event.message) for event in track)
    return list(dict.fromkeys(event.channel for event in events if isinstance(event, NoteOn)))


def _notes_of(
    track: Sequence[TrackEvent], channels: Sequence[int], end_ticks: int, ticks_per_quarter: int
) -> dict[int, list[TickNote]]:
    """The notes of each channel. The pedal of a channel without notes holds those of all."""
    return {
        channel: paired(
            (event for event in track if _concerns(event.message, channel, channels)),
            end_ticks,
            ticks_per_quarter,
        )
        for channel in channels
    }


def _concerns(message: bytes, channel: int, channels: Sequence[int]) -> bool:
    if message[0] >= _SYSEX:
        return False
    own = message[0] & 0x0F
    if own == channel:
        return True
    change = change_from_bytes(message) if own not in channels and channel != DRUMS else None
    return isinstance(change, ControlChange) and change.control == SUSTAIN


def _instruments(track: Sequence[TrackEvent], notes: dict[int, list[TickNote]]) -> list[tuple[int, ...]]:
    """The channels of each instrument of a track, in the order of their first notes."""
    pitched = [channel for channel in notes if channel != DRUMS]
    programs = _programs(track)
    groups: list[list[int]] = []
    for channel in pitched:
        alike = [channel, *(c for c in pitched if c != channel and programs.get(c) == programs.get(channel))]
        if any(channel in group for group in groups):
            continue
        groups += [alike] if _is_mpe(track) else _one_instrument_each(alike, notes)
    return [*(tuple(sorted(group)) for group in groups), *([(DRUMS,)] if DRUMS in notes else [])]


def _programs(track: Sequence[TrackEvent]) -> dict[int, int]:
    changes = (change_from_bytes(event.message) for event in track if event.message[0] < _SYSEX)
    return {change.channel: change.program for change in changes if isinstance(change, ProgramChange)}


def _is_mpe(track: Sequence[TrackEvent]) -> bool:
    high: dict[int, int] = {}
    for event in track:
        change = change_from_bytes(event.message) if event.message[0] < _SYSEX else None
        if isinstance(change, ControlChange) and change.channel in _MASTERS:
            if change.control == _PARAMETER_HIGH:
                high[change.channel] = change.value
            elif (change.control, change.value, high.get(change.channel)) == (_PARAMETER_LOW, _MPE, 0):
                return True
    return False


def _one_instrument_each(channels: Sequence[int], notes: dict[int, list[TickNote]]) -> list[list[int]]:
    """Channels of one sound, grouped: those of one instrument share its range, or take turns."""
    if len(channels) >= _FEW_NOTES and all(len(notes[channel]) <= _FEW_NOTES for channel in channels):
        return [list(channels)]
    groups = [[channel] for channel in channels]
    for one, other in combinations(channels, 2):
        ours = next(group for group in groups if one in group)
        theirs = next(group for group in groups if other in group)
        if ours is not theirs and _same_instrument(notes[one], notes[other]):
            ours += theirs
            groups.remove(theirs)
    return groups


def _same_instrument(one: Sequence[TickNote], other: Sequence[TickNote]) -> bool:
    low, high = (pick(note.pitch for note in one) for pick in (min, max))
    if any(low <= note.pitch <= high for note in other):
        return True
    shorter = min(sum(note.released - note.onset for note in notes) for notes in (one, other))
    return _together_ticks(one, other) < _TOGETHER * shorter


def _together_ticks(one: Sequence[TickNote], other: Sequence[TickNote]) -> int:
    """For how long both sound; each by onset, and taken as one note at a time."""
    ticks = i = j = 0
    while i < len(one) and j < len(other):
        ticks += max(0, min(one[i].released, other[j].released) - max(one[i].onset, other[j].onset))
        if one[i].released <= other[j].released:
            i += 1
        else:
            j += 1
    return ticks
