"""How long the way of a note through the program is: Python calls, files, and steps from file to file.

    python tests/benchmarks/bench_path.py [--root CHECKOUT] [--steps WORD]

A virtual clock and a stand-in for python-rtmidi drive the real port, engine, session and model. Four quarter
notes are played at 120 bpm, with the settings as they come, and answered. sys.setprofile counts the functions
of the package that are called: comprehensions and lambdas are not counted, each resumption of a generator is.
"Files" are distinct files. "Steps" counts how often a call runs in another file than the call before it. The
counts depend on nothing but the program, so one run is enough.

A note-on is a whole turn of the loop, from the poll of the port until the loop decides how long it waits. The
answer is planned from the turn in which the phrase is over to the one in which its answer begins. A symbol is
a turn in which one is composed. A note out begins when the loop wakes for it, shortly before it is due; it
ends with its bytes at the port, or, in the next row, when the loop goes on. --steps prints every call of the
first turn whose name contains WORD.

Wanted: half of what the code of version 0.1.0 took, which is printed beside each figure.
"""

import argparse
import os
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

HERE = Path(__file__).resolve().parents[2]
PHRASE, QUARTER_S, GATE_S, STARTS_S, ENDS_S = (60, 64, 67, 64), 0.5, 0.4, 1.0, 12.0
# A note is on its way out from this long before it is due.
ON_ITS_WAY_S = 0.001
NOTE_ON, NOTE_OFF = 0x90, 0x80
# Calls, files and steps of version 0.1.0, measured by this script.
BEFORE = {
    "the first note-on": (136, 20, 91),
    "a later note-on": (138, 20, 94),
    "the phrase is heard again": (1253, 31, 158),
    "the answer is planned": (626, 32, 270),
    "a symbol": (105, 24, 71),
    "a note out, to its bytes": (45, 18, 30),
    "a note out": (77, 19, 51),
    "nothing to do": (11, 6, 10),
}


def program(root: Path) -> SimpleNamespace:
    """All names of the program and its tests that are used here."""
    sys.path[:0] = [str(root / "daemon"), str(root / "tests")]
    from antiphon import bundle
    from antiphon.perform.session import Session
    from antiphon.perform.settings import SessionSettings
    from antiphon.stage.engine import Engine
    from antiphon.stage.machine.clock import VirtualClock
    from antiphon.stage.ports.live_port import MidiPort
    from antiphon.stage.ports.wiring import Wiring
    from antiphon.stage.voice import make_voice
    from fake_rtmidi import FakeDevice, FakeRtMidi

    voice = make_voice(bundle.load(bundle.find(bundle.DEFAULT_MODEL)), None)
    session = Session(voice, SessionSettings(), 1)
    return SimpleNamespace(
        clock_class=VirtualClock,
        device_class=FakeDevice,
        library=FakeRtMidi([2]),
        port=lambda clock, library: MidiPort(clock, Wiring(), backend=library),
        engine=lambda clock, port, tell: Engine(clock, port, session, tell),
        rests="Engine._rest",  # a turn is over when this is called
    )


@dataclass(slots=True)
class Turn:
    """What happened between two waits of the clock, or since the loop began to turn: calls of the program
    (file and name), messages that came in and went out, and names of the reports."""

    at_s: float
    calls: list[tuple[str, str]] = field(default_factory=list)
    over: bool = False  # what is called from now on only decides how long to wait
    arrived: list[Sequence[int]] = field(default_factory=list)
    sent: list[tuple[int, Sequence[int]]] = field(default_factory=list)  # after how many calls
    reports: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Way:
    """The calls that something took, in order."""

    calls: tuple[tuple[str, str], ...]

    @property
    def figures(self) -> tuple[int, int, int]:
        """How many calls, in how many files, with how many steps from file to file."""
        files = [file for file, _ in self.calls]
        return len(files), len(set(files)), sum(one != other for one, other in pairwise(files))


