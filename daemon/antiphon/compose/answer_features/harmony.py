"""Which chords the bars of an answer suggest: the time that is spent on notes of three chords."""

from antiphon.compose.answer_features.parts import Part, once
from antiphon.compose.answer_features.sums import mean, share

# Semitones above the tonic; with thirds and sixths of major and minor.
_CHORDS = {"tonic": (0, 3, 4, 7), "dominant": (2, 5, 7, 10, 11), "subdominant": (0, 5, 8, 9)}


def measure(phrase: Part, answer: Part) -> dict[str, float]:
    found: dict[str, float] = {}
    ours, theirs = _of_bars(answer), _of_bars(phrase)
    for chord in _CHORDS:
        bars, parallel = ours[chord], theirs[chord]
        found |= {
            f"{chord}_first_bar": bars[0],
            f"{chord}_second_bar": bars[1] if len(bars) > 1 else -1.0,
            f"{chord}_before_last_bar": bars[-2] if len(bars) > 1 else -1.0,
            f"{chord}_last_bar": bars[-1],
            f"{chord}_unlike_phrase": mean(
                [abs(each - parallel[number % len(parallel)]) for number, each in enumerate(bars)]
            ),
        }
    return found | _strong(answer)


@once
def _of_bars(part: Part) -> dict[str, list[float]]:
    """For each chord and bar the share of the time of its notes that the chord's have."""
    time = [[0] * 12 for _ in part.bars]
    first = part.begin // part.bar_ticks
    for onset, duration, degree in zip(part.onsets, part.durations, part.degrees, strict=True):
        time[onset // part.bar_ticks - first][degree] += duration
    wholes = [sum(bar) for bar in time]
    return {
        name: [
            share(sum(bar[degree] for degree in degrees), whole)
            for bar, whole in zip(time, wholes, strict=True)
        ]
        for name, degrees in _CHORDS.items()
    }


def _strong(answer: Part) -> dict[str, float]:
    """Of the notes on downbeats the share that is the tonic, and in its chord."""
    strong = [
        degree
        for onset, degree in zip(answer.onsets, answer.degrees, strict=True)
        if onset % answer.bar_ticks == 0
    ]
    return {
        "strong_tonic": mean([degree == 0 for degree in strong]),
        "strong_in_tonic": mean([degree in _CHORDS["tonic"] for degree in strong]),
    }
