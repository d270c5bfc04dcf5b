"""What is known of a phrase that was heard, and of an answer that is planned."""

from dataclasses import dataclass

from antiphon.compose.side_by_side.candidates import Candidates
from antiphon.events import PlayedNote
from antiphon.listen.feel import Feel, HeardFeel
from antiphon.perform.answer.answer import Answer
from antiphon.perform.answer.bar_hearing import HeardBars
from antiphon.perform.answer.chord_plans import LeftChord
from antiphon.perform.answer.composer import AnswerPlace, HowComposed
from antiphon.perform.answer_reports import ChordsHeard, Heard


@dataclass(frozen=True, slots=True)
class PlannedAnswer:
    """An answer that is planned, the phrase as it was played, and what is reported of it once it counts.

    `chords` are those of the phrase; None where none were played with it. `left` are those that the left hand
    plays during the answer, as far as they are not the planned ones.
    """

    answer: Answer
    phrase: tuple[PlayedNote, ...]
    bars: HeardBars
    feel: Feel
    heard: Heard
    place: AnswerPlace
    how: HowComposed
    chords: ChordsHeard | None = None
    left: tuple[LeftChord, ...] = ()


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


def heard_report(bars: HeardBars, at_s: float, start: int, end: int | None) -> Heard:
    """What is reported of a phrase that was over at a moment, and of its answer's place."""
    phrase, length = bars.transcription, None if end is None else end - start
    grid, meter = phrase.transport.grid, phrase.transport.meter
    sure, key_sure = bars.sure, phrase.tracker.sure
    return Heard(at_s, phrase.notes, phrase.key, grid, start, length, meter, phrase.swing, sure, key_sure)
