"""Started by run.sh, on its JACK server: Ardour rolls and records, a player plays, Antiphon answers.

python3 check.py SOURCE BPM FOLDER ANTIPHON, where SOURCE is the clock Antiphon follows, "jack" or "midi", or
"none": then Antiphon stays away, and a stand-in answers on the transport's beats.
"""

import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from judge import Judge, show
from phrases import BAR, BARS, phrases, stand_in
from player import Note, Player

HERE = Path(__file__).parent
AGAIN = 75  # Ardour did not come up: see run.sh
# A note is to be where it belongs, within this: the circle of the two programs costs a period of 2.7 ms.
TOLERANCE_MS = 4.0
RECORDING_TOLERANCE_MS = 0.5
LOOK_S = 0.2


def wait_for(look: Callable[[], object], what: str, seconds: float = 30.0) -> None:
    until_s = time.monotonic() + seconds
    while not look():
        if time.monotonic() > until_s:
            sys.exit(f"waited {seconds:g} s for {what}")
        time.sleep(LOOK_S)


class Ardour:
    """A headless session in a process of its own."""

    def __init__(self, folder: Path, bpm: float) -> None:
        command = ["ardour7-lua", "-X", str(HERE / "session.lua"), str(folder / "session"), str(bpm)]
        self._log = (folder / "ardour.log").open("w")
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        self._until("ready")

    def _until(self, word: str) -> list[str]:
        """The lines up to that one."""
        assert self._process.stdout
        lines: list[str] = []
        for line in self._process.stdout:
            if line.strip() == word:
                return lines
            self._log.write(line)
            lines.append(line)
        print(f'Ardour ended before it said "{word}": {lines[-1:]}', file=sys.stderr)
        sys.exit(AGAIN if word == "ready" else 1)

    def _press(self) -> None:
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def roll(self) -> None:
        self._press()

    def stop(self) -> dict[str, list[Note]]:
        """The notes each track has then."""
        self._press()
        tracks: dict[str, list[Note]] = {"Phrase": [], "Answer": []}
        for line in self._until("done"):
            match line.split():
                case ["note", track, pitch, beat, beats]:
                    tracks[track].append(Note(int(pitch), float(beat), float(beats)))
        return {track: sorted(notes, key=lambda note: note.beat) for track, notes in tracks.items()}

    def end(self) -> None:
        """It may need long to close; all is saved by then."""
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Antiphon:
    """`antiphon play`, following the clock `source`."""

    def __init__(self, program: str, source: str, folder: Path) -> None:
        config = folder / "config.toml"
        # Without rests, so that an answer's first note says where the answer begins.
        config.write_text(
            f'[clock]\nsource = "{source}"\n[midi]\napi = "jack"\n[sampling.weights]\nr = 0.0\n'
            f'[take]\nfolder = "{folder}"\n[log]\nlevel = "info"\n'
        )
        self._log = folder / "antiphon.log"
        with self._log.open("w") as log:
            command = [program, "play", "--random-seed", "1", "--config", str(config)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)

    def ready(self) -> bool:
        """Whether its ports are open."""
        if self._process.poll() is not None:
            sys.exit(f"antiphon ended: {self.said()}")
        return "are open" in self.said()

    def said(self) -> str:
        return self._log.read_text()

    def end(self) -> int:
        self._process.send_signal(signal.SIGINT)
        try:
            return self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def connect(player: Player, source: str) -> None:
    """The player to the first track and to Antiphon, Antiphon to the second."""
    wires = [("player:out", "ardour:Phrase/midi_in 1"), ("antiphon:out", "ardour:Answer/midi_in 1")]
    if source != "none":
        wires.append(("player:out", "antiphon:in"))
    if source == "midi":
        wires.append(("ardour:MIDI Clock out", "antiphon:clock"))
    wanted = {port for wire in wires for port in wire}
    wait_for(lambda: wanted <= player.ports(), f"all of {sorted(wanted)}")
    for wire in wires:
        player.connect(*wire)


def record(ardour: Ardour, player: Player, bpm: float) -> dict[str, list[Note]]:
    """Roll for all bars; gives what the tracks have."""
    ardour.roll()
    wait_for(lambda: player.beat(bpm) > BAR, "the first bar")
    print(f"JACK's transport says: {player.bars_and_beats()}")
    seconds = BARS * BAR * 60 / bpm
    wait_for(lambda: player.beat(bpm) > BARS * BAR, f"{BARS} bars", 2 * seconds)
    return ardour.stop()


def say_trouble(trouble: list[tuple[float, str, float]]) -> None:
    lost_ms = sum(ms for _, what, ms in trouble if what == "lost")
    late = sum(what != "lost" for _, what, _ in trouble)
    print(f"the JACK server lost {lost_ms:.1f} ms; it or a client was late {late} times")
    for beat, what, ms in trouble:
        print(f"  bar {int(beat // BAR) + 1:2}, sixteenth {int(beat % BAR * 4) + 1:2}  {what} {ms:.2f} ms")


def judge(tracks: dict[str, list[Note]], bpm: float, trouble: list[float]) -> Judge:
    recording = Judge(bpm, RECORDING_TOLERANCE_MS)
    recording.phrases(tracks["Phrase"])
    answers = Judge(bpm, TOLERANCE_MS, trouble)
    answers.checks, answers.wrong = recording.checks, recording.wrong
    answers.answers(tracks["Answer"])
    return answers


def versions() -> str:
    said = subprocess.run(["ardour7-lua", "--version"], capture_output=True, text=True, check=True).stdout
    ardour = next(line for line in said.splitlines() if "version" in line).split()[-1]
    return f"Ardour {ardour}, Python {platform.python_version()}, Linux {platform.release()}"


def main(source: str, bpm: float, folder: Path, program: str) -> None:
    ardour = Ardour(folder, bpm)
    player = Player("player", [note for phrase in phrases() for note in phrase], bpm)
    other = Player("antiphon", stand_in(), bpm) if source == "none" else Antiphon(program, source, folder)
    try:
        if isinstance(other, Antiphon):
            wait_for(other.ready, "antiphon's ports")
        connect(player, source)
        print(f"{versions()}\nclock: {source}, {bpm:g} bpm, {BARS} bars")
        tracks = record(ardour, player, bpm)
    finally:
        code = other.end()
        player.end()
        ardour.end()
    trouble = [row for row in player.trouble if row[0] > 0]
    say_trouble(trouble)
    result = judge(tracks, bpm, [beat for beat, _, _ in trouble])
    if source != "none":
        result.check(code == 0, f"antiphon ended with exit code {code}")
    for track, notes in tracks.items():
        show(track, notes, bpm)
    wrong, checks = result.wrong, result.checks
    print(f"{wrong} of {checks} checks failed." if wrong else f"All {checks} checks passed.")
    if wrong and isinstance(other, Antiphon):
        print(other.said(), file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
