"""MIDI files: a melody or a recording written so that a crash leaves the old file whole, a phrase read.

Knows ticks and tracks; knows no clock, no port and no session. What it reads is trusted only after checking.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import mido

from antiphon.errors import Failure
from antiphon.events import Change, Event, GridNote, NoteOff, NoteOn, PlayedNote, Timed
from antiphon.files.read import read_file
from antiphon.files.write import write_whole
from antiphon.listen.phrase import MOST_NOTES
from antiphon.midi.messages import to_bytes, to_event
from antiphon.timebase import STEPS_PER_QUARTER, TICKS_PER_QUARTER, Grid, Meter, steps_to_ticks

MAX_FILE_BYTES = 1 << 20
MAX_PHRASE_S = 600.0
_DEFAULT_TEMPO = 500_000  # µs a quarter: 120 bpm, as the format says
# A number in a MIDI file has up to 4 bytes; mido reads one of any length, in time that grows with its square.
_ENDLESS_NUMBER = re.compile(rb"[\x80-\xff]{4096}")


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


def conductor_track(
    tempi: Sequence[tuple[int, float]], meter: Meter, texts: Iterable[str] = ()
) -> mido.MidiTrack:
    """Track 0 of a file: meter and text events at tick 0, tempi (tick, quarters a minute) where they change.

    The first tempo holds from the start of the file.
    """
    time_signature = mido.MetaMessage(
        "time_signature", numerator=meter.numerator, denominator=meter.denominator
    )
    track = mido.MidiTrack([_tempo(tempi[0][1]), time_signature])
    track += [mido.MetaMessage("text", text=text) for text in texts]
    last_ticks = 0
    for ticks, bpm in tempi[1:]:
        track.append(_tempo(bpm, ticks - last_ticks))
        last_ticks = ticks
    return track


def _tempo(bpm: float, after_ticks: int = 0) -> mido.MetaMessage:
    # The format has three bytes for the microseconds of a quarter.
    microseconds = min(max(mido.bpm2tempo(bpm), 1), 0xFFFFFF)
    return mido.MetaMessage("set_tempo", tempo=microseconds, time=after_ticks)


def voice_track(name: str, events: Iterable[tuple[int, Event | Change]]) -> mido.MidiTrack:
    """A named track of events, each with its tick counted from the file's start, in order of time."""
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
    last_ticks = 0
    for ticks, event in events:
        track.append(to_message(event).copy(time=ticks - last_ticks))
        last_ticks = ticks
    return track


def to_message(event: Event | Change) -> mido.Message:
    """An event as mido has it."""
    return mido.Message.from_bytes(to_bytes(event))


def save(path: Path, tracks: Sequence[mido.MidiTrack]) -> None:
    """Write a file of format 1; a crash leaves the old one whole. Raises Failure naming the file."""
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER, charset="utf-8", tracks=list(tracks))
    data = io.BytesIO()
    file.save(file=data)
    write_whole(path, data.getvalue())


def write_melody(
    path: Path,
    notes: Sequence[GridNote],
    bpm: float,
    meter: Meter | None = None,
    name: str = "Melody",
    steps_per_quarter: int = STEPS_PER_QUARTER,
) -> None:
    """Write notes on the grid as a MIDI file, step 0 at its start. Raises Failure naming the file."""
    offs = [(steps_to_ticks(note.end_steps, steps_per_quarter), NoteOff(note.pitch)) for note in notes]
    ons = [(steps_to_ticks(note.onset_steps, steps_per_quarter), NoteOn(note.pitch)) for note in notes]
    events: list[tuple[int, Event]] = sorted([*offs, *ons], key=lambda timed: timed[0])
    save(path, [conductor_track([(0, bpm)], meter or Meter()), voice_track(name, events)])


def read_phrase(path: Path) -> Phrase:
    """The first voice of a MIDI file: the first channel that has notes, in the first track that has any.

    The file's first tempo and meter count (120 and 4/4 where it has none), so that beats stay beats. A note
    that is never ended ends with the file. Raises Failure naming the file and what is wrong with it.
    """
    data = read_file(path, MAX_FILE_BYTES)
    if _ENDLESS_NUMBER.search(data):
        raise Failure(f"{path}: cannot be read as a MIDI phrase: a number without end")
    try:
        phrase = _phrase(mido.MidiFile(file=io.BytesIO(data)))
    except Exception as error:  # mido raises whatever damaged bytes lead it to
        raise Failure(f"{path}: cannot be read as a MIDI phrase: {_reason(error)}") from None
    if not 1 <= len(phrase.notes) <= MOST_NOTES:
        found = len(phrase.notes) or "no"
        raise Failure(f"{path}: has {found} notes; a phrase may have 1–{MOST_NOTES}")
    if (length_s := max(note.release_s for note in phrase.notes)) > MAX_PHRASE_S:
        raise Failure(f"{path}: lasts {length_s:.0f} s; a phrase may last {MAX_PHRASE_S:.0f} s")
    return phrase


def _reason(error: Exception) -> str:
    return (
        "it ends too early"
        if isinstance(error, EOFError)
        else str(error).replace("\n", " ") or type(error).__name__
    )


def _phrase(file: mido.MidiFile) -> Phrase:
    if file.ticks_per_beat <= 0:
        raise ValueError("its times are in SMPTE frames, not in beats")
    tempo = _first(file, "set_tempo")
    time_signature = _first(file, "time_signature")
    meter = Meter(time_signature.numerator, time_signature.denominator) if time_signature else Meter()
    # Files keep whole microseconds a quarter: two decimals give back the tempo that was meant.
    bpm = round(mido.tempo2bpm(max(1, tempo.tempo if tempo else _DEFAULT_TEMPO)), 2)
    grid = Grid(bpm, steps_per_quarter=file.ticks_per_beat)
    end_ticks = max((sum(message.time for message in track) for track in file.tracks), default=0)
    return Phrase(_notes(_first_voice(file), grid, end_ticks), bpm, meter)


def _first(file: mido.MidiFile, kind: str) -> mido.MetaMessage | None:
    return next((message for track in file.tracks for message in track if message.type == kind), None)


def _timed(track: mido.MidiTrack) -> Iterator[tuple[int, Event]]:
    ticks = 0
    for message in track:
        ticks += message.time
        if (event := to_event(message)) is not None:
            yield ticks, event


def _first_voice(file: mido.MidiFile) -> list[tuple[int, Event]]:
    for track in file.tracks:
        events = list(_timed(track))
        channel = next((event.channel for _, event in events if isinstance(event, NoteOn)), None)
        if channel is not None:
            return [(ticks, event) for ticks, event in events if event.channel == channel]
    return []


def _notes(voice: Iterable[tuple[int, Event]], grid: Grid, end_ticks: int) -> tuple[PlayedNote, ...]:
    """Pair ons with offs; a key struck again while down ends its first note. `grid`'s steps are ticks."""
    notes: list[PlayedNote] = []
    down: dict[int, tuple[int, int]] = {}

    def release(pitch: int, ticks: int) -> None:
        onset, velocity = down.pop(pitch, (ticks, 0))
        if ticks > onset:
            notes.append(PlayedNote(pitch, velocity, grid.time_s(onset), grid.time_s(ticks)))

    for ticks, event in voice:
        release(event.pitch, ticks)
        if isinstance(event, NoteOn):
            down[event.pitch] = (ticks, event.velocity)
    for pitch in list(down):
        release(pitch, end_ticks)
    return tuple(sorted(notes, key=lambda note: (note.onset_s, note.pitch)))
