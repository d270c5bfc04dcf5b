"""MIDI files as bytes: writes a melody, reads what was played. Knows no file and no session."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from antiphon.events import Change, Event, GridNote, NoteOff, NoteOn, PlayedNote, Timed
from antiphon.midi import smf
from antiphon.midi.messages import to_bytes
from antiphon.midi.parts import parts_of
from antiphon.midi.signatures import meters, tempo_bpm
from antiphon.midi.track import read_tracks
from antiphon.midi.voice_choice import ANY_VOICE, Wanted, choose
from antiphon.timebase import STEPS_PER_QUARTER, TICKS_PER_QUARTER, Grid, Meter, steps_to_ticks

_TEMPO, _TIME_SIGNATURE = 0x51, 0x58
_MOST_TEMPO = 0xFFFFFF  # µs a quarter: the format has three bytes for it


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


def read_phrase(data: bytes, wanted: Wanted = ANY_VOICE) -> Phrase:
    """What the melody's part of a MIDI file plays. Raises ValueError saying what is wrong.

    The part is the one that is `wanted`, else the one that seems to be the melody. The first tempo and meter
    of the file count (120 and 4/4 where it has none), so that beats stay beats.
    """
    file = read_tracks(data)
    part, _ = choose(parts_of(file), wanted)
    bpm = tempo_bpm(file)
    grid = Grid(bpm, steps_per_quarter=file.ticks_per_quarter)
    notes = (
        PlayedNote(note.pitch, note.velocity, grid.time_s(note.onset), grid.time_s(note.ended))
        for note in part.notes
    )
    return Phrase(tuple(notes), bpm, next((one.meter for one in meters(file)), Meter()))
