"""MIDI files as bytes: writes a melody, reads a phrase. Knows ticks and tracks, no file and no session."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from antiphon.events import Change, ControlChange, Event, GridNote, NoteOff, NoteOn, PlayedNote, Timed
from antiphon.midi import smf
from antiphon.midi.messages import PEDAL_DOWN, SUSTAIN, change_from_bytes, from_bytes, to_bytes
from antiphon.midi.track import META, MidiFile, TrackEvent, read_tracks
from antiphon.timebase import STEPS_PER_QUARTER, TICKS_PER_QUARTER, Grid, Meter, steps_to_ticks

_TEMPO, _TIME_SIGNATURE = 0x51, 0x58
_MOST_TEMPO = 0xFFFFFF  # µs a quarter: the format has three bytes for it
_DEFAULT_TEMPO = 500_000  # 120 bpm, as the format says
_DRUMS = 9  # channel 10
# The note-off of a note that was struck again may stand so much after that, as a share of a quarter note.
_LATE = 1 / 16
# A track so named is the melody, wherever it stands.
_MELODY = b"melody"


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a file says was played: notes in seconds from the file's start, at one tempo."""

    notes: tuple[PlayedNote, ...]
    bpm: float
    meter: Meter

    @property
    def events(self) -> tuple[Timed, ...]:
        """The same as note-ons and note-offs in order, offs before ons."""
        ons = [Timed(note.onset_s, NoteOn(note.pitch, note.velocity)) for note in self.notes]
        offs = [Timed(note.release_s, NoteOff(note.pitch)) for note in self.notes]
        return tuple(sorted(offs + ons, key=lambda timed: timed.at_s))


def tempo_event(bpm: float) -> bytes:
    """The meta event of a tempo, in quarters a minute."""
    microseconds = min(max(round(60e6 / bpm), 1), _MOST_TEMPO)
    return smf.meta(_TEMPO, microseconds.to_bytes(3, "big"))


def meter_event(meter: Meter) -> bytes:
    """The meta event of a meter: its unit as a power of two, the usual metronome and 32nds a quarter."""
    return smf.meta(_TIME_SIGNATURE, bytes((meter.numerator, meter.denominator.bit_length() - 1, 24, 8)))


def track_chunk(events: Iterable[tuple[int, bytes]]) -> bytes:
    """A whole track of messages, each with its tick counted from the file's start, in order of time."""
    body, last_ticks = bytearray(), 0
    for ticks, message in events:
        body += smf.number(ticks - last_ticks) + message
        last_ticks = ticks
    return smf.chunk(smf.TRACK, bytes(body) + b"\x00" + smf.meta(smf.END_OF_TRACK, b""))


def voice_chunk(name: str, events: Iterable[tuple[int, Event | Change]]) -> bytes:
    """A named track of events, each with its tick."""
    named = (0, smf.meta(smf.TRACK_NAME, name.encode()))
    return track_chunk([named, *((ticks, to_bytes(event)) for ticks, event in events)])


def melody_file(
    notes: Sequence[GridNote],
    bpm: float,
    meter: Meter | None = None,
    name: str = "Melody",
    steps_per_quarter: int = STEPS_PER_QUARTER,
) -> bytes:
    """Notes on the grid as a file of format 1, step 0 at its start."""
    offs = [(steps_to_ticks(note.end_steps, steps_per_quarter), NoteOff(note.pitch)) for note in notes]
    ons = [(steps_to_ticks(note.onset_steps, steps_per_quarter), NoteOn(note.pitch)) for note in notes]
    events: list[tuple[int, Event]] = sorted([*offs, *ons], key=lambda timed: timed[0])
    return _saved(bpm, meter or Meter(), name, events)


def _saved(bpm: float, meter: Meter, name: str, events: Iterable[tuple[int, Event]]) -> bytes:
    """A file of a tempo track and one voice, by mido; a take, which grows, is written by our own code."""
    import mido  # imported late: nothing that plays needs it

    tempo = mido.MetaMessage("set_tempo", tempo=min(max(round(60e6 / bpm), 1), _MOST_TEMPO))
    signature = mido.MetaMessage("time_signature", numerator=meter.numerator, denominator=meter.denominator)
    voice, last_ticks = mido.MidiTrack([mido.MetaMessage("track_name", name=name)]), 0
    for ticks, event in events:
        voice.append(mido.Message.from_bytes(to_bytes(event), time=ticks - last_ticks))
        last_ticks = ticks
    tracks = [mido.MidiTrack([tempo, signature]), voice]
    data = io.BytesIO()
    mido.MidiFile(ticks_per_beat=TICKS_PER_QUARTER, charset="utf-8", tracks=tracks).save(file=data)
    return data.getvalue()


