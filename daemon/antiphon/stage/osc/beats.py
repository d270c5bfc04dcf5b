"""The beats of a performance: when the next one is, and what it is called. Pure."""

from dataclasses import dataclass

from antiphon.stage.performance_state import PerformanceState

# A beat that was just told is not the next one, however its moment was rounded.
_PAST_S = 1e-4


@dataclass(frozen=True, slots=True)
class Beat:
    """`bar` and `beat` are counted from 1; during a count-in, bars are below it. `at_s` on our clock."""

    at_s: float
    bar: int
    beat: int


def next_beat(state: PerformanceState, after_s: float) -> Beat | None:
    """The first beat after a moment, by the meter's lower number; None while no bars go by."""
    if not state.counting or state.session == "waiting":
        return None
    grid, meter, bar_steps = state.grid, state.meter, state.steps_per_bar
    beat_steps = grid.steps_of_beats(4 / meter.denominator)
    bar, within = divmod(grid.steps_at(after_s + _PAST_S) - state.ahead_steps, bar_steps)
    beat = int(within / beat_steps) + 1
    if beat >= meter.numerator:
        bar, beat = bar + 1, 0
    at_s = grid.time_s(state.ahead_steps + bar * bar_steps + beat * beat_steps)
    return Beat(at_s, int(bar) + 1, beat + 1)
