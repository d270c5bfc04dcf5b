"""Whether what Ardour recorded lies on its grid."""

from calls import BAR, beginnings, calls
from player import Note

SIXTEENTHS = 4
# An answer may begin where its call has just ended and must be over before the next one.
CALL_BARS, ROUND_BARS = 2, 5


class Judge:
    """Prints a line for each check; `wrong` counts those that failed."""

    def __init__(self, bpm: float, tolerance_ms: float) -> None:
        self._beat_ms = 60_000 / bpm
        self._tolerance_ms = tolerance_ms
        self.wrong = 0
        self.checks = 0

    def check(self, passed: bool, what: str) -> None:
        self.checks += 1
        self.wrong += not passed
        print(f"{'PASS' if passed else 'FAIL'}  {what}", flush=True)

    def calls(self, heard: list[Note]) -> None:
        played = [note for call in calls() for note in call]
        right = [note.pitch for note in played] == [note.pitch for note in heard]
        self.check(right, f"Call: {len(played)} notes played, {len(heard)} recorded, same pitches: {right}")
        late = [(at.beat - note.beat) * self._beat_ms for note, at in zip(played, heard, strict=False)]
        self._within("Call: from where each was played", late)

    def answers(self, heard: list[Note]) -> None:
        late = [(n.beat - round(n.beat * SIXTEENTHS) / SIXTEENTHS) * self._beat_ms for n in heard]
        self._within("Answer: from the nearest sixteenth", late)
        for number, begin in enumerate(beginnings(), 1):
            # half a sixteenth of grace, so that a note on the bar line that came early is not lost
            from_beat, to_beat = begin + 0.125, begin + ROUND_BARS * BAR - 0.125
            self._answer(number, begin, [n for n in heard if from_beat <= n.beat < to_beat])

    def _answer(self, number: int, begin: int, answer: list[Note]) -> None:
        if not answer:
            self.check(False, f"Answer {number}: none")
            return
        bar = begin / BAR + CALL_BARS
        late = (answer[0].beat - bar * BAR) * self._beat_ms
        self.check(
            abs(late) <= self._tolerance_ms,
            f"Answer {number}: {len(answer)} notes, the first {late:+.2f} ms from bar line {bar + 1:g}",
        )

    def _within(self, what: str, late_ms: list[float]) -> None:
        if not late_ms:
            self.check(False, f"{what}: no notes")
            return
        middle = sorted(late_ms)[len(late_ms) // 2]
        self.check(
            max(map(abs, late_ms)) <= self._tolerance_ms,
            f"{what}: {len(late_ms)} notes, {min(late_ms):+.2f} to {max(late_ms):+.2f} ms, "
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
