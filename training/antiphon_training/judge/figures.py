"""What is counted of a set of answers, a number a row, alike for answers and for songs. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from antiphon.listen.key import Mode
from antiphon_training.judge import endings
from antiphon_training.judge.answers import JudgedAnswer
from antiphon_training.judge.continuation import continued
from antiphon_training.judge.copying import Copied
from antiphon_training.judge.distributions import ranges, rest_steps
from antiphon_training.judge.repetition import LAGS, Share, repeated_bars, repeated_runs

# Semitones above the tonic. Minor: natural, harmonic and melodic together.
SCALES: Mapping[Mode, frozenset[int]] = {
    "major": frozenset({0, 2, 4, 5, 7, 9, 11}),
    "minor": frozenset({0, 2, 3, 5, 7, 8, 9, 10, 11}),
}
TRIADS: Mapping[Mode, frozenset[int]] = {"major": frozenset({0, 4, 7}), "minor": frozenset({0, 3, 7})}
MANY_NOTES, MANY_BARS = 16, 2


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer and what of it a training song has."""

    answer: JudgedAnswer
    copied: Copied


def pooled(parts: Sequence[Share]) -> float | None:
    """So many of so many, all together; None where there is nothing to count."""
    total = sum(of for _, of in parts)
    return sum(part for part, _ in parts) / total if total else None


def mean(parts: Sequence[Share]) -> float | None:
    """The mean of the shares, each answer counting alike."""
    return sum(part / of for part, of in parts) / len(parts) if parts else None


def largest(parts: Sequence[Share]) -> float | None:
    return max((part / of for part, of in parts), default=None)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: its name in files, what a table calls it, how it is written, what counts of each answer.

    `count` gives so many of so many, None for an answer that does not count; `join` makes them one number.
    """

    name: str
    label: str
    form: str
    count: Callable[[Judged], Share | None]
    join: Callable[[Sequence[Share]], float | None] = pooled
    in_table: bool = True


def semitones(judged: Judged) -> Share:
    return sum(ranges(judged.answer)), 1


def silent(judged: Judged) -> Share:
    return rest_steps(judged.answer), len(judged.answer.stream)


def notes_in_16_steps(judged: Judged) -> Share:
    return 4 * judged.answer.opening.steps_per_quarter * len(judged.answer.notes), len(judged.answer.stream)


def runs_again(judged: Judged) -> Share:
    return repeated_runs(judged.answer)


def bars_again(lag: int) -> Callable[[Judged], Share]:
    return lambda judged: repeated_bars(judged.answer, lag)


def degrees(answer: JudgedAnswer) -> list[int]:
    """Semitones of each note above the tonic, 0–11."""
    return [(note.pitch - answer.opening.tonic) % 12 for note in answer.notes]


def off_scale(judged: Judged) -> Share:
    """Notes outside C major, or outside every form of A minor."""
    heard, scale = degrees(judged.answer), SCALES[judged.answer.opening.key.mode]
    return sum(degree not in scale for degree in heard), len(heard)


def on_the_tonic(judged: Judged) -> Share:
    """Steps of the notes that are on the tonic, of those of all notes."""
    notes = judged.answer.notes
    lengths = [note.duration_steps for note in notes]
    on = [degree == 0 for degree in degrees(judged.answer)]
    return sum(length for length, tonic in zip(lengths, on, strict=True) if tonic), sum(lengths)


def ends_on_tonic(judged: Judged) -> Share:
    return int(degrees(judged.answer)[-1:] == [0]), 1


def ends_on_chord(judged: Judged) -> Share:
    """Whether the last note is of the tonic's triad."""
    return int(not TRIADS[judged.answer.opening.key.mode].isdisjoint(degrees(judged.answer)[-1:])), 1


def where_the_song_ends(count: Callable[[Judged], Share]) -> Callable[[Judged], Share | None]:
    return lambda judged: count(judged) if judged.answer.opening.ends_song else None


def of_answer(count: Callable[[JudgedAnswer], Share]) -> Callable[[Judged], Share]:
    """Where only the answer counts."""
    return lambda judged: count(judged.answer)


def song_end(name: str, label: str, count: Callable[[JudgedAnswer], Share]) -> "Row":
    return Row(f"song_{name}", f"… {label}, where songs end", ".1%", where_the_song_ends(of_answer(count)))


def copied_notes(judged: Judged) -> Share:
    return judged.copied.notes, 1


def copies_many_notes(judged: Judged) -> Share:
    return int(judged.copied.notes >= MANY_NOTES), 1


def copies_many_bars(judged: Judged) -> Share:
    return int(judged.copied.steps > MANY_BARS * judged.answer.opening.bar_steps), 1


TABLE_LAGS = (1, 2, 4, 8)
ROWS = (
    Row("range", "range in semitones", ".1f", semitones),
    Row("rests", "steps that rest", ".1%", silent),
    Row("notes_in_16_steps", "notes in 16 sixteenths", ".2f", notes_in_16_steps),
    Row("self_repetition", "self-repetition (8 intervals)", ".3f", runs_again),
    *(
        Row(
            f"bars_again_{lag}",
            f"bars like the one {lag} before",
            ".3f",
            bars_again(lag),
            pooled,
            lag in TABLE_LAGS,
        )
        for lag in LAGS
    ),
    Row("ends_on_tonic", "ends on the tonic", ".1%", ends_on_tonic),
    Row("ends_on_chord", "ends on a note of its chord", ".1%", ends_on_chord),
    Row("song_ends_on_tonic", "… the tonic, where songs end", ".1%", where_the_song_ends(ends_on_tonic)),
    Row("song_ends_on_chord", "… its chord, where songs end", ".1%", where_the_song_ends(ends_on_chord)),
    song_end("leads", "the 2nd or 7th degree before it", endings.leads),
    song_end("ends_by_step", "by step", endings.ends_by_step),
    song_end("ends_by_repeating", "only repeats the note before", endings.ends_by_repeating),
    song_end("ends_on_downbeat", "on the bar line", endings.ends_on_downbeat),
    # In files its name is that of an older design, in which a phrase was a call.
    Row("restates_the_call", "first bar is the phrase's", ".1%", of_answer(endings.restates_the_phrase)),
    Row("parallel_rhythms", "bars in the phrase's rhythm there", ".1%", of_answer(endings.parallel_rhythms)),
    Row("continuation_f1", "continuation F1 of 10 quarters", ".3f", of_answer(continued), mean),
    Row("on_the_tonic", "time on the tonic", ".1%", on_the_tonic),
    Row("off_scale", "notes off the scale", ".2%", off_scale),
    Row("copied_notes", "notes copied in a row: mean", ".1f", copied_notes),
    Row("most_copied_notes", "… at most", ".0f", copied_notes, largest),
    Row("copies_16_notes", "… 16 or more", ".1%", copies_many_notes),
    Row("copies_over_2_bars", "… more than 2 bars", ".1%", copies_many_bars),
)


def figures(judged: Sequence[Judged]) -> dict[str, float | None]:
    """Every row's figure, by its name."""
    counts = {row.name: [row.count(each) for each in judged] for row in ROWS}
    return {row.name: row.join([part for part in counts[row.name] if part is not None]) for row in ROWS}