class Recording:
    """Runs the program on a virtual clock and writes down every turn."""

    def __init__(self, root: Path) -> None:
        self._package = str(root / "daemon" / "antiphon") + os.sep
        self._now_s = 0.0
        self.turns = [Turn(self._now_s)]
        self._plan = [
            (STARTS_S + place * QUARTER_S + after_s, [status, pitch, 80])
            for place, pitch in enumerate(PHRASE)
            for after_s, status in ((0.0, NOTE_ON), (GATE_S, NOTE_OFF))
        ]
        self._made = program(root)

    def run(self) -> list[Turn]:
        made = self._made
        self._watch_device(made.device_class)
        clock = self._clock(made.clock_class)
        engine = made.engine(clock, made.port(clock, made.library), self._report)
        sys.setprofile(self._profile)
        try:
            engine.run(until=self._turns)
        finally:
            sys.setprofile(None)
        return self.turns

    def _profile(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(self._package):
            turn = self.turns[-1]
            turn.over = turn.over or code.co_qualname == self._made.rests
            # Comprehensions and lambdas are no functions of their own; which of them call depends on Python.
            if not code.co_name.startswith("<") and not turn.over:
                turn.calls.append((code.co_filename.removeprefix(self._package), code.co_qualname))

    def _report(self, report: object) -> None:
        self.turns[-1].reports.append(type(report).__name__)

    def _clock(self, clock_class: Any) -> Any:
        recording = self

        class Clock(clock_class):
            def wait_until_s(self, at_s: float, exactly: bool = True) -> None:
                super().wait_until_s(at_s, exactly)
                recording.wakes_at(at_s)

        return Clock()

    def _turns(self) -> bool:
        self.turns.append(Turn(self._now_s))
        return self._now_s >= ENDS_S

    def wakes_at(self, at_s: float) -> None:
        """The loop has waited, and the player does what is to be done by now."""
        self._now_s = max(self._now_s, at_s)
        self.turns.append(Turn(self._now_s))
        while self._plan and self._plan[0][0] <= self._now_s:
            self._made.library.ins[0].queue.append(self._plan.pop(0)[1])

    def _watch_device(self, device: Any) -> None:
        get_message, send_message = device.get_message, device.send_message

        def get(this: Any) -> Any:
            if (found := get_message(this)) is not None:
                self.turns[-1].arrived.append(found[0])
            return found

        def send(this: Any, message: Sequence[int]) -> None:
            self.turns[-1].sent.append((len(self.turns[-1].calls), message))
            send_message(this, message)

        device.get_message, device.send_message = get, send


def ways(turns: Sequence[Turn]) -> dict[str, list[Way]]:
    """What was measured, by name, as often as it happened."""
    found: dict[str, list[Way]] = defaultdict(list)
    for place, turn in enumerate(turns):
        if turn.sent and is_note_on(turn.sent[0][1]):
            whole, bytes_after = way_out(turns[: place + 1])
            found["a note out"].append(Way(whole))
            found["a note out, to its bytes"].append(Way(whole[:bytes_after]))
        elif (name := name_of(turn, "the first note-on" in found)) is not None:
            found[name].append(Way(tuple(turn.calls)))
    if planned := way_of_the_plan(turns):
        found["the answer is planned"].append(planned)
    # Version 0.1.0 hears the phrase again after each key event; the largest one is shown.
    again = sorted(found["the phrase is heard again"], key=lambda way: len(way.calls))
    return {**found, "the phrase is heard again": again[-1:]}


def name_of(turn: Turn, begun: bool) -> str | None:
    if any(is_note_on(message) for message in turn.arrived):
        return "a later note-on" if begun else "the first note-on"
    if turn.reports == ["Composed"] and not turn.sent:
        return "a symbol"
    if turn.reports or turn.arrived or turn.sent or not turn.calls:
        return None
    composed = any(name == "Answer.compose" for _, name in turn.calls)
    if not composed and any(file.startswith("listen/") for file, _ in turn.calls):
        return "the phrase is heard again"
    return None if composed else "nothing to do"


def way_of_the_plan(turns: Sequence[Turn]) -> Way | None:
    """All turns from the one in which the phrase is over to the one in which its answer begins."""
    begins = [place for place, turn in enumerate(turns) if any(is_plan(call) for call in turn.calls)]
    states = [place for place, turn in enumerate(turns) if "StateChanged" in turn.reports]
    if not begins:
        return None
    over = max(place for place in states if place <= begins[0])
    return Way(tuple(call for turn in turns[over : begins[0] + 1] for call in turn.calls))


def is_plan(call: tuple[str, str]) -> bool:
    return call[1] in ("Playback.begin", "Speech.begin")


def is_note_on(message: Sequence[int]) -> bool:
    return message[0] & 0xF0 == NOTE_ON and message[2] > 0


def way_out(turns: Sequence[Turn]) -> tuple[tuple[tuple[str, str], ...], int]:
    """Calls for the note that the last of these turns sends, and after how many its bytes are at the port."""
    last = turns[-1]
    before = [turn for turn in turns[:-1] if turn.at_s >= last.at_s - ON_ITS_WAY_S]
    earlier = [call for turn in before for call in turn.calls]
    return (*earlier, *last.calls), len(earlier) + last.sent[0][0]


def row(name: str, found: Sequence[Way]) -> str:
    figures = [way.figures for way in found]
    middle = tuple(round(statistics.median(column)) for column in zip(*figures, strict=True))
    calls = [count for count, _, _ in figures]
    between = f"{min(calls)}–{max(calls)}"
    before = BEFORE[name]
    cells = "".join(f"{number:>8}" for number in middle)
    was = " / ".join(map(str, before))
    return f"{name:<28}{len(found):>7}{cells}{between:>12}{was:>18}{middle[0] / before[0]:>8.0%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--root", type=Path, default=HERE, help="the checkout whose program is measured")
    parser.add_argument("--steps", metavar="WORD", help="print every call of what has this in its name")
    asked = parser.parse_args()
    found = ways(Recording(asked.root.resolve()).run())
    print(f"{'median of':<28}{'number':>7}{'calls':>8}{'files':>8}{'steps':>8}{'calls from–to':>14}", end="")
    print(f"{'version 0.1.0':>16}{'now':>8}")
    for name in BEFORE:
        print(row(name, found[name]) if found[name] else f"{name:<28} did not happen")
        if asked.steps and asked.steps in name and found[name]:
            print("".join(f"    {file}: {call}\n" for file, call in found[name][0].calls), end="")


if __name__ == "__main__":
    main()
