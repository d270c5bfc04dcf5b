"""A phrase is transcribed: its notes on the grid, its key, and the grid from then on."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

from antiphon.compose.symbols import HOLD, REST, Vocabulary, octaves_into_range, span
from antiphon.events import GridNote, PlayedNote, fold_pitch
from antiphon.listen.harmony.chords import HeardChords
from antiphon.listen.key import Key
from antiphon.listen.key_tracker import KeyTracker
from antiphon.listen.quantise import ChordNote, one_voice_in_slices
from antiphon.listen.tempo import Expected, TempoEstimate, TempoReader
from antiphon.perform.transport import Transport
from antiphon.slices import Sliced
from antiphon.timebase import MAX_BPM, MIN_BPM, Grid

# Where the tempo is less certain than this (0–1), the last one stays.
_CONFIDENT = 0.35
# The tempo at the end of a phrase counts in place of its mean only if the two differ by more than this share.
_DRIFT = 0.03
# Who was counted in plays at that tempo, but for this share.
_COUNTED_IN = 0.25


@dataclass(frozen=True, slots=True)
class Transcription:
    """A phrase on the grid of `transport`; `notes` is not empty; `tracker` has heard its key.

    `swing` is the length of the first eighth of a beat to that of the second, as played; `notes` has the
    eighths even. `chords` are those that were played with it; None where none were. `tempo_heard`: its tempo
    was followed.
    """

    notes: tuple[GridNote, ...]
    key: Key
    transport: Transport
    tracker: KeyTracker
    swing: float = 1.0
    chords: HeardChords | None = None
    tempo_heard: bool = False


class Transcriber:
    """Transcribes phrase after phrase: follows the tempo where it is to be followed, and the key.

    A transcription changes nothing until it is committed.
    """

    def __init__(self, voice: ChordNote, key: Key | None) -> None:
        self._voice = voice
        self._tracker = KeyTracker()
        self._tracker.set(key)
        self.used_steps = 0  # a later phrase does not begin before this step
        self._swings = False  # whether the last phrase did
        self._read: list[_Read] = []  # the phrase so far, at its own tempo or at the one that is known

    def set(self, voice: ChordNote, key: Key | None) -> None:
        """Another voice of chords, or another key by hand."""
        self._voice = voice
        self._tracker.set(key)

    def transcribe(
        self,
        phrase: Sequence[PlayedNote],
        transport: Transport,
        follow: bool,
        meter_heard: bool = False,
        counted_in: bool = False,
    ) -> Sliced[Transcription]:
        """Transcribe a phrase in small parts; it is not empty.

        follow       the player sets the tempo
        meter_heard  the meter is heard only later: that of `transport` need not be the player's
        counted_in   the player's tempo is near that of `transport`
        """
        grid, meter = transport.grid, None if meter_heard else transport.meter
        expected = Expected(grid.bpm, meter, grid.steps_per_quarter, self._swings)
        estimate = (yield from self._estimate(phrase, expected)) if follow else None
        followed = estimate is not None and estimate.confidence >= _CONFIDENT
        if counted_in and estimate is not None and not _near(estimate.bpm, grid.bpm):
            followed = False
        if not followed:
            estimate = yield from self._estimate(phrase, replace(expected, known=grid))
        steps, placed = 0, transport
        if estimate is not None and followed:
            steps = self._bar_of(estimate, transport) * transport.bar_steps
            placed = Transport(_grid(estimate, steps, grid.steps_per_quarter), transport.meter)
        ruler = grid if estimate is None else estimate.beats
        notes = yield from one_voice_in_slices(phrase, ruler, self._voice)
        yield
        notes = tuple(GridNote(note.onset_steps + steps, note.duration_steps, note.pitch) for note in notes)
        tracker = copy(self._tracker)
        key = tracker.hear(notes, placed.grid.steps_per_quarter)
        swing = 1.0 if estimate is None else estimate.swing
        return Transcription(notes, key, placed, tracker, swing, tempo_heard=followed)

    def commit(self, transcription: Transcription, answer_steps: int) -> None:
        """The answer to this phrase sounds, from a step on: later phrases are in later bars."""
        key = self._tracker.by_hand
        self._tracker = transcription.tracker
        self._tracker.set(key)  # it may have been set since the phrase was transcribed
        self._swings = transcription.swing > 1.0
        bar_steps = transcription.transport.bar_steps
        self.used_steps = (answer_steps // bar_steps + 1) * bar_steps

    def _estimate(self, phrase: Sequence[PlayedNote], expected: Expected) -> Sliced[TempoEstimate | None]:
        """Tempo and rhythm of a phrase. Only onsets that are new are read."""
        onsets = sorted(note.onset_s for note in phrase)
        read = next((one for one in self._read if one.begins(onsets, expected)), None)
        if read is None:
            same = [
                one for one in self._read if one.expected != expected and one.begins(onsets, one.expected)
            ]
            self._read = [*same[-1:], read := _Read(expected)]
        for onset_s in onsets[len(read.onsets) :]:
            read.hear(onset_s)
            yield
        return read.reader.estimate()

    def _bar_of(self, estimate: TempoEstimate, transport: Transport) -> int:
        """Bars go on being counted: the phrase begins at the nearest bar line, in a bar of its own."""
        nearest = round(transport.grid.steps_at(estimate.beat_s) / transport.bar_steps)
        return max(nearest, -(-self.used_steps // transport.bar_steps))


class _Read:
    """The onsets of a phrase so far, and what reads them."""

    def __init__(self, expected: Expected) -> None:
        self.expected, self.reader = expected, TempoReader(expected)
        self.onsets: list[float] = []

    def begins(self, onsets: Sequence[float], expected: Expected) -> bool:
        """Whether onsets that are read in this way go on from those that were."""
        return self.expected == expected and onsets[: len(self.onsets)] == self.onsets

    def hear(self, onset_s: float) -> None:
        self.reader.hear(onset_s)
        self.onsets.append(onset_s)


def _near(bpm: float, expected: float) -> bool:
    return abs(bpm / expected - 1) < _COUNTED_IN


def _grid(estimate: TempoEstimate, first_step: int, steps_per_quarter: int) -> Grid:
    """A steady grid from the phrase's last onset on, at its mean tempo unless it clearly drifted.

    Step 0 of `estimate` is `first_step` of the grid.
    """
    drifted = abs(estimate.last_bpm / estimate.bpm - 1) > _DRIFT
    bpm = min(max(estimate.last_bpm if drifted else estimate.bpm, MIN_BPM), MAX_BPM)
    grid = Grid(bpm, 0.0, steps_per_quarter)
    return replace(grid, origin_s=estimate.last_s - grid.time_s(estimate.beats.steps[-1] + first_step))


def home_shift(notes: Sequence[GridNote], key: Key, vocabulary: Vocabulary) -> int:
    """Semitones from the player's key and register to the model's."""
    shifted = [note.pitch + key.shift for note in notes]
    return key.shift + octaves_into_range(shifted, vocabulary)


def as_heard(notes: Sequence[GridNote], shift: int, until_steps: int) -> tuple[str, ...]:
    """A phrase as the model hears it: from its first note, its last one held until the answer begins.

    `shift` in semitones; `until_steps` on the grid of `notes`.
    """
    first = notes[0].onset_steps
    symbols: list[str] = []
    for note in notes:
        symbols += span(REST, note.onset_steps - first - len(symbols))
        symbols += span(str(fold_pitch(note.pitch + shift)), note.duration_steps)
    return (*symbols, *[HOLD] * (until_steps - first - len(symbols)))
