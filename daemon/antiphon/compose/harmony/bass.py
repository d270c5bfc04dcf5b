"""A bass under chords: the root mostly, the third where it leads by step. Pure."""

from antiphon.harmony.chord import PITCH_CLASSES, Chord

# From the lowest note on a bass has so many semitones.
BASS_SPAN = 16
_STEP = 2
_MIDDLE_PULLS = 0.15


class Bass:
    """Gives the note of each chord; `lowest` is a MIDI pitch. Moves by an octave at most."""

    def __init__(self, lowest: int) -> None:
        self._lowest = lowest
        self._last: int | None = None

    def root(self, chord: Chord) -> int:
        """The root, where the bass must say the chord: at the beginning and at a close."""
        return self._go(self._best(chord.root))

    def note(self, chord: Chord, following: Chord | None) -> int:
        """The root; the third where it passes by step from the last note to the root of the chord after."""
        third = self._best(chord.tones[1])
        return self._go(third) if self._passes(third, following) else self.root(chord)

    def _passes(self, pitch: int, following: Chord | None) -> bool:
        if self._last is None or following is None or not 0 < abs(pitch - self._last) <= _STEP:
            return False
        onward = 1 if pitch > self._last else -1
        return any(0 < (root - pitch) * onward <= _STEP for root in self._octaves(following.root))

    def fifth(self, chord: Chord) -> int:
        """The fifth beside the last note, where the bass alternates."""
        return self._best(chord.tones[2])

    def _go(self, pitch: int) -> int:
        self._last = pitch
        return pitch

    def _best(self, tone: int) -> int:
        """The octave that is nearest to the last note, or to the middle of the register."""
        middle = self._lowest + BASS_SPAN / 2
        from_here = middle if self._last is None else self._last
        return min(self._octaves(tone), key=lambda at: abs(at - from_here) + _MIDDLE_PULLS * abs(at - middle))

    def _octaves(self, tone: int) -> range:
        first = self._lowest + (tone - self._lowest) % PITCH_CLASSES
        return range(first, self._lowest + BASS_SPAN + 1, PITCH_CLASSES)
