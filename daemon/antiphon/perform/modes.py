"""The ways of playing together, in one table, and the states one can be in."""

from collections.abc import Sequence
from dataclasses import dataclass

from antiphon.events import GridNote
from antiphon.perform.settings import AnswerSettings, ModeName
from antiphon.perform.transport import Transport


@dataclass(frozen=True, slots=True)
class Mode:
    """How a way of playing together differs from the others.

    ends_at_bar   the phrase ends at a bar line, not in silence
    endless       the answer goes on until the player comes in
    least_bars   the length of both where the settings leave it open; 0: the answer is as long as the phrase
    accompanies  there is no answer: chords that are guessed go with the phrase
    """

    ends_at_bar: bool
    endless: bool
    least_bars: int
    accompanies: bool = False


MODES: dict[ModeName, Mode] = {
    "answer": Mode(ends_at_bar=False, endless=False, least_bars=0),
    "continue": Mode(ends_at_bar=False, endless=True, least_bars=0),
    "trade": Mode(ends_at_bar=True, endless=False, least_bars=2),
    "accompany": Mode(ends_at_bar=False, endless=False, least_bars=0, accompanies=True),
}


def place_answer(
    phrase: Sequence[GridNote],
    at_s: float,
    transport: Transport,
    settings: AnswerSettings,
    latency_s: float = 0.0,
) -> tuple[int, int | None]:
    """The first step of the answer to a phrase that was over at a moment, and the one after its last, if any.

    Steps of the transport's grid, on which the phrase lies. What is sent sounds `latency_s` later: an answer
    that begins "now" begins where it can sound, any other on its beat or bar line all the same.
    """
    mode, begun, ended = MODES[settings.mode], phrase[0].onset_steps, phrase[-1].end_steps
    boundary = "bar" if mode.ends_at_bar else settings.start
    soonest_s = at_s + latency_s if boundary == "now" else at_s
    start = transport.next_start(max(ended, transport.grid.steps_at(soonest_s)), boundary)
    if mode.endless:
        return start, None
    bars = settings.bars or mode.least_bars
    return start, start + (bars * transport.bar_steps if bars else transport.whole_bars(begun, ended))
