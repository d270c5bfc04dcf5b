"""Whether what Ardour recorded lies on its grid."""

from collections.abc import Sequence

from phrases import BAR, beginnings, phrases
from player import Note

SIXTEENTHS = 4
# An answer may begin where its phrase has just ended and must be over before the next one.
PHRASE_BARS, ROUND_BARS = 2, 5
# For so long after the server lost time, notes are judged apart: they were handed to it before, or what leads
# is being found again. They may be off by more, but not by any amount, and at most half may be among them.
# (It is a few cycles until the loss is seen.)
SETTLED_S, SEEN_S, DISTURBED_MS = 1.0, 0.05, 40.0


class Judge:
    """Prints a line for each check; `wrong` counts those that failed."""

    def __init__(self, bpm: float, tolerance_ms: float, trouble: Sequence[float] = ()) -> None:
        """`trouble`: the beats at which the server did not keep time, as somebody else measured it."""
        self._beat_ms = 60_000 / bpm
        self._tolerance_ms = tolerance_ms
        self._trouble = trouble
        self.wrong = 0
        self.checks = 0

    def check(self, passed: bool, what: str) -> None:
        self.checks += 1
        self.wrong += not passed
        print(f"{'PASS' if passed else 'FAIL'}  {what}", flush=True)

    def phrases(self, heard: list[Note]) -> None:
        played = [note for phrase in phrases() for note in phrase]
        right = [note.pitch for note in played] == [note.pitch for note in heard]
        self.check(right, f"Phrase: {len(played)} notes played, {len(heard)} recorded, same pitches: {right}")
        late = [(at.beat - note.beat) * self._beat_ms for note, at in zip(played, heard, strict=False)]
        self._within("Phrase: from where each was played", late, "notes")

    def answers(self, heard: list[Note]) -> None:
        late = [(n.beat - round(n.beat * SIXTEENTHS) / SIXTEENTHS) * self._beat_ms for n in heard]
        apart = [self._disturbed(n) for n in heard]
        quiet = [ms for ms, disturbed in zip(late, apart, strict=True) if not disturbed]
        self._within("Answer: from the nearest sixteenth", quiet, "notes while the server kept time")
        if any(apart):
            rest = [ms for ms, disturbed in zip(late, apart, strict=True) if disturbed]
            few = len(rest) <= len(quiet)
            self.check(
                few and max(map(abs, rest)) <= DISTURBED_MS,
                f"Answer: {len(rest)} notes within {SETTLED_S:g} s after it lost time, {min(rest):+.2f} to "
                f"{max(rest):+.2f} ms (wanted: within {DISTURBED_MS:g}, and of all notes at most half)",
            )
        for number, begin in enumerate(beginnings(), 1):
            # half a sixteenth of grace, so that a note on the bar line that came early is not lost
            from_beat, to_beat = begin + 0.125, begin + ROUND_BARS * BAR - 0.125
            self._answer(number, begin, [n for n in heard if from_beat <= n.beat < to_beat])

    def _disturbed(self, note: Note) -> bool:
        """Whether the server lost time shortly before it."""
        first, last = (note.beat + s * 1000 / self._beat_ms for s in (-SETTLED_S, SEEN_S))
        return any(first < beat <= last for beat in self._trouble)

    def _answer(self, number: int, begin: int, answer: list[Note]) -> None:
        if not answer:
            self.check(False, f"Answer {number}: none")
            return
        bar = begin / BAR + PHRASE_BARS
        late = (answer[0].beat - bar * BAR) * self._beat_ms
        disturbed = self._disturbed(answer[0])
        self.check(
            abs(late) <= (DISTURBED_MS if disturbed else self._tolerance_ms),
            f"Answer {number}: {len(answer)} notes, the first {late:+.2f} ms from bar line {bar + 1:g}"
            + (", just after the server lost time" if disturbed else ""),
        )

    def _within(self, what: str, late_ms: list[float], which: str) -> None:
        if not late_ms:
            self.check(False, f"{what}: no notes")
            return
        middle = sorted(late_ms)[len(late_ms) // 2]
        self.check(
            max(map(abs, late_ms)) <= self._tolerance_ms,
            f"{what}: {len(late_ms)} {which}, {min(late_ms):+.2f} to {max(late_ms):+.2f} ms, "
            f"middle {middle:+.2f} (wanted: within {self._tolerance_ms:g})",
        )


def show(track: str, notes: list[Note], bpm: float) -> None:
    """Every note with its bar, its sixteenth there, and how far it is from that."""
    print(f"{track}:")
    for note in notes:
        step = round(note.beat * SIXTEENTHS)
        bar, place = divmod(step, BAR * SIXTEENTHS)
        off_ms = (note.beat - step / SIXTEENTHS) * 60_000 / bpm
        print(f"  bar {bar + 1:2}, sixteenth {place + 1:2}  {off_ms:+6.2f} ms  pitch {note.pitch}")
