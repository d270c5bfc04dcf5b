"""Training songs are changed as playing would change them: a wrong key, unknown or wrong bar lines."""

from dataclasses import replace

import numpy as np

from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.symbols import Vocabulary, is_pitch
from antiphon.timebase import steps_of_sixteenths
from antiphon_training.data.batches import Ids
from antiphon_training.data.song_events import EventSong
from antiphon_training.recipe import Recipe

# Semitones that a wrong key moves a song by, and how likely each is: fifths and relatives are taken for the
# key most easily.
_WRONG_KEYS = {-6: 0.3, -5: 3, -4: 1, -3: 1, -2: 2, -1: 0.5, 1: 0.5, 2: 2, 3: 1, 4: 1, 5: 3}
_SHIFTS = np.array(list(_WRONG_KEYS))
_CHANCES = np.array(list(_WRONG_KEYS.values())) / sum(_WRONG_KEYS.values())
_OCTAVE = 12
_UNKNOWN = -1


class Keys:
    """The keys that songs can be moved to within a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        reach = int(np.abs(_SHIFTS).max()) + _OCTAVE
        self._moved = {semitones: _moved_ids(vocabulary, semitones) for semitones in range(-reach, reach + 1)}

    def moved(self, song: EventSong, semitones: int) -> EventSong:
        """The song, transposed by at most 6 semitones up or down.

        An octave less or more where that is what keeps its pitches known; as it is where nothing does.
        """
        for shift in sorted((semitones, semitones - _OCTAVE, semitones + _OCTAVE), key=abs):
            symbols = self._moved[shift][song.symbols]
            if (symbols != _UNKNOWN).all():
                return replace(song, symbols=symbols)
        return song


def _moved_ids(vocabulary: Vocabulary, semitones: int) -> Ids:
    """For each id that of its symbol moved, shape (V,)."""
    moved = (str(int(s) + semitones) if is_pitch(s) else s for s in vocabulary.symbols)
    return np.array([vocabulary.id(s) if s in vocabulary else _UNKNOWN for s in moved], np.int32)


def varied(song: EventSong, recipe: Recipe, keys: Keys, rng: np.random.Generator) -> EventSong:
    """The song as it is heard in one epoch. Lengths stay as they are."""
    if rng.random() < recipe.key_jitter:
        song = keys.moved(song, int(rng.choice(_SHIFTS, p=_CHANCES)))
    chance = rng.random()
    if chance < recipe.place_forgotten:
        return song.in_bars(replace(NO_BARS, steps_per_quarter=song.bars.steps_per_quarter))
    if chance < recipe.place_forgotten + recipe.place_wrong:
        return song.in_bars(_misheard(song.bars, rng))
    return song


def _misheard(bars: Bars, rng: np.random.Generator) -> Bars:
    """The first bar line at most half a bar early or late, by whole sixteenths."""
    sixteenth = steps_of_sixteenths(1, bars.steps_per_quarter)
    half = bars.steps // sixteenth // 2
    return replace(bars, offset_steps=int(rng.integers(-half, half)) * sixteenth) if half else bars
