"""What is known before an answer is composed: the frame, and the phrase alone."""

from antiphon.compose.answer_features.parts import QUARTER, AnswerFrame, Part
from antiphon.compose.answer_features.sums import share


def measure(call: Part, frame: AnswerFrame) -> dict[str, float]:
    bars = call.bars
    last = call.degrees[-1] if call.degrees else -1
    return {
        "bar_quarters": frame.bar_ticks / QUARTER,
        "beats_in_bar": frame.bar_ticks / frame.beat_ticks,
        "answer_bars": (frame.ticks(frame.end) - frame.ticks(frame.start)) / frame.bar_ticks,
        "closes": float(frame.closes),
        "minor": float(frame.mode == "minor"),
        "call_bars": float(len(bars)),
        "call_density": len(call.onsets) * QUARTER / call.length,
        "call_rests": share(sum(call.silences), call.length),
        "call_short": share(sum(d < QUARTER for d in call.durations), len(call.durations)),
        "call_rhythms": share(len({bar.rhythm for bar in bars}), len(bars)),
        "call_figures": share(len({bar.figure for bar in bars}), len(bars)),
        "call_last_degree": float(last),
        "call_last_quarters": call.durations[-1] / QUARTER if call.durations else 0.0,
        "call_silent_end": call.silences[-1] / QUARTER,
    }
