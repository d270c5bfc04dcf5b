"""How late MIDI clock and thru leave while a long phrase is played. Linux, with jackd.

    python tests/benchmarks/bench_pulses.py [--notes N …] [--bpm N] [--antiphon PATH]

`antiphon play` sends MIDI clock and passes on what is played, on a private real-time JACK server with no
sound card. Another JACK client (tests/live/jack_peer.py) plays phrases of N sixteenths without a pause and
notes the frame of everything it hears; each phrase meets a new `antiphon play`. The tempo changes only when
the phrase is over, so until then pulses are due at equal distances. A pulse is late by how far it is behind
the most punctual pulse of the two seconds that begin with it. Thru is late by the frames from the note that
was played to the same note heard; JACK itself takes some periods of 2.7 ms of these.

Where the machine does not keep JACK's time, the server counts fewer frames than the clock of the system, and
all that is sent on time lies earlier by as much from there on. The peer notes these moments; pulses within
a second of one are counted apart: by what the peer saw, and never by how they came out. cyclictest (rt-tests)
runs meanwhile at the server's priority and says what the machine itself can do.

Wanted: 99 of 100 pulses at most 1 ms late, whatever is played.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench_clock import SEEN, SETTLED, cyclictest, share

from live.house import HERE, Server, wait_for

RATE, PULSES_PER_QUARTER, SIXTEENTHS_PER_QUARTER = 48_000, 24, 4
NOTE_ON, NOTE_OFF, PULSE = 0x90, 0x80, 0xF8
PITCHES = (60, 62, 64, 65, 67, 69, 67, 65, 64, 62)
VELOCITIES = range(37, 128)  # as many as have no factor in common with the pitches
MOST_NOTES = len(PITCHES) * len(VELOCITIES)
GATE, AHEAD_S, WINDOW_S = 0.5, 0.5, 2.0
WANTED_MS = 1.0
MAX_BEATS = 256  # a phrase that reaches this is over


@dataclass(frozen=True, slots=True)
class Row:
    """How late each pulse was while the server kept time, and each while it did not; how many pulses were
    due; how late each note passed on was, all in ms; and wake-up errors of the machine meanwhile, in µs."""

    notes: int
    pulses_ms: tuple[float, ...]
    disturbed_ms: tuple[float, ...]
    due: int
    thru_ms: tuple[float, ...]
    beside_us: tuple[int, ...]


class Peer:
    """The client that plays and hears."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = [sys.executable, str(HERE / "jack_peer.py"), "peer"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)

    def ask(self, *request: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def end(self) -> None:
        self._process.communicate()


def settings(bpm: float) -> str:
    return (
        f"[tempo]\nbpm = {bpm:g}\n[clock]\nsend = true\n[phrase]\nmax_beats = {MAX_BEATS}\n"
        "[midi]\nthru = true\n"
    )


@contextmanager
def playing(command: Path, environment: dict[str, str], config: str) -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        file, log = Path(folder, "settings.toml"), Path(folder, "play.log")
        file.write_text(config)
        words = [str(command), "play", "--api", "jack", "--config", str(file), "--take-dir", folder]
        with log.open("w") as out:
            process = subprocess.Popen(words, env=environment, cwd=folder, stdout=out, stderr=out)
        try:
            wait_for(lambda: "are open" in log.read_text() or process.poll() is not None, "the ports", 60.0)
            if process.poll() is not None:
                sys.exit(log.read_text())
            time.sleep(4.0)  # the process that stands by is loaded meanwhile
            yield
        finally:
            process.terminate()
            process.wait(20)


def phrase(notes: int, bpm: float) -> list[list[Any]]:
    """Messages, each with how many frames from now."""
    sixteenth = RATE * 60 / bpm / SIXTEENTHS_PER_QUARTER
    return [
        [round(AHEAD_S * RATE + (place + after) * sixteenth), [status, *note(place)]]
        for place in range(notes)
        for after, status in ((0.0, NOTE_ON), (GATE, NOTE_OFF))
    ]


def note(place: int) -> tuple[int, int]:
    """Pitch and velocity, which together come only once in a phrase."""
    return PITCHES[place % len(PITCHES)], VELOCITIES[place % len(VELOCITIES)]


def measured(command: Path, notes: int, bpm: float) -> Row:
    with ExitStack() as stack:
        server = stack.enter_context(Server(real_time=True))
        stack.enter_context(playing(command, server.environment, settings(bpm)))
        peer = Peer(server.environment)
        stack.callback(peer.end)
        peer.ask("connect", "peer:out", "antiphon:in")
        peer.ask("connect", "antiphon:out", "peer:in")
        peer.ask("connect", "antiphon:clock-out", "peer:in")
        time.sleep(0.5)
        plan = phrase(notes, bpm)
        with cyclictest(plan[-1][0] / RATE) as beside_us:
            played = peer.ask("play", plan)
        heard, trouble = peer.ask("heard"), [frame for frame, *_ in peer.ask("trouble")]
    return Row(notes, *lateness(heard, trouble, plan, played, bpm), tuple(sorted(beside_us)))


def lateness(
    heard: Sequence[Sequence[int]],
    trouble: Sequence[int],
    plan: Sequence[Sequence[Any]],
    played: Sequence[int],
    bpm: float,
) -> tuple[tuple[float, ...], tuple[float, ...], int, tuple[float, ...]]:
    """How late pulses were with and without trouble, how many were due, and how late thru was, while the
    phrase was played."""
    begun, over = played[0], played[-1]
    apart = RATE * 60 / bpm / PULSES_PER_QUARTER
    pulses = [frame for frame, status, *_ in heard if status == PULSE and begun <= frame <= over]
    return *late_ms(pulses, trouble, apart), int((over - begun) / apart), thru_ms(heard, plan, played)


def late_ms(
    pulses: Sequence[int], trouble: Sequence[int], apart: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Behind the earliest of those that follow within the window and before the next trouble; a pulse that
    was lost moves the rest. Those that trouble disturbed stand apart."""
    quiet, disturbed = [], []
    behind = [(frame, frame - number * apart) for number, frame in enumerate(pulses)]
    for number, (frame, one) in enumerate(behind):
        end = min((at for at in trouble if at > frame), default=frame + WINDOW_S * RATE)
        window = [other for at, other in behind[number:] if at < min(end - SEEN, frame + WINDOW_S * RATE)]
        late = 1000 * (one - min(window, default=one)) / RATE
        (disturbed if any(frame - SETTLED < at <= frame + SEEN for at in trouble) else quiet).append(late)
    return tuple(quiet), tuple(disturbed)


def thru_ms(
    heard: Sequence[Sequence[int]], plan: Sequence[Sequence[Any]], played: Sequence[int]
) -> tuple[float, ...]:
    """From each note-on played to the same one heard; pitch and velocity together say which it is."""
    began = {tuple(data): frame for frame, (_, data) in zip(played, plan, strict=True) if data[0] == NOTE_ON}
    ons = [(frame, tuple(data)) for frame, *data in heard if data[0] == NOTE_ON]
    return tuple(1000 * (frame - began[data]) / RATE for frame, data in ons if data in began)


def spread(values: Sequence[float], scale: float = 1.0) -> str:
    if not values:
        return f"{'–':>9}{'–':>9}{'–':>9}"
    figures = (share(values, 0.5), share(values, 0.99), max(values))
    return "".join(f"{scale * number:>9.2f}" for number in figures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    beside = Path(sys.executable).parent / "antiphon"
    parser.add_argument("--notes", type=int, action="append", metavar="N", help="default: 32, 230, 512")
    parser.add_argument("--bpm", type=float, default=120.0)
    parser.add_argument("--antiphon", type=Path, default=beside, metavar="PATH", help=f"default: {beside}")
    asked = parser.parse_args()
    command = Path(os.path.abspath(asked.antiphon))
    if shutil.which(str(command)) is None:
        parser.error(f"--antiphon must be a command that can be run: {command}")
    lengths = asked.notes or (32, 230, 512)
    if not all(0 < notes <= MOST_NOTES for notes in lengths):
        parser.error(f"--notes must be 1 to {MOST_NOTES}")
    print(f"{command} on JACK; sixteenths at {asked.bpm:g} bpm; late by, in ms")
    print(f"{'':<36}{'number':>9}{'median':>9}{'p99':>9}{'most':>9}")
    for notes in lengths:
        row = measured(command, notes, asked.bpm)
        p99_ms = share(row.pulses_ms, 0.99) if row.pulses_ms else float("inf")
        verdict = "as wanted" if p99_ms <= WANTED_MS else "MISSED"
        heard = len(row.pulses_ms) + len(row.disturbed_ms)
        lost = f"{max(0, row.due - heard)} pulses, {notes - len(row.thru_ms)} notes"
        print(f"{f'{notes} notes: clock pulses':<36}{len(row.pulses_ms):>9}{spread(row.pulses_ms)}")
        apart = f"{'  where the server did not keep time':<36}{len(row.disturbed_ms):>9}"
        print(f"{apart}{spread(row.disturbed_ms)}")
        print(f"{'  thru':<36}{len(row.thru_ms):>9}{spread(row.thru_ms)}")
        print(f"{'  cyclictest beside it':<36}{len(row.beside_us):>9}{spread(row.beside_us, 0.001)}")
        print(f"  p99 of pulses {p99_ms:.2f} ms (wanted: at most {WANTED_MS:g}) {verdict}; lost: {lost}")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
