"""Where the player's phrase ends: events in, a finished phrase out."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Ge, Le

from antiphon.events import NoteOn, PlayedNote, Timed
from antiphon.listen.heard import InputSettings, without_ghosts
from antiphon.listen.quantise import ChordNote
from antiphon.listen.silence import silence_s

# No player plays more notes in one phrase; what a machine plays beyond this is not heard.
MOST_NOTES = 2048
# An MPE instrument sends its pedal on a master channel, 1 or 16, and its notes on the channels between.
_MASTERS = (0, 15)
_ALL_NOTES = InputSettings()
_Keys = set[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class PhraseSettings:
    """When a phrase is over.

    silence_beats    silence after the last note, in beats; up to twice that, in the player's beats, where the
                     notes are detached
    max_beats        the longest phrase, in beats; a key held for ever ends here too
    voice            which note of a chord is the melody: the "highest", the "lowest" or the "latest"
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    silence_beats: Annotated[float, Ge(0.25), Le(32)] = 1.0
    max_beats: Annotated[float, Ge(1), Le(512)] = 64.0
    voice: ChordNote = "highest"


@dataclass(slots=True)
class _Held:
    velocity: int
    onset_s: float


class PhraseListener:
    """Collects one phrase. Feed it every event in order; `ends_at_s` says when it will be over."""

    def __init__(self, settings: PhraseSettings, listened: InputSettings = _ALL_NOTES) -> None:
        self._settings, self._listened = settings, listened
        self._held: dict[tuple[int, int], _Held] = {}  # (channel, pitch) →
        self._pedals: dict[int, _Keys] = {}  # channel with its pedal down → keys it holds
        self._channels: set[int] = set()  # those that notes came on
        self._notes: list[PlayedNote] = []
        self._first_onset_s: float | None = None
        self._last_release_s = 0.0
        self._longest_s = math.inf  # the moment at which it is as long as may be
        self._whole = False  # whether the phrase before was that long

    def set(self, settings: PhraseSettings, listened: InputSettings) -> None:
        """Other settings, for the phrase under way too."""
        self._settings, self._listened = settings, listened

    @property
    def empty(self) -> bool:
        return self._first_onset_s is None

    def receive(self, timed: Timed) -> None:
        """A key struck again before it was released ends its first note; a release of nothing is ignored."""
        event, at_s = timed.event, timed.at_s
        if isinstance(event, NoteOn):
            self._channels.add(event.channel)
            if not self._listened.hears(event):
                return
        key = (event.channel, event.pitch)
        pedal = self._pedal_of(event.channel) if self._pedals else None
        if pedal is not None and not isinstance(event, NoteOn):
            pedal.add(key)
            return
        self._release(key, at_s)
        if isinstance(event, NoteOn):
            if pedal is not None:
                pedal.discard(key)
            if len(self._notes) + len(self._held) >= MOST_NOTES:
                self._last_release_s = at_s  # it goes on all the same
                return
            self._held[key] = _Held(event.velocity, at_s)
            if self._first_onset_s is None:
                self._first_onset_s = at_s

    def pedal(self, at_s: float, channel: int, down: bool) -> None:
        """The sustain pedal: while it is down, released keys go on sounding."""
        if down:
            self._pedals.setdefault(channel, set())
        else:
            for key in sorted(self._pedals.pop(channel, ())):
                self._release(key, at_s)

    def _pedal_of(self, channel: int) -> _Keys | None:
        """The keys that the pedal of a channel holds; None where no pedal is down for it.

        The pedal of a master channel that no note came on is the pedal of all channels.
        """
        masters = (master for master in _MASTERS if master not in self._channels)
        down = (self._pedals[each] for each in (channel, *masters) if each in self._pedals)
        return next(down, None)

    def _release(self, key: tuple[int, int], at_s: float) -> None:
        held = self._held.pop(key, None)
        if held is not None:
            self._notes.append(PlayedNote(key[1], held.velocity, held.onset_s, at_s))
            self._last_release_s = at_s

    def ends_at_s(self, beat_s: float) -> float | None:
        """The moment the phrase is over if nothing more is played, in seconds; None with nothing played."""
        if self._first_onset_s is None:
            return None
        self._longest_s = longest_s = self._first_onset_s + self._settings.max_beats * beat_s
        if self._held:
            return longest_s
        until_over_s = silence_s(self._notes, self._settings.silence_beats, beat_s)
        return min(longest_s, self._last_release_s + until_over_s)

    @property
    def begins_s(self) -> float | None:
        """The moment of the first note; None with nothing played."""
        return self._first_onset_s

    @property
    def last_release_s(self) -> float | None:
        """The moment of the last release; None while keys are down or nothing was played."""
        return None if self._held or self._first_onset_s is None else self._last_release_s

    def so_far(self, at_s: float) -> tuple[PlayedNote, ...]:
        """The notes until now, keys still down as if released at `at_s`."""
        held = [PlayedNote(pitch, key.velocity, key.onset_s, at_s) for (_, pitch), key in self._held.items()]
        return without_ghosts(_by_onset(self._notes + held), self._listened.min_ms)

    def finish(self, at_s: float) -> tuple[PlayedNote, ...]:
        """End the phrase at a moment and give its notes by onset; keys still down are cut there."""
        notes = self.so_far(at_s)
        self._whole, self._longest_s = at_s >= self._longest_s, math.inf
        self._notes, self._first_onset_s = [], None
        self._held.clear()
        for keys in self._pedals.values():
            keys.clear()
        return notes

    @property
    def resumable(self) -> bool:
        """Whether the phrase that was finished last may go on: it was not as long as a phrase may be."""
        return not self._whole

    def resume(self, notes: tuple[PlayedNote, ...]) -> None:
        """Take the phrase that was finished last up again: the player had only paused."""
        self._notes = [*notes, *self._notes][:MOST_NOTES]
        self._first_onset_s = notes[0].onset_s


def _by_onset(notes: Iterable[PlayedNote]) -> tuple[PlayedNote, ...]:
    return tuple(sorted(notes, key=lambda note: (note.onset_s, note.pitch)))
