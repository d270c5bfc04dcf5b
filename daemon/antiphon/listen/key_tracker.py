"""The key from phrase to phrase: what was played before is remembered, a new key is believed when it stays.

A hidden Markov step: between two phrases the music stays in its key, or moves to another, rather a near one.
"""

import math
from collections.abc import Iterable

from antiphon.events import GridNote
from antiphon.listen.key import ALL_KEYS, Evidence, Key, chances, likeliest, normalised, only_tonic
from antiphon.timebase import STEPS_PER_QUARTER

# How probable it is that the next phrase is in the same key, and what each step away on the circle of fifths,
# and the other mode, leaves of the probability of a move. Chosen on songs of the `valid` split in phrases of
# 8 beats, alone and joined to a song in a near key: less sure to stay, it follows sooner and strays oftener.
_STAYS = 0.98
_FARTHER = 0.3


def distance(one: Key, other: Key) -> int:
    """How far apart two keys are: 0–6 sharps or flats between the signatures, and 1 if the modes differ."""
    sharps = (_sharps(one) - _sharps(other)) % 12
    return min(sharps, 12 - sharps) + (one.mode != other.mode)


def _sharps(key: Key) -> int:
    """Sharps in the key's signature, modulo 12."""
    return 7 * (key.tonic + (3 if key.mode == "minor" else 0)) % 12


def _moves_from(key: Key) -> dict[Key, float]:
    near = {other: _FARTHER ** distance(key, other) for other in ALL_KEYS if other != key}
    total = sum(near.values())
    return {key: _STAYS, **{other: (1 - _STAYS) * share / total for other, share in near.items()}}


_MOVES = {key: _moves_from(key) for key in ALL_KEYS}


class KeyTracker:
    """Hears finished phrases one after the other and says the key after each."""

    def __init__(self) -> None:
        self._by_hand: Key | None = None
        self._only: Key | None = None  # all that was heard is one pitch class: the major key on it
        self._chances: dict[Key, float] | None = None  # None: nothing was heard that says a key

    @property
    def by_hand(self) -> Key | None:
        """The key set by hand; None where it is heard."""
        return self._by_hand

    @property
    def key(self) -> Key:
        """The key set by hand, else the likeliest after all that was heard; C major before anything was.

        One pitch class alone says no key: the key before stays, or at the start it is taken for the tonic.
        """
        return self._by_hand or self._only or likeliest(self.chances)

    @property
    def sure(self) -> float | None:
        """The probability of the key, 0–1, after all that was heard; None for one that is set by hand."""
        return None if self._by_hand is not None else self.chances[self.key]

    @property
    def chances(self) -> dict[Key, float]:
        """Probability of each of the 24 keys after all that was heard, whatever is set by hand."""
        return chances(()) if self._chances is None else dict(self._chances)

    def hear(self, notes: Iterable[GridNote], steps_per_quarter: int = STEPS_PER_QUARTER) -> Key:
        """Take in a finished phrase, in one voice, and say the key now; silence says nothing."""
        melody = tuple(notes)
        only = only_tonic(melody)
        evidence = Evidence.of(melody, steps_per_quarter=steps_per_quarter)
        if only is not None:
            self._only = only if self._chances is None else None
        elif evidence is not None:
            self._only = None
            before = self.chances if self._chances is None else _after_a_move(self._chances)
            self._chances = normalised({k: math.log(before[k]) + evidence.score(k) for k in ALL_KEYS})
        return self.key

    def set(self, key: Key | None) -> None:
        """Set the key by hand, or with None let it be heard again. Phrases are taken in all the while."""
        self._by_hand = key

    def reset(self) -> None:
        """Forget what was heard and what was set by hand."""
        self._by_hand = self._only = self._chances = None


def _after_a_move(before: dict[Key, float]) -> dict[Key, float]:
    return {key: sum(before[old] * _MOVES[old][key] for old in ALL_KEYS) for key in ALL_KEYS}
