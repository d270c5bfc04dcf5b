"""A phrase is transcribed: its notes on the grid, its key, and the grid from then on."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from antiphon.events import GridNote, PlayedNote
from antiphon.listen.key import Key
from antiphon.listen.key_tracker import KeyTracker
from antiphon.listen.quantise import ChordNote, one_voice_in_slices
from antiphon.listen.tempo import TempoEstimate, TempoReader
from antiphon.perform.transport import Transport
from antiphon.slices import Sliced
from antiphon.timebase import MAX_BPM, MIN_BPM, STEPS_PER_QUARTER, Grid

# Where the tempo is less certain than this (0–1), the last one stays.
_CONFIDENT = 0.6
# The tempo at the end of a phrase counts in place of its mean only if the two differ by more than this share.
_DRIFT = 0.03


@dataclass(frozen=True, slots=True)
class Transcription:
    """A phrase on the grid of `transport`; `notes` is not empty; `tracker` has heard its key.

    `swing` is the length of the first eighth of a beat to that of the second, as played; `notes` has the
    eighths even.
    """

    notes: tuple[GridNote, ...]
    key: Key
    transport: Transport
    tracker: KeyTracker
    swing: float = 1.0


class Transcriber:
    """Transcribes phrase after phrase: follows the tempo where it is to be followed, and the key.

    A transcription changes nothing until it is committed.
    """

    def __init__(self, voice: ChordNote, key: Key | None) -> None:
        self._voice = voice
        self._tracker = KeyTracker()
        self._tracker.set(key)
        self.used_steps = 0  # a later phrase does not begin before this step
        self._reader, self._expected_bpm = TempoReader(), 0.0
        self._read: list[float] = []  # the onsets that it has heard

    def set(self, voice: ChordNote, key: Key | None) -> None:
        """Another voice of chords, or another key by hand."""
        self._voice = voice
        self._tracker.set(key)

    def transcribe(
        self, phrase: Sequence[PlayedNote], transport: Transport, follow: bool
    ) -> Sliced[Transcription]:
        """Transcribe a phrase in small parts; it is not empty. `follow`: the player sets the tempo."""
        estimate = (yield from self._tempo(phrase, transport)) if follow else None
        placed, notes = yield from self._on_the_grid(phrase, transport, estimate)
        yield
        tracker = copy(self._tracker)
        return Transcription(notes, tracker.hear(notes), placed, tracker)

    def commit(self, transcription: Transcription, answer_steps: int) -> None:
        """The answer to this phrase sounds, from a step on: later phrases are in later bars."""
        key = self._tracker.by_hand
        self._tracker = transcription.tracker
        self._tracker.set(key)  # it may have been set since the phrase was transcribed
        bar_steps = transcription.transport.bar_steps
        self.used_steps = (answer_steps // bar_steps + 1) * bar_steps

    def _on_the_grid(
        self, phrase: Sequence[PlayedNote], transport: Transport, estimate: TempoEstimate | None
    ) -> Sliced[tuple[Transport, tuple[GridNote, ...]]]:
        if estimate is None:
            return transport, (yield from one_voice_in_slices(phrase, transport.grid, self._voice))
        steps = self._bar_of(estimate, transport) * transport.bar_steps
        notes = yield from one_voice_in_slices(phrase, estimate.beats, self._voice)
        yield
        moved = tuple(GridNote(note.onset_steps + steps, note.duration_steps, note.pitch) for note in notes)
        return Transport(_grid(estimate, steps), transport.meter), moved

    def _tempo(self, phrase: Sequence[PlayedNote], transport: Transport) -> Sliced[TempoEstimate | None]:
        """The tempo of a phrase, where it is certain enough. Only onsets that are new are read."""
        if transport.grid.steps_per_quarter != STEPS_PER_QUARTER:
            return None
        onsets = sorted(note.onset_s for note in phrase)
        if self._expected_bpm != transport.grid.bpm or onsets[: len(self._read)] != self._read:
            self._reader, self._expected_bpm, self._read = (
                TempoReader(transport.grid.bpm),
                transport.grid.bpm,
                [],
            )
        for onset_s in onsets[len(self._read) :]:
            self._reader.hear(onset_s)
            self._read.append(onset_s)
            yield
        estimate = self._reader.estimate()
        return estimate if estimate is not None and estimate.confidence >= _CONFIDENT else None

    def _bar_of(self, estimate: TempoEstimate, transport: Transport) -> int:
        """Bars go on being counted: the phrase begins at the nearest bar line, in a bar of its own."""
        nearest = round(transport.grid.steps_at(estimate.beat_s) / transport.bar_steps)
        return max(nearest, -(-self.used_steps // transport.bar_steps))


def _grid(estimate: TempoEstimate, first_step: int) -> Grid:
    """A steady grid from the phrase's last onset on, at its mean tempo unless it clearly drifted.

    Step 0 of `estimate` is `first_step` of the grid.
    """
    drifted = abs(estimate.last_bpm / estimate.bpm - 1) > _DRIFT
    bpm = min(max(estimate.last_bpm if drifted else estimate.bpm, MIN_BPM), MAX_BPM)
    last_s, last_steps = estimate.beats.moments_s[-1], estimate.beats.steps[-1] + first_step
    return Grid(bpm, last_s - Grid(bpm).time_s(last_steps))
