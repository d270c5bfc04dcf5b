"""What is known before an answer is composed: the frame, and the phrase alone."""

from antiphon.compose.answer_features.parts import QUARTER, AnswerFrame, Part
from antiphon.compose.answer_features.sums import share


def measure(phrase: Part, frame: AnswerFrame) -> dict[str, float]:
    bars = phrase.bars
    last = phrase.degrees[-1] if phrase.degrees else -1
    return {
        "bar_quarters": frame.bar_ticks / QUARTER,
        "beats_in_bar": frame.bar_ticks / frame.beat_ticks,
        "answer_bars": (frame.ticks(frame.end) - frame.ticks(frame.start)) / frame.bar_ticks,
        "closes": float(frame.closes),
        "minor": float(frame.mode == "minor"),
        "phrase_bars": float(len(bars)),
        "phrase_density": len(phrase.onsets) * QUARTER / phrase.length,
        "phrase_rests": share(sum(phrase.silences), phrase.length),
        "phrase_short": share(sum(d < QUARTER for d in phrase.durations), len(phrase.durations)),
        "phrase_rhythms": share(len({bar.rhythm for bar in bars}), len(bars)),
        "phrase_figures": share(len({bar.figure for bar in bars}), len(bars)),
        "phrase_last_degree": float(last),
        "phrase_last_quarters": phrase.durations[-1] / QUARTER if phrase.durations else 0.0,
        "phrase_silent_end": phrase.silences[-1] / QUARTER,
    }
