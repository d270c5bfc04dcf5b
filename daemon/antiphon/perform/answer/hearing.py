"""A phrase that is being heard ahead of its end, and an answer that is being planned, both in small parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from antiphon.events import PlayedNote
from antiphon.perform.answer.phrase_hearing import BarsBy
from antiphon.perform.answer.planned import Begun, HeardPhrase, PlannedAnswer
from antiphon.perform.transport import Transport
from antiphon.slices import Job, finish

Asked = tuple[Sequence[PlayedNote], Transport, bool, BarsBy]


@dataclass(slots=True)
class Hearing:
    """A phrase that is being heard ahead of its end, and then its answer begun, which composes it.

    `asked` is what the hearing depends on.
    """

    asked: Asked
    job: Job[HeardPhrase]
    begin: Callable[[HeardPhrase], Begun | None]
    begun: Begun | None = None
    done: bool = False

    def go_on(self) -> None:
        """Do one part."""
        if not self.job.done:
            self.job.go_on()
        elif self.begun is None:
            self.begun = self.begin(finish(self.job.rest()))
            self.done = self.begun is None
        else:
            self.begun.candidates.go_on()
            self.done = self.begun.candidates.done


@dataclass(frozen=True, slots=True)
class Planning:
    """The answer to a phrase that was over at a moment is being planned."""

    phrase: tuple[PlayedNote, ...]
    over_s: float
    job: Job[PlannedAnswer]
    again: bool = False
