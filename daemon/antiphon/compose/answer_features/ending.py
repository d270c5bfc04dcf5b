"""How an answer ends: its last notes, their degrees, places and lengths."""

from antiphon.compose.answer_features.parts import QUARTER, Part, intervals
from antiphon.compose.answer_features.sums import share

_NOTHING = -1.0


def measure(phrase: Part, answer: Part) -> dict[str, float]:
    return _degrees(answer) | _last(phrase, answer) | _last_bar(answer)


def _degrees(answer: Part) -> dict[str, float]:
    last, before, third = ([_NOTHING] * 3 + [float(d) for d in answer.degrees])[:-4:-1]
    moves = [0, 0, *intervals(answer)]
    return {
        "last_degree": last,
        "last_is_tonic": float(last == 0),
        "last_is_dominant": float(last in (2, 7, 11)),
        "degree_before_last": before,
        "leads_to_last": float(before in (2, 10, 11)),
        "third_last_degree": third,
        "closing_move": float(moves[-1]),
        "closing_size": float(abs(moves[-1])),
        "closing_step": float(0 < abs(moves[-1]) <= 2),
        "closing_repeats": float(len(answer.pitches) > 1 and moves[-1] == 0),
        "move_before": float(moves[-2]),
        "closes_on_tonic": float(last == 0 and before in (2, 10, 11)),
    }


def _last(phrase: Part, answer: Part) -> dict[str, float]:
    if not answer.onsets:
        return dict.fromkeys(_LAST, _NOTHING)
    onset, length = answer.onsets[-1], answer.durations[-1]
    before = answer.durations[-2] if len(answer.durations) > 1 else length
    place = onset % answer.bar_ticks
    values = (
        place / QUARTER,
        place == 0,
        2 * place == answer.bar_ticks,
        length / QUARTER,
        share(length, before),
        share(length * len(answer.durations), sum(answer.durations)),
        (answer.end - onset) / answer.bar_ticks,
        answer.silences[-1] / QUARTER,
        bool(phrase.pitches) and phrase.pitches[-1] == answer.pitches[-1],
        answer.pitches[-1] - min(answer.pitches),
        max(answer.pitches) - answer.pitches[-1],
    )
    return dict(zip(_LAST, map(float, values), strict=True))


_LAST = (
    "last_place",
    "last_on_downbeat",
    "last_in_middle",
    "last_quarters",
    "last_beside_before",
    "last_beside_mean",
    "last_bars_to_end",
    "silent_end",
    "ends_as_phrase",
    "last_above_bottom",
    "last_below_top",
)


def _last_bar(answer: Part) -> dict[str, float]:
    in_last = answer.bars[-1].rhythm
    late = [place for place in in_last if place >= answer.bar_ticks - answer.beat_ticks]
    lengths = answer.durations[len(answer.durations) - len(in_last) :]
    return {
        "notes_in_last_bar": float(len(in_last)),
        "notes_in_last_beat": float(len(late)),
        "notes_before_last_bar": float(len(answer.bars[-2].rhythm)) if len(answer.bars) > 1 else _NOTHING,
        "longest_in_last_bar": max(lengths, default=0) / QUARTER,
        "after_longest": float(len(lengths) - 1 - lengths.index(max(lengths))) if lengths else _NOTHING,
    }
