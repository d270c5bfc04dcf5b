"""Which of the notes that arrive belong to the player's melody. Pure; what arrived is kept elsewhere."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Le, Predicate

from antiphon.events import HIGHEST_PITCH, LOWEST_PITCH, NoteOn, PlayedNote

# A wrong note at the attack ends about when the right one begins: at most this long before it.
_ATTACK_S = 0.01
# A ghost may also follow a note: a string that rings on after it. It is then less than this share as loud,
# comes at most so long after it, and the note lasted longer than any that is played in passing.
_GHOST_SHARE, _RINGS_S, _LASTING_S = 1 / 3, 0.15, 0.06


HANDS, NO_SPLIT = "hands", "none"  # as a split


def _is_split(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int):
        return value in (HANDS, NO_SPLIT)
    return LOWEST_PITCH < value <= HIGHEST_PITCH


@dataclass(frozen=True, slots=True)
class InputSettings:
    """Which notes are listened to; the others sound on the thru and are in the take, and are not answered.

    Of those that are, some accompany the melody: they are no part of the phrase, and say its chords.

    min_velocity               softer notes are not heard; 1: all are heard
    min_ms                     a shorter note that belongs to another one (see `without_ghosts`) is not heard;
                               0: it is
    lowest_note, highest_note  the range that is listened to, as MIDI numbers
    split                      "hands": the left hand accompanies, where two hands are heard; "none"; or the
                               lowest note of the melody, as a MIDI number
    chord_channel              1–16, all notes of which accompany; 0: none
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    min_velocity: Annotated[int, Ge(1), Le(127)] = 1
    min_ms: Annotated[float, Ge(0), Le(500)] = 25.0
    lowest_note: Annotated[int, Ge(LOWEST_PITCH), Le(HIGHEST_PITCH)] = LOWEST_PITCH
    highest_note: Annotated[int, Ge(LOWEST_PITCH), Le(HIGHEST_PITCH)] = HIGHEST_PITCH
    # A text or a number. A mistake in a union would be told once for each of its types.
    split: Annotated[Any, Predicate(_is_split)] = HANDS
    chord_channel: Annotated[int, Ge(0), Le(16)] = 0

    def hears(self, note: NoteOn) -> bool:
        """Whether a note is within the range and loud enough."""
        return self.lowest_note <= note.pitch <= self.highest_note and note.velocity >= self.min_velocity


def without_ghosts(notes: Sequence[PlayedNote], min_ms: float) -> tuple[PlayedNote, ...]:
    """The notes less those shorter than `min_ms` that belong to a longer one; `notes` by onset.

    A guitar's or a wind controller's converter adds such notes: within a note (a harmonic), at its attack (a
    wrong pitch, until the right one is known), or far softer just after it (a string that rings). Any other
    short note is one that was played.
    """
    least_s = min_ms / 1000.0
    longer = [note for note in notes if note.release_s - note.onset_s >= least_s]
    if len(longer) == len(notes):
        return tuple(notes)
    onsets = [note.onset_s for note in longer]
    last_releases = list(accumulate((note.release_s for note in longer), max))

    def is_ghost(note: PlayedNote) -> bool:
        begun = bisect_right(onsets, note.onset_s)
        within = begun > 0 and last_releases[begun - 1] >= note.release_s
        follows = bisect_left(onsets, note.onset_s)
        at_attack = follows < len(onsets) and onsets[follows] <= note.release_s + _ATTACK_S
        return within or at_attack or (begun > 0 and _rings_after(longer[begun - 1], note))

    return tuple(note for note in notes if note.release_s - note.onset_s >= least_s or not is_ghost(note))


def _rings_after(lasting: PlayedNote, short: PlayedNote) -> bool:
    soft = short.velocity < _GHOST_SHARE * lasting.velocity
    return soft and lasting.gate_s >= _LASTING_S and short.onset_s - lasting.release_s <= _RINGS_S
