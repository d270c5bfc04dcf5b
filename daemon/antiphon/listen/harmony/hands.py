"""Which notes are the left hand's: two running centres, once a player has shown to play with two hands. Pure.

Each note is told at once, as well as can be; what comes within a chord's time, or the first sure signs of a
second hand, may tell it otherwise. A player of single notes, of octaves, of thirds and sixths has one hand.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from antiphon.events import HIGHEST_PITCH
from antiphon.listen.quantise import CHORD_S

# Two hands are there once notes of two chords or notes in so many seconds lay so many semitones from one
# that went on sounding for so long. They are there until the left one has been silent for as many seconds.
_WITHIN_S, _APART, _SOUNDS_ON_S = 4.0, 5, 0.08
# … or until a note that was no slip, in seconds, had ended.
_SHORTEST_S = 0.03
# Two notes within one hand's reach are no sign, three are a chord; nor are octaves that two hands play.
_CHORD_NOTES, _UNISON = 3, (24, 36)
# Where the hands lie as a rule, and how far apart they are at least, in semitones.
_LEFT, _RIGHT, _LEAST_APART = 48.0, 72.0, 12.0
# How much of its way a centre moves with each chord or note; a hand's widest reach, and what going beyond it
# costs, as what crossing the other hand costs (squared semitones).
_MOVES, _REACH, _FAR, _CROSSED = 0.15, 14, 400.0, 250.0
# The melody must not be missed: to be told the left hand's, a note must be so much nearer to it.
_RATHER_RIGHT = 30.0
# A right hand plays one note at a time as a rule: what each further one costs, and for either hand to strike
# while it holds a note (or two). How much the centre counts beside the notes that a hand played last.
_SECOND, _BUSY, _BY_CENTRE, _LATELY = 150.0, 80.0, 0.5, 8
_CLOSE = 40.0
# Two hands play and hold no more notes at once; of so many chords and notes the hands may be told anew.
_MOST_NOTES, _MOST_GROUPS = 24, 64


@dataclass(slots=True, eq=False)
class Struck:
    """A key that was struck; `left`: it is the left hand's, as far as is known."""

    pitch: int
    onset_s: float
    released_s: float | None = None
    left: bool = False

    def sounds_at(self, at_s: float) -> bool:
        return self.released_s is None or self.released_s > at_s


@dataclass(slots=True)
class _Centres:
    left: float = _LEFT
    right: float = _RIGHT

    def move(self, group: Sequence[Struck]) -> None:
        """Towards the notes of a chord."""
        for left in (True, False):
            pitches = [note.pitch for note in group if note.left == left]
            if not pitches:
                continue
            if left:
                self.left += _MOVES * (_mean(pitches) - self.left)
                self.right = max(self.right, self.left + _LEAST_APART)
            else:
                self.right += _MOVES * (_mean(pitches) - self.right)
                self.left = min(self.left, self.right - _LEAST_APART)


