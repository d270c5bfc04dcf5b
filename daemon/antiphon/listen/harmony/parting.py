"""Which of the notes that arrive accompany the melody: by hands, by a split, or by channel. Pure."""

from antiphon.events import NoteOn
from antiphon.listen.harmony.hands import Hands, Struck
from antiphon.listen.heard import HANDS, InputSettings
from antiphon.listen.quantise import ChordNote

_Key = tuple[int, int]


class Parting:
    """Feed it every key in order. What it says of a note may change as more is heard: see `Struck.left`."""

    def __init__(self, listened: InputSettings, voice: ChordNote) -> None:
        self.hands, self._down = Hands(), dict[_Key, Struck]()
        self.set(listened, voice)

    def set(self, listened: InputSettings, voice: ChordNote) -> None:
        """Other settings, from the next note on. With `voice` "lowest" no left hand is heard."""
        self._listened = listened
        # Hands are told apart: what was said of a note may change.
        self.by_hands = listened.split == HANDS and voice != "lowest"

    def strike(self, event: NoteOn, at_s: float) -> Struck:
        """A key goes down."""
        key = (event.channel, event.pitch)
        if key in self._down:
            self.release(key, at_s)
        if self._listened.chord_channel == event.channel + 1:
            note = Struck(event.pitch, at_s, left=True)
        elif self.by_hands:
            note = self.hands.strike(event.pitch, at_s)
        else:
            split = self._listened.split
            note = Struck(event.pitch, at_s, left=isinstance(split, int) and event.pitch < split)
        self._down[key] = note
        return note

    def release(self, key: _Key, at_s: float) -> None:
        """A key (channel, pitch) comes up, if it was down."""
        if (note := self._down.pop(key, None)) is not None:
            self.hands.release(note, at_s)
