"""However it ends, on a real JACK server: no note goes on, the take is whole, the exit code is right."""

import signal
import time
from pathlib import Path

import mido
import pytest

pytestmark = pytest.mark.live

JACK_OPTIONS = ["-S"]
BREAKING = str(Path(__file__).parent / "breaking.py")
STEP_S = 0.125
PITCHES = [60, 62, 64, 65, 67, 67, 69, 71]
PHRASE = sorted(
    [[place * 2 * STEP_S, [0x90, pitch, 80]] for place, pitch in enumerate(PITCHES)]
    + [[place * 2 * STEP_S + 0.2, [0x80, pitch, 0]] for place, pitch in enumerate(PITCHES)]
)


def onsets(path, track):
    return [m.note for m in mido.MidiFile(path).tracks[track] if m.type == "note_on" and m.velocity]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_mid_note(antiphon, player, wait_for, tmp_path, number):
    daemon, someone = antiphon("--random-seed", "1"), player()
    someone.play(PHRASE)
    wait_for(someone.sounding, "the answer")
    asked_s = time.monotonic()
    daemon.send_signal(number)
    assert daemon.wait(60) == 0, daemon.log.read_text()
    wait_for(lambda: not someone.sounding(), "silence")
    # A twentieth of a second is usual; here others have the machine too.
    assert someone.last_change_s() - asked_s < 3
    assert onsets(next(tmp_path.glob("*.mid")), 1) == PITCHES


def test_a_full_disk_does_not_end_the_music(antiphon, player, wait_for, jack, tmp_path):
    jack |= {"BREAKING": "disk", "BROKEN": str(tmp_path / "broken")}
    daemon, someone = antiphon("--random-seed", "1", program=[BREAKING]), player()
    someone.play(PHRASE)
    wait_for(lambda: "antiphon  " in daemon.log.read_text(), "the answer to end")
    assert len(someone.onsets()) > 3
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(60) == 1
    log = daemon.log.read_text()
    assert log.count("No space left on device; what you play is kept in memory until it can be written.") == 1
    assert log.splitlines()[-1].endswith("No space left on device; the end of the take is lost")
    assert not someone.sounding()


def test_a_program_change_lets_another_model_answer_and_the_button_records(
    antiphon, player, wait_for, tmp_path
):
    settings = tmp_path / "config.toml"
    settings.write_text('[model]\nprograms = ["essen"]\n[control]\nrecord = 28\n[take]\nrecord = false\n')
    daemon, someone = antiphon("--config", str(settings)), player()
    someone.play([[0, [0xC0, 0]], [0.01, [0xC0, 1]], [0.02, [0xB0, 28, 127]], [0.1, [0xB0, 28, 0]]])
    wait_for(lambda: "There is no program 2;" in daemon.log.read_text(), "the program that there is not")
    assert "Program 1: essen answers" in daemon.log.read_text()
    someone.play(PHRASE)
    wait_for(lambda: "antiphon  " in daemon.log.read_text(), "the answer to end")
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(60) == 0, daemon.log.read_text()
    assert onsets(next(tmp_path.glob("*.mid")), 1) == PITCHES
