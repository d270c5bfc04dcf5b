"""The chords that an answer is planned over. Pure."""

from dataclasses import dataclass

from antiphon.harmony.chord import Chord
from antiphon.harmony.progression import Progression


@dataclass(frozen=True, slots=True)
class ChordPlan:
    """Chords by quarters from a bar line of the session; `loops`: after their end they begin again."""

    progression: Progression
    loops: bool = False

    def at(self, quarter: float) -> Chord | None:
        """The chord that holds there; None where none is planned."""
        return self.progression.at(self._within(quarter))

    def after(self, quarter: float) -> Chord | None:
        """The next chord that is another one; None where none follows."""
        chords, here, within = self.progression.chords, self.at(quarter), self._within(quarter)
        later = [chord for begins, chord in chords if begins > within and chord != here]
        if later or not self.loops:
            return later[0] if later else None
        return next((chord for _, chord in chords if chord != here), None)

    def transposed(self, semitones: int) -> "ChordPlan":
        """The same in another key."""
        moved = tuple((at, chord.transposed(semitones)) for at, chord in self.progression.chords)
        return ChordPlan(Progression(moved, self.progression.ends), self.loops)

    def later(self, quarters: float) -> "ChordPlan":
        """The same, so many quarters later."""
        return ChordPlan(self.progression.moved(quarters), self.loops) if quarters else self

    def _within(self, quarter: float) -> float:
        chords, ends = self.progression.chords, self.progression.ends
        if not self.loops or not chords or quarter < ends:
            return quarter
        begins = chords[0][0]
        return begins + (quarter - begins) % (ends - begins)
