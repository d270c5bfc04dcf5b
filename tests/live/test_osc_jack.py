"""`antiphon play` is played, controlled and watched by OSC: with oscsend and oscdump, and with Pure Data."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

pytestmark = pytest.mark.live

JACK_OPTIONS = ["-S"]
PHRASE = (60, 62, 64, 65, 67)
PATCH = Path(__file__).parents[2] / "docs" / "osc" / "antiphon.pd"
_LINE = re.compile(r"([0-9a-f]{8})\.([0-9a-f]{8}) (/\S+) ?(.*)")


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Controller:
    """Sends through oscsend; `told` is what oscdump saw, as (seconds since 1900, address, text)."""

    def __init__(self, port, dump):
        self._port, self._dump = port, dump

    def send(self, address, *types_and_arguments):
        command = ["oscsend", "127.0.0.1", str(self._port), f"/antiphon/{address}"]
        subprocess.run([*command, *map(str, types_and_arguments)], check=True)

    @property
    def told(self):
        found = map(_LINE.fullmatch, self._dump.read_text().splitlines())
        return [
            (int(one[1], 16) + int(one[2], 16) / 2**32, one[3].removeprefix("/antiphon/"), one[4])
            for one in found
            if one is not None
        ]

    def of(self, address):
        return [(at_s, text) for at_s, told, text in self.told if told == address]

    def play(self, wait_for, pitches=PHRASE):
        """Each note is heard before it ends, so that none is too short on a busy machine."""
        for pitch in pitches:
            before = len(self.of("phrase/note"))
            self.send("note", "ii", pitch, 80)
            wait_for(lambda seen=before: len(self.of("phrase/note")) > seen, "a note that is heard")
            self.send("note", "ii", pitch, 0)


@pytest.fixture
def controller(antiphon, tmp_path, wait_for):
    if shutil.which("oscdump") is None:
        pytest.skip("liblo-tools is not installed")
    port, target = free_port(), free_port()
    dump = tmp_path / "dump.txt"
    with dump.open("w") as out:
        dumping = subprocess.Popen(["oscdump", "-L", str(target)], stdout=out)
    named = f'osc.targets=["127.0.0.1:{target}"]'
    # One phrase even where the notes come slowly.
    slow = ["--set", "phrase.silence_beats=16", "--set", "tempo.mode=fixed"]
    daemon = antiphon("--random-seed", "1", "--set", f"osc.port={port}", "--set", named, *slow)
    found = Controller(port, dump)
    found.daemon, found.port, found.target = daemon, port, target
    wait_for(lambda: found.of("log/file"), "the settings")
    yield found
    dumping.kill()
    dumping.wait()


def test_a_phrase_by_osc_is_answered_and_told(controller, wait_for, tmp_path):
    controller.play(wait_for)
    controller.send("now")
    wait_for(lambda: controller.of("answer/end"), "the end of the answer")
    played = [text for _, text in controller.of("phrase/note")]
    assert played == [f"ii {pitch} {velocity}" for pitch in PHRASE for velocity in (80, 0)]
    order = [address for _, address, _ in controller.told]
    wanted = ["phrase/begin", "phrase/end", "answer/begin", "answer/note", "answer/end"]
    assert sorted(wanted, key=order.index) == wanted
    assert controller.of("key")
    beats = [int(text.split()[1]) for _, text in controller.of("beat")]
    assert len(beats) > 4
    # On a machine that stands still a beat may be left out, but most follow one another.
    follow = [second == first % 4 + 1 for first, second in pairwise(beats)]
    assert sum(follow) >= 0.75 * len(follow), beats
    controller.daemon.send_signal(signal.SIGINT)
    assert controller.daemon.wait(60) == 0, controller.daemon.log.read_text()
    assert len(list(tmp_path.glob("*.mid"))) == 1


def test_the_plan_is_the_answer_and_each_note_has_its_moment(controller, wait_for):
    # Where the bar line comes too soon after the phrase, there is no time to plan.
    while not controller.of("plan"):
        answers = len(controller.of("answer/end"))
        controller.play(wait_for)
        controller.send("now")
        wait_for(lambda seen=answers: len(controller.of("answer/end")) > seen, "the end of the answer")
    # oscdump prints what has a time tag at that moment.
    planned = [(at_s, int(text.split()[2])) for at_s, text in controller.of("plan/note")]
    begun_s = controller.of("answer/begin")[-1][0]
    sounded = [text.split()[1:] for at_s, text in controller.of("answer/note") if at_s >= begun_s]
    assert [pitch for _, pitch in planned] == [int(pitch) for pitch, velocity in sounded if velocity != "0"]
    [(_, plan)] = controller.of("plan")
    assert int(plan.split()[2]) == len(planned)
    quarter_s = 60 / 110
    for (first_s, _), (second_s, _) in pairwise(planned):
        steps = (second_s - first_s) / (quarter_s / 24)
        assert steps == pytest.approx(round(steps), abs=0.05)


def test_settings_and_buttons_by_osc_and_what_is_wrong(controller, wait_for, jack):
    controller.send("sampling/temperature", "f", 0.7)
    controller.send("answer/mode", "s", "trade")
    controller.send("answer/bars", "f", 3.5)
    wait_for(lambda: len(controller.of("answer/mode")) > 1, "the mode")
    asked = [sys.executable, "-m", "antiphon", "status", "--json"]
    said = json.loads(subprocess.run(asked, env=jack, capture_output=True, check=True).stdout)["settings"]
    assert (said["sampling"]["temperature"], said["answer"]["mode"]) == (0.7, "trade")
    wait_for(lambda: "OSC from 127.0.0.1: answer.bars must be" in controller.daemon.log.read_text(), "a line")
    controller.send("take", "i", 1)
    wait_for(lambda: controller.of("recording")[-1][1] == "i 0", "the end of the recording")


def test_a_flood_of_nonsense_is_told_of_once_a_second_and_a_note_is_heard_afterwards(controller, wait_for):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flood:
        for number in range(20_000):
            flood.sendto(os.urandom(number % 200), ("127.0.0.1", controller.port))

    def heard():
        controller.send("note", "ii", 60, 80)
        return controller.of("phrase/note")

    wait_for(heard, "a note", every_s=0.2)
    assert 1 <= controller.daemon.log.read_text().count("WARNING OSC from") < 60


def test_the_patch_for_pure_data_opens_sends_and_receives(controller, wait_for, tmp_path):
    if shutil.which("pd") is None:
        pytest.skip("puredata-core is not installed")
    patch, log = tmp_path / "antiphon.pd", tmp_path / "pd.txt"
    ports = {"9000": str(controller.port), "9001": str(free_port())}
    text = re.sub("900[01]", lambda found: ports[found[0]], PATCH.read_text())
    patch.write_text(text)
    with log.open("w") as out:
        command = ["pd", "-nogui", "-noaudio", "-stderr", "-open", str(patch)]
        pd = subprocess.Popen([*command, "-send", "temperature 0.7; play 60 80"], stdout=out, stderr=out)
    try:
        wait_for(lambda: controller.of("phrase/note"), "a note of the patch")
        wait_for(lambda: len(controller.of("sampling/temperature")) > 1, "the slider of the patch")
        assert controller.of("sampling/temperature")[-1][1].startswith("f 0.7")
        subprocess.run(["oscsend", "127.0.0.1", ports["9001"], "/antiphon/beat", "i", "3"], check=True)
        wait_for(lambda: "beat: 3" in log.read_text(), "a beat in the patch")
    finally:
        pd.kill()
        pd.wait()
