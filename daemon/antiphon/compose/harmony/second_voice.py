"""A second voice below a melody: the nearest chord note, led without parallel fifths and octaves. Pure."""

from antiphon.harmony.chord import PITCH_CLASSES, Chord

# At least a minor third below the melody.
_NEAREST = 3
_PERFECT = (0, 7)  # fifths and octaves, in semitones


class SecondVoice:
    """Gives the note below each note of a melody; `lowest` is the lowest MIDI pitch it may have."""

    def __init__(self, lowest: int = 0) -> None:
        self._lowest = lowest
        self._last: tuple[int, int] | None = None  # the melody's and its own

    def rest(self) -> None:
        """It is silent under the next note, or the melody rests: nothing leads from one to the other."""
        self._last = None

    def below(self, melody: int, chord: Chord) -> int | None:
        """The nearest chord note that makes no parallel; None where there is none so low."""
        for pitch in range(melody - _NEAREST, self._lowest - 1, -1):
            if pitch % PITCH_CLASSES in chord.tones and not self._parallel(melody, pitch):
                self._last = melody, pitch
                return pitch
        self._last = None
        return None

    def _parallel(self, melody: int, pitch: int) -> bool:
        if self._last is None or self._last[0] == melody:
            return False
        interval = (melody - pitch) % PITCH_CLASSES
        return interval in _PERFECT and interval == (self._last[0] - self._last[1]) % PITCH_CLASSES
