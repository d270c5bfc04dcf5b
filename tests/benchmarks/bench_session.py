"""How long one call of a session takes while a long phrase is played and answered. No port, no clock.

    python tests/benchmarks/bench_session.py [--notes N …] [--gate SHARE]

A phrase of N sixteenths at 110 bpm is given to a session with the shipped model and the settings as they
come; the session is advanced at each of its deadlines, as the engine does. A call is one `receive` or one
`advance`: nothing else of the program can run meanwhile, and a pulse of MIDI clock waits for its end. Times
are of the processor, so that other programs on the machine do not count.

"Work" is all that is done between the last key and the answer: it begins when half of the silence after the
phrase has passed, and is done in so many parts.

Wanted: no call above 1 ms, and while the phrase is played the same for each note, however long it is.
"""

import argparse
import time
from statistics import median

from antiphon import bundle
from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.session import Session
from antiphon.perform.settings import SessionSettings
from antiphon.stage.voice import make_voice, warm

PITCHES = (60, 62, 64, 65, 67, 69, 67, 65, 64, 62)
SIXTEENTH_S = 60 / 110 / 4
A_LITTLE_S = 1e-9


class Timing:
    """Runs a session, and writes down how long each call took."""

    def __init__(self, notes: int, gate: float) -> None:
        chosen = bundle.load(bundle.find(bundle.DEFAULT_MODEL))
        voice = make_voice(chosen, None)
        warm(chosen.model())  # as the program does before it plays
        self._session = Session(voice, SessionSettings(phrase=PhraseSettings(max_beats=512)), 1)
        self._events = [
            Timed(1.0 + (place + after) * SIXTEENTH_S, event)
            for place in range(notes)
            for after, event in ((0.0, NoteOn(pitch(place))), (gate, NoteOff(pitch(place))))
        ]
        self.keys_s: list[float] = []  # calls until the last key is released
        self.hearing_s: list[float] = []  # calls from then until the answer is planned
        self.answer_s: list[float] = []

    def run(self) -> None:
        session, now_s = self._session, 0.0
        for timed in self._events:
            now_s = self._advance_to(timed.at_s, self.keys_s)
            self._timed(self.keys_s, lambda timed=timed: session.receive(timed))
        now_s = self._advance_to(now_s + 60 / 110 + A_LITTLE_S, self.hearing_s)
        while (deadline_s := session.next_deadline_s()) is not None and deadline_s <= now_s:
            self._timed(self.hearing_s, lambda: session.advance(now_s))
        self._advance_to(now_s + 8.0, self.answer_s)

    def _advance_to(self, to_s: float, times: list[float]) -> float:
        now_s = 0.0
        while (deadline_s := self._session.next_deadline_s()) is not None and deadline_s < to_s:
            now_s = max(now_s, deadline_s)
            self._timed(times, lambda now_s=now_s: self._session.advance(now_s))
        self._timed(times, lambda: self._session.advance(to_s))
        return to_s

    def _timed(self, times: list[float], call: object) -> None:
        begun_s = time.thread_time()
        call()
        times.append(time.thread_time() - begun_s)


def pitch(place: int) -> int:
    return PITCHES[place % len(PITCHES)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--notes", type=int, nargs="*", default=[16, 64, 128, 256, 512, 1024])
    parser.add_argument("--gate", type=float, default=0.8, help="share of a sixteenth that a key is down")
    asked = parser.parse_args()
    print(
        f"{'notes':>6}{'a key ms':>10}{'longest':>9}{'hearing: longest':>18}{'99 %':>7}{'parts':>7}", end=""
    )
    print(f"{'work s':>8}{'answering: longest':>20}")
    for notes in asked.notes:
        timing = Timing(notes, asked.gate)
        timing.run()
        keys, hearing, answer = (
            sorted(times) for times in (timing.keys_s, timing.hearing_s, timing.answer_s)
        )
        print(
            f"{notes:>6}{median(keys) * 1e3:>10.3f}{keys[-1] * 1e3:>9.2f}{hearing[-1] * 1e3:>18.2f}", end=""
        )
        print(f"{hearing[int(0.99 * len(hearing))] * 1e3:>7.2f}{len(hearing):>7}{sum(hearing):>8.3f}", end="")
        print(f"{answer[-1] * 1e3:>20.2f}")


if __name__ == "__main__":
    main()
