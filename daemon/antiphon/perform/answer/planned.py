"""What is known of a phrase that was heard, and of an answer that is planned."""

from dataclasses import dataclass

from antiphon.compose.side_by_side.candidates import Candidates
from antiphon.events import PlayedNote
from antiphon.listen.feel import Feel, HeardFeel
from antiphon.perform.answer.answer import Answer
from antiphon.perform.answer.bar_hearing import HeardBars
from antiphon.perform.answer.composer import AnswerPlace, HowComposed
from antiphon.perform.answer_reports import ChordsHeard, Heard


@dataclass(frozen=True, slots=True)
class PlannedAnswer:
    """An answer that is planned, the phrase as it was played, and what is reported of it once it counts.

    `chords` are those of the phrase; None where none were played with it.
    """

    answer: Answer
    phrase: tuple[PlayedNote, ...]
    bars: HeardBars
    feel: Feel
    heard: Heard
    place: AnswerPlace
    how: HowComposed
    chords: ChordsHeard | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """Candidates for an answer that were begun before its phrase was over, and what they depend on."""

    place: AnswerPlace
    how: HowComposed
    candidates: Candidates

    def fits(self, place: AnswerPlace, how: HowComposed) -> bool:
        """Whether they are those of an answer."""
        there = (self.place.shift, self.place.start, self.place.end, self.place.number)
        return there == (place.shift, place.start, place.end, place.number) and self.how == how


@dataclass(frozen=True, slots=True)
class HeardPhrase:
    """What a phrase says. The model has heard it up to a step of its grid, so many semitones higher."""

    bars: HeardBars
    feel: HeardFeel
    until_steps: int
    shift: int
