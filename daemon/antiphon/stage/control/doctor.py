"""Checks whether this machine can play in time, and says what helps. Prints nothing."""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from antiphon import bundle
from antiphon.errors import Failure, WrongUse
from antiphon.stage.machine.clock import Clock
from antiphon.stage.machine.priority import may_lock_memory
from antiphon.stage.machine.terminal import libraries_silenced
from antiphon.stage.ports.jack.client import StartJack
from antiphon.stage.ports.names import lasting, one_fitting
from antiphon.stage.ports.system import Listing, MissingError, NoServerError
from antiphon.stage.ports.systems import LOOK, Candidate, answer_of, candidates, listing_of, listings
from antiphon.stage.sound import fluidsynth
from antiphon.stage.sound.device import open_device

Verdict = Literal["good", "poor", "bad"]
MEASURED_S, PERIOD_S = 2.0, 0.01
# Two notes 10 ms apart are heard as two; nobody hears 1 ms.
GOOD_S, POOR_S = 0.001, 0.01
_SEQUENCER = Path("/dev/snd/seq")
_LIMITS = "/etc/security/limits.d/audio.conf"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. "bad": it cannot play; "poor": it plays less well; `mend` says what to do."""

    thing: str
    verdict: Verdict
    detail: str
    mend: str = ""


def midi(backend: Any = None, start_jack: StartJack | None = None) -> list[Finding]:
    """A finding for each MIDI system; a bad one is only poor where another works."""
    looked = [_look(candidate) for candidate in candidates("auto", LOOK, backend, start_jack)]
    if not looked:
        return [Finding("MIDI", "bad", "the MIDI library knows no MIDI system")]
    answered = any(finding.verdict == "good" for finding in looked)
    return [_eased(finding) if answered else finding for finding in looked]


def with_panel(found: list[Finding]) -> list[Finding]:
    """The findings of `midi`, and what works without any MIDI system, where none answers."""
    if any(finding.verdict != "bad" for finding in found):
        return found
    return [
        *found,
        Finding("panel", "good", "there is no MIDI system, but antiphon panel works here, in the browser"),
    ]


def _eased(finding: Finding) -> Finding:
    if finding.verdict == "good":
        return finding
    return Finding(finding.thing, "poor", f"{finding.detail}; another system answers", finding.mend)


def _look(candidate: Candidate) -> Finding:
    thing = f"MIDI: {candidate.title}"
    try:
        found = answer_of(candidate, listing_of)
    except MissingError as error:
        return Finding(thing, "bad", str(error), error.mend)
    except NoServerError as error:
        return Finding(thing, "bad", str(error), _mend_midi(candidate.api, _SEQUENCER))
    ports = f"answers; inputs {len(found.inputs)}, outputs {len(found.outputs)}"
    if candidate.api == "winmm" and not (found.inputs and found.outputs):
        mend = "make antiphon:in and antiphon:out with loopMIDI, or plug in a keyboard and a synthesizer"
        return Finding(thing, "bad", f"{ports}; Windows has no virtual ports", mend)
    return Finding(thing, "good", ports)


def _mend_midi(api: str, sequencer: Path) -> str:
    if api == "jack":
        return "start a JACK server: jackd -d alsa (or -d dummy), or PipeWire's with pw-jack antiphon play"
    if api != "alsa":
        return ""
    if sequencer.exists() and not os.access(sequencer, os.R_OK | os.W_OK):
        return "sudo usermod -aG audio $USER, then log in again"
    return "sudo modprobe snd-seq"


def part_ports(
    named: Mapping[str, str], api: str, backend: Any = None, start_jack: StartJack | None = None
) -> list[Finding]:
    """Whether the ports are there that parts are to have, by the name of the setting."""
    if not named:
        return []
    try:
        there = listings(api, backend, start_jack)[0]
    except Failure:
        return []  # it is told of the MIDI systems
    return [_part_port(setting, name, there) for setting, name in named.items()]


def _part_port(setting: str, name: str, there: Listing) -> Finding:
    try:
        port = one_fitting(name, there.outputs, there.api)
    except Failure as failure:
        return Finding(setting, "bad", failure.message, f"plug it in, or change {setting}")
    return Finding(setting, "good", f"goes to {lasting(port, there.api)}")


def priority(fifo: bool) -> Finding:
    """Whether real-time priority was allowed, and memory may be locked."""
    locks = may_lock_memory()
    scheduled = "real-time priority allowed" if fifo else "real-time priority refused"
    had = f"{scheduled}, locked memory {'allowed' if locks else 'limited'}"
    if fifo and locks:
        return Finding("priority", "good", had)
    if not sys.platform.startswith("linux"):
        return Finding("priority", "good", "this system has no such setting")
    lines = r"@audio - rtprio 95\n@audio - memlock unlimited\n"
    mend = f"printf '{lines}' | sudo tee {_LIMITS}; sudo usermod -aG audio $USER; log in again"
    return Finding("priority", "poor", had, mend)


def lateness_s(clock: Clock, measured_s: float) -> list[float]:
    """How late the clock woke, in seconds, at each pulse within `measured_s`."""
    begun_s, late_s = clock.now_s(), []
    for number in range(1, round(measured_s / PERIOD_S) + 1):
        at_s = begun_s + number * PERIOD_S
        clock.wait_until_s(at_s)
        late_s.append(clock.now_s() - at_s)
    return late_s


def timing(late_s: Sequence[float]) -> Finding:
    """The verdict on a pulse: 99 of 100 notes must be within a millisecond."""
    ordered = sorted(late_s)
    median_s, most_s = ordered[len(ordered) // 2], ordered[-1]
    nearly_all_s = ordered[len(ordered) * 99 // 100]
    figures = ", ".join(
        f"{name} {1000 * value:.3f} ms"
        for name, value in (("median", median_s), ("99 %", nearly_all_s), ("worst", most_s))
    )
    if nearly_all_s < GOOD_S:
        return Finding("timing", "good", f"late by {figures}")
    heard = "some notes will be heard late" if nearly_all_s >= POOR_S else "felt in fast playing, if at all"
    mend = "allow real-time priority; close programs that are busy"
    return Finding("timing", "poor", f"late by {figures}: {heard}", mend)


def sound(on_jack: bool) -> Finding:
    """Whether `--sound` would be heard, and by what; playing itself needs no sound.

    On JACK's ports its sound device is tried first.
    """
    device, without = _told(lambda: _device(on_jack))
    synthesizer, no_synthesizer = _told(lambda: f"FluidSynth is there with {fluidsynth.installed()[1].name}")
    if device is not None:
        return Finding("sound", "good", f"--sound works {device}; {synthesizer or no_synthesizer}")
    mend = "antiphon panel makes sound in the browser"
    if synthesizer is not None:
        return Finding("sound", "poor", f"{without}; {synthesizer}, for --sound fluidsynth", mend)
    return Finding("sound", "poor", f"--sound does not work: {without}; {no_synthesizer}", mend)


def _device(on_jack: bool) -> str:
    with libraries_silenced(), closing(open_device(on_jack)) as device:
        return f"on {device.system}, {device.rate_hz} Hz"


def _told(look: Callable[[], str]) -> tuple[str | None, str]:
    """What is found, or else None and why nothing is."""
    try:
        return look(), ""
    except Failure as failure:
        return None, failure.message


def model(name: str) -> Finding:
    """Whether the bundle can be read and is complete."""
    return _try("model", lambda: _whole(name), "antiphon models lists those that ship")


def _whole(name: str) -> str:
    return f"{bundle.load(bundle.find(name)).card.name} is complete"


def takes(folder: Path) -> Finding:
    """Whether takes can be written; a folder that does not exist yet is not created."""
    return _try("takes", lambda: _written(folder), "choose another folder with --take-dir or [take] folder")


def _written(folder: Path) -> str:
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            return f"{folder} can be written"
    except OSError as error:
        raise Failure(f"{there}: {error.strerror}") from None


def _try(thing: str, look: Callable[[], str], mend: str) -> Finding:
    try:
        return Finding(thing, "good", look())
    except (Failure, WrongUse) as failure:
        return Finding(thing, "bad", failure.message, mend)
