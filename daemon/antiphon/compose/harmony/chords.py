"""Chords of three notes, each led to the next: what they share stays, the rest moves little. Pure."""

from itertools import product

from antiphon.harmony.chord import PITCH_CLASSES, Chord

# From the lowest note on chords have so many semitones: enough that a shared note can always stay.
CHORD_SPAN = 19
# Close position: the notes of a chord lie within an octave.
_WIDEST = 11
_MIDDLE_PULLS = 0.1

Voicing = tuple[int, ...]


class Voicings:
    """Gives the notes of each chord, ascending; `lowest` is a MIDI pitch."""

    def __init__(self, lowest: int) -> None:
        self._lowest = lowest
        self._last: Voicing = ()

    def lead(self, chord: Chord) -> Voicing:
        """The chord nearest to the last one; that nearest to the middle of the register where it is the
        first."""
        if self._last and {pitch % PITCH_CLASSES for pitch in self._last} == set(chord.tones):
            return self._last
        self._last = min(self._voicings(chord), key=self._cost)
        return self._last

    def _voicings(self, chord: Chord) -> list[Voicing]:
        highest = self._lowest + CHORD_SPAN
        octaves = [
            range(self._lowest + (tone - self._lowest) % PITCH_CLASSES, highest + 1, PITCH_CLASSES)
            for tone in chord.tones
        ]
        found = [tuple(sorted(voicing)) for voicing in product(*octaves)]
        return [voicing for voicing in found if voicing[-1] - voicing[0] <= _WIDEST]

    def _cost(self, voicing: Voicing) -> tuple[int, float, Voicing]:
        middle = self._lowest + CHORD_SPAN / 2
        away = abs(sum(voicing) / len(voicing) - middle)
        moved = sum(abs(one - other) for one, other in zip(voicing, self._last, strict=False))
        return self._left(voicing), moved + _MIDDLE_PULLS * away, voicing

    def _left(self, voicing: Voicing) -> int:
        """How many notes of the last chord that this one has do not stay where they are."""
        classes = {pitch % PITCH_CLASSES for pitch in voicing}
        return sum(pitch % PITCH_CLASSES in classes and pitch not in voicing for pitch in self._last)