@dataclass(slots=True)
class Hands:
    """Feed it every key in order; the notes that it gives know their hand, then and later."""

    _down: list[Struck] = field(default_factory=list)
    _group: list[Struck] = field(default_factory=list)  # struck together
    # Groups that opening tells anew.
    _since: deque[list[Struck]] = field(default_factory=lambda: deque(maxlen=_MOST_GROUPS))
    _unsure: list[tuple[Struck, list[Struck]]] = field(default_factory=list)  # with what sounded before
    _signs: deque[tuple[float, set[int]]] = field(default_factory=deque)  # moments, and what sounded
    _centres: _Centres = field(default_factory=_Centres)
    _left_s: float = float("-inf")  # when the left hand sounded last
    _lately: tuple[deque[int], deque[int]] = field(
        default_factory=lambda: (deque(maxlen=_LATELY), deque(maxlen=_LATELY))
    )  # the last pitches of the right and of the left hand
    two: bool = False
    changes: int = 0  # how often a note has been told anew

    def strike(self, pitch: int, at_s: float) -> Struck:
        """A key goes down."""
        if self._unsure:
            self._confirm(at_s)
        if self.two:
            self._leave(at_s)
        note = Struck(pitch, at_s)
        if not self._group or at_s - self._group[0].onset_s >= CHORD_S:
            self._begin_group(at_s)
        self._group.append(note)
        if self._down and len(self._unsure) < _MOST_NOTES:
            self._unsure.append((note, self._down[-_MOST_NOTES:]))
        self._down.append(note)
        if len(self._down) > _MOST_NOTES:
            self._close()
        elif self.two:
            self._tell(self._group, self._down)
        return note

    def release(self, note: Struck, at_s: float) -> None:
        """A key that was struck comes up."""
        note.released_s = at_s
        if self._unsure:
            self._confirm(at_s)
        if note in self._down:
            self._down.remove(note)
        if note.left:
            self._left_s = at_s

    def _begin_group(self, at_s: float) -> None:
        if self.two:
            self._learn(self._group)
        self._group = []
        self._since.append(self._group)
        while len(self._since) > 1 and self._since[0] and at_s - self._since[0][0].onset_s > _WITHIN_S:
            self._since.popleft()

    def _leave(self, at_s: float) -> None:
        """Where the left hand has not been heard for long, there may be only one again."""
        if not any(note.left for note in self._down) and at_s - self._left_s > _WITHIN_S:
            self._close()

    def _close(self) -> None:
        """There are no two hands any more, or never were: what is still held is the melody's."""
        self.two = False
        self._signs.clear()
        self._centres = _Centres()
        for lately in self._lately:
            lately.clear()
        for note in self._down:
            self.changes += note.left
            note.left = False

    def _confirm(self, now_s: float) -> None:
        """Signs of two hands: notes that others went on sounding beside."""
        unsure = []
        for note, others in self._unsure:
            until_s = note.onset_s + _SOUNDS_ON_S
            if note.released_s is not None:
                until_s = min(until_s, note.released_s)
            if now_s < until_s or (now_s == note.onset_s):
                unsure.append((note, others))
                continue
            beside = [other for other in others if other.sounds_at(until_s)]
            apart = any(abs(other.pitch - note.pitch) >= _APART for other in beside)
            if apart and until_s - note.onset_s >= _SHORTEST_S and not self._in_unison(note, beside):
                self._sign([note, *beside])
        self._unsure = unsure

    def _in_unison(self, note: Struck, others: Sequence[Struck]) -> bool:
        if len(others) > 1 or abs(note.onset_s - others[0].onset_s) >= CHORD_S:
            return False
        return abs(note.pitch - others[0].pitch) in _UNISON

    def _sign(self, notes: Sequence[Struck]) -> None:
        at_s, pitches = notes[0].onset_s, {note.pitch for note in notes}
        if self._signs and at_s - self._signs[-1][0] < CHORD_S:
            pitches |= self._signs.pop()[1]
        self._signs.append((at_s, pitches))
        while at_s - self._signs[0][0] > _WITHIN_S:
            self._signs.popleft()
        sure = sum(len(one) >= _CHORD_NOTES or max(one) - min(one) > _REACH for _, one in self._signs)
        if not self.two and sure > 1 and len(self._down) <= _MOST_NOTES:
            self._open()

    def _open(self) -> None:
        """There are two hands: what was played lately is told anew."""
        self.two = True
        self._centres = self._first_centres()
        known = list({id(note): note for group in (*self._since, self._down) for note in group}.values())
        for group in self._since:
            self._tell(group, known)
            if group is not self._group:
                self._learn(group)

    def _learn(self, group: Sequence[Struck]) -> None:
        self._centres.move(group)
        for note in group:
            self._lately[note.left].append(note.pitch)

    def _first_centres(self) -> _Centres:
        """Of notes that sounded together, those on both sides of the largest gap; one hand's chords alone are
        where that hand lies."""
        signs = [sorted(pitches) for _, pitches in self._signs]
        wide = [pitches for pitches in signs if pitches[-1] - pitches[0] > _REACH]
        if wide:
            parts = [_parted(pitches) for pitches in wide]
            return _Centres(*(_mean([_mean(part[side]) for part in parts]) for side in (0, 1)))
        middle = _mean([_mean(pitches) for pitches in signs])
        if middle < (_LEFT + _RIGHT) / 2:
            return _Centres(middle, max(_RIGHT, middle + _LEAST_APART))
        return _Centres(min(_LEFT, middle - _LEAST_APART), middle)

    def _tell(self, group: Sequence[Struck], known: Sequence[Struck]) -> None:
        """Divide notes struck together between the hands, at the least cost; `known` may have sounded."""
        if not 0 < len(group) <= _MOST_NOTES:
            return  # no hands play so many
        ordered, at_s = sorted(group, key=lambda note: note.pitch), group[0].onset_s
        held = [note for note in known if note.onset_s < at_s and note.sounds_at(at_s)][-_MOST_NOTES:]
        from_left = [self._distance(note.pitch, self._centres.left, True) for note in ordered]
        from_right = [self._distance(note.pitch, self._centres.right, False) for note in ordered]
        best = min(
            range(len(ordered) + 1),
            key=lambda number: (
                _cost(ordered[:number], ordered[number:], held)
                + sum(from_left[:number])
                + sum(from_right[number:])
            ),
        )
        for number, note in enumerate(ordered):
            self.changes += note.left != (number < best)
            note.left = number < best
            if note.left:
                self._left_s = max(self._left_s, note.onset_s)

    def _distance(self, pitch: int, centre: float, left: bool) -> float:
        """How far a note is from a hand: from its centre and from what it played last, squared."""
        lately = self._lately[left]
        if not lately:
            return (pitch - centre) ** 2
        nearest = min(abs(pitch - one) for one in lately)
        return _BY_CENTRE * (pitch - centre) ** 2 + (1 - _BY_CENTRE) * nearest**2


def _cost(left: Sequence[Struck], right: Sequence[Struck], held: Sequence[Struck]) -> float:
    """How unlikely it is that two hands which hold notes strike these, wherever the hands lie."""
    held_left, held_right = (
        [note.pitch for note in held if note.left == is_left] for is_left in (True, False)
    )
    lefts, rights = [note.pitch for note in left], [note.pitch for note in right]
    cost = _RATHER_RIGHT * len(left) + _SECOND * max(0, len(right) - 1)
    if left and right and right[0].pitch - left[-1].pitch < _APART:
        cost += _CLOSE
    for struck, own in ((lefts, held_left), (rights, held_right)):
        if struck:
            cost += _FAR * (max(struck + own) - min(struck + own) > _REACH) + _BUSY * min(2, len(own))
    highest_left, lowest_right = max(held_left, default=-1), min(held_right, default=HIGHEST_PITCH + 1)
    return cost + _CROSSED * (
        sum(pitch < highest_left for pitch in rights) + sum(pitch > lowest_right for pitch in lefts)
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _parted(pitches: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    """Ascending pitches on both sides of their largest gap."""
    at = max(range(1, len(pitches)), key=lambda n: pitches[n] - pitches[n - 1])
    return pitches[:at], pitches[at:]