def read_phrase(data: bytes) -> Phrase:
    """The melody of a MIDI file: one channel of one track. Raises ValueError saying what is wrong.

    The track is the one named a melody, else the first that has notes besides drums; the channel is the first
    in it that has notes. The first tempo and meter of the file count (120 and 4/4 where it has none), so that
    beats stay beats. A note that is never ended ends with the file.
    """
    file = read_tracks(data)
    tempo, signature = _first(file, _TEMPO, 3), _first(file, _TIME_SIGNATURE, 2)
    # Files keep whole microseconds a quarter: two decimals give back the tempo that was meant.
    bpm = round(60e6 / max(1, int.from_bytes(tempo[:3], "big") if tempo else _DEFAULT_TEMPO), 2)
    grid = Grid(bpm, steps_per_quarter=file.ticks_per_quarter)
    meter = Meter(signature[0], 1 << min(signature[1], 16)) if signature else Meter()
    end_ticks = max((track[-1].ticks for track in file.tracks if track), default=0)
    return Phrase(_Notes(grid).read(_voice(file), end_ticks), bpm, meter)


def _first(file: MidiFile, kind: int, length: int) -> bytes | None:
    """The data of the first meta event of a kind that is as long as it must be."""
    found = (_meta(event, kind) for track in file.tracks for event in track)
    return next((data for data in found if data is not None and len(data) >= length), None)


def _meta(event: TrackEvent, kind: int) -> bytes | None:
    return event.message[2:] if event.message[:2] == bytes((META, kind)) else None


def _voice(file: MidiFile) -> list[TrackEvent]:
    """The events of the channel that is the melody."""
    for track in sorted(file.tracks, key=lambda track: not _is_named_melody(track)):
        if channels := _channels(track, drums=False):
            return _of_channel(track, channels[0])
    for track in file.tracks:
        if channels := _channels(track, drums=True):
            return _of_channel(track, channels[0])
    return []


def _is_named_melody(track: Sequence[TrackEvent]) -> bool:
    return any(_MELODY in (_meta(event, smf.TRACK_NAME) or b"").lower() for event in track)


def _channels(track: Sequence[TrackEvent], drums: bool) -> list[int]:
    """Those that have notes, in the order of their first."""
    events = (from_bytes(event.message) for event in track)
    channels = dict.fromkeys(event.channel for event in events if isinstance(event, NoteOn))
    return [channel for channel in channels if drums or channel != _DRUMS]


def _of_channel(track: Sequence[TrackEvent], channel: int) -> list[TrackEvent]:
    return [event for event in track if event.message[0] < 0xF0 and event.message[0] & 0x0F == channel]


class _Notes:
    """Pairs ons with offs, in ticks: `grid`'s steps are ticks.

    A key struck again while it is down ends its first note; the note-off of that one may come a little later.
    With the pedal down, notes end when it comes up. A note of no length lasts a tick.
    """

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._late_ticks = round(grid.steps_per_quarter * _LATE)
        self._down: dict[int, tuple[int, int]] = {}  # pitch → tick and velocity of its note-on
        self._struck_again: set[int] = set()  # pitches whose first note still has its note-off to come
        self._late: dict[int, int] = {}  # pitch → tick of the note-off that was taken for that one
        self._pedal: set[int] | None = None  # the pitches it holds; None: it is up
        self._notes: list[PlayedNote] = []

    def read(self, voice: Iterable[TrackEvent], end_ticks: int) -> tuple[PlayedNote, ...]:
        for event in voice:
            note = from_bytes(event.message)
            if isinstance(note, NoteOn):
                self._strike(event.ticks, note)
            elif note is not None:
                self._lift(event.ticks, note.pitch)
            elif isinstance(change := change_from_bytes(event.message), ControlChange):
                self._control(event.ticks, change)
        for pitch in list(self._down):  # a note-off that was its only one was not late
            self._end(pitch, self._late.get(pitch, end_ticks))
        return tuple(sorted(self._notes, key=lambda note: (note.onset_s, note.pitch)))

    def _strike(self, ticks: int, note: NoteOn) -> None:
        pitch = note.pitch
        self._struck_again.discard(pitch)
        self._late.pop(pitch, None)
        if pitch in self._down and pitch not in (self._pedal or ()):
            self._struck_again.add(pitch)
        self._end(pitch, ticks)
        self._down[pitch] = ticks, note.velocity

    def _lift(self, ticks: int, pitch: int) -> None:
        onset, _ = self._down.get(pitch, (ticks, 0))
        if pitch in self._struck_again and ticks - onset <= self._late_ticks:
            self._struck_again.discard(pitch)
            self._late[pitch] = ticks
        elif self._pedal is not None:
            self._pedal.add(pitch)
        else:
            self._end(pitch, ticks)

    def _control(self, ticks: int, change: ControlChange) -> None:
        if change.control != SUSTAIN:
            return
        if change.value >= PEDAL_DOWN:
            self._pedal = set() if self._pedal is None else self._pedal
        else:
            held, self._pedal = self._pedal or set(), None
            for pitch in sorted(held):
                self._end(pitch, ticks)

    def _end(self, pitch: int, ticks: int) -> None:
        if self._pedal is not None:
            self._pedal.discard(pitch)
        if (struck := self._down.pop(pitch, None)) is not None:
            onset, velocity = struck
            until = max(ticks, onset + 1)
            self._notes.append(
                PlayedNote(pitch, velocity, self._grid.time_s(onset), self._grid.time_s(until))
            )
