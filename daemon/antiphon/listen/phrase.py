"""Where the player's phrase ends: events in, a finished phrase out.

What accompanies the melody is kept beside it; it neither begins a phrase nor keeps one from ending.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, ClassVar

from annotated_types import Ge, Le

from antiphon.events import NoteOn, PlayedNote, Timed
from antiphon.listen.harmony.hands import Struck
from antiphon.listen.harmony.parting import Parting
from antiphon.listen.heard import InputSettings, without_ghosts
from antiphon.listen.quantise import ChordNote
from antiphon.listen.silence import NOTES_READ, silence_s

# No player plays more notes in one phrase; what a machine plays beyond this is not heard.
MOST_NOTES = 2048
# An MPE instrument sends its pedal on a master channel, 1 or 16, and its notes on the channels between.
_MASTERS = (0, 15)
_ALL_NOTES = InputSettings()
_Keys = set[tuple[int, int]]
# A phrase that is to go on for ever is cut in half when it is so much of what it may be.
_NEARLY = 0.75
# Of what accompanies, so much is kept before the melody begins.
_KEPT_S = 16.0


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
class _Note:
    """A note of the phrase; its release is not known while it is held."""

    struck: Struck
    velocity: int
    onset_s: float
    release_s: float = math.inf

    @property
    def beside(self) -> bool:
        return self.struck.left

    def played(self, at_s: float) -> PlayedNote:
        """As if it were over at a moment."""
        return PlayedNote(
            self.struck.pitch, self.velocity, self.onset_s, min(self.release_s, at_s), self.struck.left
        )


class PhraseListener:
    """Collects one phrase. Feed it every event in order; `ends_at_s` says when it will be over."""

    def __init__(self, settings: PhraseSettings, listened: InputSettings = _ALL_NOTES) -> None:
        self._settings, self.listened = settings, listened
        self._parting = Parting(listened, settings.voice)
        self._told: tuple[Timed, Struck] | None = None  # the newest key, whose hand was asked for
        self._changes = 0  # of what was said of notes, as far as it is known here
        self._held: dict[tuple[int, int], _Note] = {}  # (channel, pitch) →
        self._pedals: dict[int, _Keys] = {}  # channel with its pedal down → keys it holds
        self._channels: set[int] = set()  # those that notes came on
        self._notes: list[_Note] = []
        self.begins_s: float | None = None  # the moment of the first note; None with nothing played
        self.last_release_s = 0.0  # the moment of the last release of the melody's
        self._longest_s = math.inf  # the moment at which it is as long as may be
        self._whole = False  # whether the phrase before was that long
        # What was asked for last, and how much silence that is.
        self._silence: tuple[tuple[float, ...], float] | None = None

    def set(self, settings: PhraseSettings, listened: InputSettings) -> None:
        """Other settings, for the phrase under way too."""
        self._settings, self.listened = settings, listened
        self._parting.set(listened, settings.voice)

    @property
    def empty(self) -> bool:
        """Whether nothing of a melody was played."""
        return self.begins_s is None

    @property
    def tells_hands(self) -> bool:
        """Whether a phrase that has begun may turn out to be no melody."""
        return self._parting.by_hands

    def accompanies(self, timed: Timed) -> bool:
        """Whether a key that goes down accompanies the melody, as far as is known; `receive` comes next."""
        assert isinstance(timed.event, NoteOn)
        self._told = (timed, self._parting.strike(timed.event, timed.at_s))
        return self._told[1].left

    def receive(self, timed: Timed) -> None:
        """A key struck again before it was released ends its first note; a release of nothing is ignored."""
        event, at_s = timed.event, timed.at_s
        struck: Struck | None = None
        if isinstance(event, NoteOn):
            self._channels.add(event.channel)
            if self._told is None or self._told[0] is not timed:
                if not self.listened.hears(event):
                    return
                self.accompanies(timed)
            struck, self._told = self._told[1], None  # type: ignore[index]
        else:
            self._parting.release((event.channel, event.pitch), at_s)
        key = (event.channel, event.pitch)
        pedal = self._pedal_of(event.channel) if self._pedals else None
        if pedal is not None and not isinstance(event, NoteOn):
            pedal.add(key)
            return
        if key in self._held:
            self._release(key, at_s)
        if isinstance(event, NoteOn) and struck is not None:
            if pedal is not None:
                pedal.discard(key)
            if self.begins_s is None and self._notes:
                self._forget(at_s)
            if len(self._notes) + len(self._held) >= MOST_NOTES:
                self.last_release_s = at_s  # it goes on all the same
                return
            self._held[key] = _Note(struck, event.velocity, at_s)
            if self.begins_s is None and not struck.left:
                self.begins_s = at_s
        if self._changes != self._parting.hands.changes:
            self._hear_anew()

    def _forget(self, at_s: float) -> None:
        """Before a melody begins, what accompanied it long ago says nothing."""
        self._notes = [note for note in self._notes if at_s - note.onset_s < _KEPT_S]

    def _hear_anew(self) -> None:
        """What was the melody may have turned out to accompany it, or the other way round."""
        self._changes = self._parting.hands.changes
        melody = [note for note in (*self._notes, *self._held.values()) if not note.beside]
        self.begins_s = min((note.onset_s for note in melody), default=None)
        releases = [note.release_s for note in self._notes if not note.beside]
        self.last_release_s = max(releases, default=0.0)

    def pedal(self, at_s: float, channel: int, down: bool) -> None:
        """The sustain pedal: while it is down, released keys go on sounding."""
        if down:
            self._pedals.setdefault(channel, set())
        else:
            for key in sorted(self._pedals.pop(channel, ())):
                if key in self._held:
                    self._release(key, at_s)

    def _pedal_of(self, channel: int) -> _Keys | None:
        """The keys that the pedal of a channel holds; None where no pedal is down for it.

        The pedal of a master channel that no note came on is the pedal of all channels.
        """
        masters = (master for master in _MASTERS if master not in self._channels)
        down = (self._pedals[each] for each in (channel, *masters) if each in self._pedals)
        return next(down, None)

    def _release(self, key: tuple[int, int], at_s: float) -> None:
        held = self._held.pop(key)
        held.release_s = at_s
        self._notes.append(held)
        if not held.beside:
            self.last_release_s = at_s

    def ends_at_s(self, beat_s: float) -> float | None:
        """The moment the phrase is over if nothing more is played, in seconds; None with nothing played."""
        if self.begins_s is None:
            return None
        self._longest_s = longest_s = self.begins_s + self._settings.max_beats * beat_s
        if self.holds:
            return longest_s
        return min(longest_s, self.last_release_s + self._silence_s(beat_s))

    def _silence_s(self, beat_s: float) -> float:
        """It is asked at every turn; only notes, what is said of them, a setting and the tempo change it."""
        beats = self._settings.silence_beats
        told = (self._parting.hands.changes, len(self._notes), self.last_release_s, beats, beat_s)
        if self._silence is None or self._silence[0] != told:
            self._silence = told, silence_s(self._newest(), beats, beat_s)
        return self._silence[1]

    def _newest(self) -> list[PlayedNote]:
        """The notes of the melody that were released last, in that order."""
        melody = (note for note in reversed(self._notes) if not note.beside)
        return [note.played(math.inf) for note in islice(melody, NOTES_READ)][::-1]

    @property
    def holds(self) -> bool:
        """Whether a key of the melody is down."""
        return any(not note.struck.left for note in self._held.values())

    def so_far(self, at_s: float) -> tuple[PlayedNote, ...]:
        """The notes until now, keys still down as if released at `at_s`, with those beside the melody."""
        notes = _by_onset(note.played(at_s) for note in (*self._notes, *self._held.values()))
        parts = [[note for note in notes if note.beside == beside] for beside in (False, True)]
        melody, beside = (without_ghosts(part, self.listened.min_ms) for part in parts)
        return _by_onset((*melody, *beside)) if beside else melody

    def trim(self, at_s: float, beat_s: float) -> float | None:
        """Of a phrase that is nearly as long as may be, what was played long ago is no part any more.

        Gives the moment of the first note that is left; None where nothing was taken away.
        """
        longest_s = self._settings.max_beats * beat_s
        if self.begins_s is None or at_s - self.begins_s < _NEARLY * longest_s:
            return None
        newest = [note for note in self._notes if note.onset_s >= at_s - longest_s / 2]
        melody = [note.onset_s for note in (*newest, *self._held.values()) if not note.beside]
        if not melody:
            return None
        self._notes, self.begins_s = newest, min(melody)
        return self.begins_s

    def finish(self, at_s: float) -> tuple[PlayedNote, ...]:
        """End the phrase at a moment and give its notes by onset; keys still down are cut there."""
        notes = self.so_far(at_s)
        self._whole, self._longest_s = at_s >= self._longest_s, math.inf
        self._notes, self.begins_s, self._silence = [], None, None
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
        resumed = [_note_of(note) for note in notes]
        self._notes = [*resumed, *self._notes][:MOST_NOTES]
        self._silence = None
        self.begins_s = next(note.onset_s for note in notes if not note.beside)


def _note_of(played: PlayedNote) -> _Note:
    struck = Struck(played.pitch, played.onset_s, played.release_s, played.beside)
    return _Note(struck, played.velocity, played.onset_s, played.release_s)


def _by_onset(notes: Iterable[PlayedNote]) -> tuple[PlayedNote, ...]:
    return tuple(sorted(notes, key=lambda note: (note.onset_s, note.pitch)))
