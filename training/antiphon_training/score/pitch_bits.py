"""Bits that a model needs for the pitches of songs alone, each given the song so far; lengths are summed out.

After a note has begun, the next note may come after any length, and after a rest of any length. The chance of
each pitch is that of all these ways together, given that a note comes. So the figures compare with models of
pitch, such as IDyOM, which are asked for the pitch of the next note (in bits a note, the first note of a song
included). Nothing is told of when the next note comes.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.event_grid import LONGEST_QUARTERS
from antiphon.compose.memory.memory import Memory
from antiphon.compose.model import Model
from antiphon.compose.symbols import END, HOLD, REST, Vocabulary
from antiphon.timebase import STEPS_PER_QUARTER
from antiphon_training.score.evaluated_model import EvaluatedModel, HeldOut
from antiphon_training.score.memory_weights import Tune

Floats = NDArray[np.float64]
# Ways that are less likely than this, or with a note or rest of more than eight quarters, are left out.
_UNLIKELY = 1e-3


@dataclass(frozen=True, slots=True)
class PitchScore:
    """Bits of a pitch, alone and (where there is one) with a memory of the song so far."""

    collection: str
    songs: int
    notes: int
    alone: float
    remembering: float | None


class Listener:
    """A model, and a memory or none, after what they have heard; `next_pitches` leaves them as they are."""

    def __init__(self, model: Model, memory: Memory | None, vocabulary: Vocabulary) -> None:
        self._model, self._memory = model, memory
        self._hold, self._end = vocabulary.id(HOLD), vocabulary.id(END)
        self._rest = vocabulary.id(REST) if REST in vocabulary else None
        self._longest = LONGEST_QUARTERS * STEPS_PER_QUARTER
        self._notes = np.array([symbol not in (HOLD, END, REST) for symbol in vocabulary.symbols])

    def begin(self, tune: Tune) -> None:
        """A song begins, with an empty memory."""
        self._longest = LONGEST_QUARTERS * tune.bars.steps_per_quarter
        self._model.reset(tune.bars)
        self._model.hear(self._end)
        if self._memory is not None:
            self._memory.clear()
            self._memory.begin(tune.bars)

    def hear(self, symbol_id: int) -> None:
        self._model.hear(symbol_id)
        if self._memory is not None:
            self._memory.hear(symbol_id)

    def next_pitches(self) -> Floats:
        """Shape (V,): how likely each pitch is to be that of the next note, given that a note comes."""
        found = self._twin()._ways_to_a_note(rests=True)
        return np.asarray(found / found.sum(), np.float64)

    def bits(self, tune: Tune) -> Floats:
        """Of each note of a song, its first included."""
        self.begin(tune)
        found, following = [], self.next_pitches()
        for symbol_id in tune.ids:
            note = self._notes[symbol_id]
            if note:
                found.append(-np.log2(following[symbol_id]))
            self.hear(symbol_id)
            if note:
                following = self.next_pitches()
        return np.array(found)

    def _ways_to_a_note(self, rests: bool) -> Floats:
        """Shape (V,): the chance that each pitch comes next, whenever; holds are heard until a note is sure.

        `rests`: whether a rest may come first. A second rest is taken to leave the pitches as they are.
        """
        found, likely = np.zeros(len(self._notes)), 1.0
        for _ in range(self._longest):
            if likely < _UNLIKELY:
                break
            if not self._model.must_hold:
                expected = self._expected()
                found += likely * np.where(self._notes, expected, 0.0)
                if rests and self._rest is not None and likely * expected[self._rest] > _UNLIKELY:
                    found += likely * expected[self._rest] * self._after_rest(self._rest)
                likely *= expected[self._hold]
            self.hear(self._hold)
        return found

    def _after_rest(self, rest_id: int) -> Floats:
        resting = self._twin()
        resting.hear(rest_id)
        ways = resting._ways_to_a_note(rests=False)
        return np.asarray(ways / ways.sum(), np.float64)

    def _expected(self) -> Floats:
        expected = self._model.expected()
        return expected if self._memory is None else self._memory.mix(expected)

    def _twin(self) -> "Listener":
        """One that may hear something else; the network's arrays are shared."""
        arrays = {id(array): array for array in vars(self._model).values() if isinstance(array, np.ndarray)}
        twin = copy.copy(self)
        twin._model = copy.deepcopy(self._model, arrays)
        twin._memory = copy.deepcopy(self._memory)
        return twin


def collection_of(source: str) -> str:
    """The collection that a song is from: its folder, or its file's name without digits at the end.

    "europa/elsass/elsass01.krn" is of elsass, and "kinder0.abc#12" of kinder.
    """
    path = PurePosixPath(source.split("#")[0])
    return path.parent.name or path.stem.rstrip("0123456789")


def pitch_scores(
    what: EvaluatedModel,
    songs: Sequence[tuple[str, HeldOut]],
    heard: Callable[[], None] = lambda: None,
) -> list[PitchScore]:
    """The pitch bits of songs, each with the name of its collection; `heard` is called after each song.

    The collections come in the order of their names. Raises Failure where the model's grid cannot say a song.
    """
    found: dict[str, list[tuple[Floats, Floats | None]]] = {}
    listeners = [Listener(what.model(), memory, what.vocabulary) for memory in _memories(what)]
    for collection, song in songs:
        [tune] = what.tunes([song])
        alone, *remembering = (listener.bits(tune) for listener in listeners)
        found.setdefault(collection, []).append((alone, remembering[0] if remembering else None))
        heard()
    return [_score(name, found[name]) for name in sorted(found)]


def _memories(what: EvaluatedModel) -> list[Memory | None]:
    return [None] if what.experience is None else [None, what.memory()]


def _score(collection: str, songs: Sequence[tuple[Floats, Floats | None]]) -> PitchScore:
    alone = np.concatenate([bits for bits, _ in songs])
    known = [bits for _, bits in songs if bits is not None]
    remembering = float(np.concatenate(known).mean()) if known else None
    return PitchScore(collection, len(songs), len(alone), float(alone.mean()), remembering)
