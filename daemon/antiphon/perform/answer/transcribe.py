"""What a finished call says: its notes on the grid, its key, and the grid to go on with."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from antiphon.events import GridNote, PlayedNote
from antiphon.listen import quantise
from antiphon.listen.key import Key
from antiphon.listen.key_tracker import KeyTracker
from antiphon.listen.quantise import one_voice
from antiphon.listen.tempo import TempoEstimate, infer
from antiphon.perform.transport import Transport
from antiphon.timebase import MAX_BPM, MIN_BPM, STEPS_PER_QUARTER, Grid

# Less sure than this of the tempo, the last one stays.
_CONFIDENT = 0.6
# The tempo at the end of a call is only believed to differ from its mean if it differs by more than this.
_DRIFT = 0.03


@dataclass(frozen=True, slots=True)
class Transcription:
    """A call on the grid of `transport`; `notes` is not empty."""

    notes: tuple[GridNote, ...]
    key: Key
    transport: Transport


@dataclass(frozen=True, slots=True)
class _Glimpse:
    """What a call said, and the tracker that has heard it."""

    asked: tuple[Sequence[PlayedNote], Transport, bool]
    understood: Transcription
    tracker: KeyTracker


class Transcriber:
    """Listens from call to call: the tempo where it is to be followed, and the key."""

    def __init__(self, voice: quantise.Voice, key: Key | None) -> None:
        self._voice = voice
        self._tracker = KeyTracker()
        self._tracker.set(key)
        self._bars_used = 0
        self._seen: _Glimpse | None = None

    def set(self, voice: quantise.Voice, key: Key | None) -> None:
        """Another voice of chords, or another key by hand."""
        self._voice, self._seen = voice, None
        self._tracker.set(key)

    def glimpse(self, call: Sequence[PlayedNote], transport: Transport, follow: bool) -> Transcription:
        """What a call says so far, its tempo followed or not; takes nothing in. `call` is not empty."""
        return self._look(call, transport, follow).understood

    def transcribe(self, call: Sequence[PlayedNote], transport: Transport, follow: bool) -> Transcription:
        """What a finished call says; costs nothing if the last glimpse saw it whole."""
        seen = self._look(call, transport, follow)
        self._tracker = seen.tracker
        self._seen = None
        return seen.understood

    def _look(self, call: Sequence[PlayedNote], transport: Transport, follow: bool) -> _Glimpse:
        asked = (call, transport, follow)
        if self._seen is None or self._seen.asked != asked:
            placed, notes = self._on_the_grid(call, transport, follow)
            tracker = copy(self._tracker)
            understood = Transcription(notes, tracker.hear(notes), placed)
            self._seen = _Glimpse(asked, understood, tracker)
        return self._seen

    def answered(self, from_steps: int, transport: Transport) -> None:
        """The answer begins here: later calls are in later bars, however the tempo goes."""
        self._bars_used = from_steps // transport.bar_steps + 1

    def _on_the_grid(
        self, call: Sequence[PlayedNote], transport: Transport, follow: bool
    ) -> tuple[Transport, tuple[GridNote, ...]]:
        estimate = _tempo(call, transport) if follow else None
        if estimate is None:
            return transport, one_voice(call, transport.grid, self._voice)
        bar = self._bar_of(estimate, transport)
        steps = bar * transport.bar_steps
        notes = tuple(
            GridNote(note.onset_steps + steps, note.duration_steps, note.pitch)
            for note in one_voice(call, estimate.beats, self._voice)
        )
        return Transport(_grid(estimate, steps), transport.meter), notes

    def _bar_of(self, estimate: TempoEstimate, transport: Transport) -> int:
        """Bars go on being counted: the call begins at the bar line that is nearest, in a bar of its own."""
        nearest = round(transport.grid.steps_at(estimate.beat_s) / transport.bar_steps)
        return max(nearest, self._bars_used)


def _tempo(call: Sequence[PlayedNote], transport: Transport) -> TempoEstimate | None:
    """The tempo of a call, where one can be sure enough of it."""
    if transport.grid.steps_per_quarter != STEPS_PER_QUARTER:
        return None
    estimate = infer(call, guess_bpm=transport.grid.bpm)
    return estimate if estimate is not None and estimate.confidence >= _CONFIDENT else None


def _grid(estimate: TempoEstimate, first_step: int) -> Grid:
    """A steady grid from the call's last onset on, at its mean tempo unless it clearly drifted.

    Step 0 of `estimate` is `first_step` of the grid.
    """
    drifted = abs(estimate.last_bpm / estimate.bpm - 1) > _DRIFT
    bpm = min(max(estimate.last_bpm if drifted else estimate.bpm, MIN_BPM), MAX_BPM)
    last_s, last_steps = estimate.beats.moments_s[-1], estimate.beats.steps[-1] + first_step
    return Grid(bpm, last_s - Grid(bpm).time_s(last_steps))
