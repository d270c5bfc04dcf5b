"""Notes made of samples and mixed to blocks of sound. Pure: knows no file, no clock and no device.

Moments are frames, counted from the first that was mixed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float32]

_GAIN = 0.5  # several notes together stay below full scale
_VELOCITY_CURVE = 1.5  # gain = (velocity / 127) ** this
_KNEE = 0.7  # what is louder is bent, so that the sum never exceeds 1
# How fast a note falls when the same pitch is struck again, or when there are too many.
_QUICK_S = 0.03
_MOST_NOTES = 48
_FALL = 4.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One recorded note: `wave` of `root`'s pitch, for the pitches from `lowest` to `highest`.

    `loop` are the frames between which it is repeated as long as the key is down; None: it ends by itself.
    """

    wave: Wave
    root: int
    lowest: int
    highest: int
    release_s: float
    loop: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Instrument:
    """Samples in order of pitch, which together are for all pitches."""

    name: str
    samples: tuple[Sample, ...]

    def sample(self, pitch: int) -> Sample:
        return next((one for one in self.samples if pitch <= one.highest), self.samples[-1])


@dataclass(slots=True)
class _Note:
    voice: int
    pitch: int
    sample: Sample
    step: float  # frames of the sample for one frame of the output
    gain: float
    begins: int
    released: float = math.inf
    fall: int = 1  # frames from the release to silence
    held: bool = False  # by the pedal: its key is up

    def mixed(self, begin: int, frames: int) -> Wave:
        """What sounds of it from `begin` on."""
        since = np.arange(begin - self.begins, begin - self.begins + frames)
        wave = self._wave(since * self.step)
        wave *= self.gain
        if since[0] < 0:
            wave[since < 0] = 0
        if begin + frames > self.released:
            # Exponential as a string falls, and linear so that it ends at 0.
            fallen = np.clip((since + (self.begins - self.released)) / self.fall, 0, 1)
            wave *= np.exp(-_FALL * fallen) * (1 - fallen)
        return wave

    def _wave(self, places: NDArray[np.floating[Any]]) -> Wave:
        """The sample at these places between its frames; silence after its end."""
        recorded = self.sample.wave
        if self.sample.loop is not None:
            first, last = self.sample.loop
            over = places >= last
            if over.any():
                places = np.where(over, first + (places - last) % (last - first), places)
        over = places > len(recorded) - 1
        places = np.clip(places, 0, len(recorded) - 1)
        whole = np.minimum(places.astype(np.int64), len(recorded) - 2)
        share = (places - whole).astype(np.float32)
        low = recorded[whole]
        wave: Wave = low + share * (recorded[whole + 1] - low)
        wave[over] = 0
        return wave

    def over(self, frame: int) -> bool:
        if frame >= self.released + self.fall:
            return True
        return self.sample.loop is None and (frame - self.begins) * self.step >= len(self.sample.wave) - 1


class Mixer:
    """Feed it notes and take blocks of sound.

    `voices` are the instruments of several players, None for one that is not heard. Samples have `rate_hz`.
    """

    def __init__(self, voices: Sequence[Instrument | None], rate_hz: int) -> None:
        self._voices, self._rate_hz = voices, rate_hz
        self._notes: list[_Note] = []
        self._pedals: set[int] = set()
        self.frame = 0  # the first of the next block

    @property
    def silent(self) -> bool:
        """Whether nothing sounds or is to begin."""
        return not self._notes

    def strike(self, voice: int, pitch: int, velocity: int, at: int) -> None:
        """A key goes down, velocity 1–127; at once where `at` has passed."""
        if (instrument := self._voices[voice]) is None:
            return
        at = max(at, self.frame)
        self._end(voice, pitch, at, _QUICK_S)
        sample = instrument.sample(pitch)
        gain = _GAIN * (velocity / 127) ** _VELOCITY_CURVE
        self._notes.append(_Note(voice, pitch, sample, 2 ** ((pitch - sample.root) / 12), gain, at))
        if len(self._notes) > _MOST_NOTES:
            oldest = next(note for note in self._notes if note.released == math.inf or note is self._notes[0])
            self._let_go(oldest, at, _QUICK_S)

    def release(self, voice: int, pitch: int, at: int) -> None:
        """The key comes up; the note sounds on while the pedal is down."""
        if voice not in self._pedals:
            self._end(voice, pitch, at)
            return
        for note in self._sounding(voice):
            note.held = note.held or note.pitch == pitch

    def pedal(self, voice: int, down: bool, at: int) -> None:
        """The sustain pedal goes down or comes up."""
        if down:
            self._pedals.add(voice)
            return
        self._pedals.discard(voice)
        for note in self._sounding(voice):
            if note.held:
                self._let_go(note, at, note.sample.release_s)

    def silence(self, at: int) -> None:
        """All keys and pedals come up."""
        self._pedals.clear()
        for note in self._notes:
            if note.released == math.inf:
                self._let_go(note, at, note.sample.release_s)

    def _sounding(self, voice: int) -> list[_Note]:
        return [note for note in self._notes if note.voice == voice and note.released == math.inf]

    def _end(self, voice: int, pitch: int, at: int, within_s: float | None = None) -> None:
        for note in self._sounding(voice):
            if note.pitch == pitch:
                self._let_go(note, at, note.sample.release_s if within_s is None else within_s)

    def _let_go(self, note: _Note, at: int, within_s: float) -> None:
        note.released = max(at, self.frame, note.begins)
        note.fall = max(1, round(within_s * self._rate_hz))

    def render(self, frames: int) -> Wave:
        """The next block: so many frames, mono, -1 to 1."""
        mixed = np.zeros(frames, np.float32)
        for note in self._notes:
            if note.begins < self.frame + frames:
                mixed += note.mixed(self.frame, frames)
        self.frame += frames
        self._notes = [note for note in self._notes if not note.over(self.frame)]
        return _limited(mixed)


def _limited(wave: Wave) -> Wave:
    """As it is up to the knee; what is above approaches 1."""
    loud = np.abs(wave)
    if loud.max(initial=0) <= _KNEE:
        return wave
    bent = _KNEE + (1 - _KNEE) * np.tanh((loud - _KNEE) / (1 - _KNEE))
    return np.where(loud > _KNEE, np.sign(wave) * bent, wave).astype(np.float32)
