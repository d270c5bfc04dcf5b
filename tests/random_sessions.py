"""Sessions that somebody might have played: random phrases, knobs, clocks and settings, in virtual time.

The same seed plays the same. Everything goes through the engine and a recorder, as it does on stage.
"""

import random
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

import simulated_clocks as clocks
from antiphon import bundle
from antiphon.commands.chosen import take_header
from antiphon.commands.configured import chord_table_of
from antiphon.config import Config
from antiphon.config_sections import MidiSettings, ModelSettings
from antiphon.events import Clocked, ClockSignal, ControlChange, NoteOff, NoteOn, ProgramChange, Timed, Turned
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.session import Session
from antiphon.perform.setting_changes import differences
from antiphon.perform.settings import AnswerSettings, ClockSettings, TempoSettings
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.port import Loopback
from antiphon.stage.takes.library import listed
from antiphon.stage.takes.recorder import Limits, Recorder
from antiphon.stage.voice import make_voices

NAMES = ("essen", "irish", "han")
CONTROL = ControlSettings(
    temperature=20, rests=21, density=22, memory=31, closeness=32, bars=23, mode=24, answer_now=25, stop=26,
    panic=27, record=28, remember=33, forget=34, keep_memory=36, click=37, count_in=38, swing=39, timing=40,
    dynamics=41,
)  # fmt: skip
_KNOBS = (20, 21, 22, 31, 32, 23, 24, 39, 40, 41)
_BUTTONS = (25, 26, 33, 34, 36, 37, 38)
_MAJOR = (0, 2, 4, 5, 7, 9, 11)
NO_LIMITS, NO_PARTS = Limits(), HarmonySettings()
_bundles = {}


def loaded(name):
    """A bundle, read once."""
    if name not in _bundles:
        _bundles[name] = bundle.load(bundle.find(name))
    return _bundles[name]


@dataclass
class Played:
    """What came of a session: the files that were kept, and what was reported."""

    kept: list[Path]
    reports: list = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def script(chance, seconds, bpm):
    """Phrases with silences, a knob or a button now and then, a program change."""
    events, now_s, tonic = [], 0.5, chance.randrange(12)
    while now_s < seconds:
        for _ in range(chance.randint(1, 12)):
            length_s = chance.choice([0.5, 0.5, 1, 1, 2]) * 60 / bpm
            pitch = 55 + tonic + chance.choice(_MAJOR) + 12 * chance.randint(0, 1)
            at_s = now_s + chance.gauss(0, 0.01)
            events.append(Timed(max(0.01, at_s), NoteOn(pitch, chance.randint(30, 120))))
            events.append(Timed(max(0.02, at_s + length_s * chance.uniform(0.4, 1.1)), NoteOff(pitch)))
            now_s += length_s
        for _ in range(chance.randint(0, 3)):
            events += _turn(chance, chance.uniform(max(0.0, now_s - 3), now_s + 3))
        now_s += chance.choice([0.3, 2.0, 5.0, 9.0])
    return events


def _turn(chance, at_s):
    kind = chance.random()
    if kind < 0.6:
        return [Turned(at_s, ControlChange(chance.choice(_KNOBS), chance.randint(0, 127)))]
    if kind < 0.8:
        number = chance.choice(_BUTTONS)
        return [Turned(at_s + late, ControlChange(number, value)) for late, value in ((0, 127), (0.1, 0))]
    if kind < 0.9:
        return [Turned(at_s, ControlChange(64, 127)), Turned(at_s + 0.7, ControlChange(64, 0))]
    return [Turned(at_s, ProgramChange(chance.randint(0, 3)))]


def pulses(chance, seconds, bpm):
    """A clock that runs from its start, its tempo swaying, quantised as audio programs do it."""
    swing = chance.uniform(0, 4)
    moments = clocks.pulses(lambda at_s: bpm + swing * np.sin(at_s / 7), seconds, begin_s=0.3)
    heard = clocks.quantised(moments, np.random.default_rng(chance.randrange(1 << 30)), 256)
    yield Clocked(float(heard[0]) - 0.001, ClockSignal("start"))
    yield from (Clocked(float(at_s), ClockSignal("pulse"), 0.005) for at_s in heard)


def configuration(chance):
    """Random settings of a session that ends."""
    source = chance.choice(["internal", "internal", "midi"])
    names = [chance.choice(NAMES) for _ in range(chance.randint(0, 2))]
    return Config(
        model=ModelSettings(chance.choice(NAMES), tuple(names)),
        tempo=TempoSettings(
            chance.choice(["follow", "fixed"]),
            chance.uniform(70, 150),
            chance.choice(["4/4", "3/4", "6/8"]),
        ),
        clock=ClockSettings(source=source, offset_ms=chance.choice([0.0, 12.0])),
        answer=AnswerSettings(
            chance.choice(["answer", "continue", "trade"]),
            chance.choice(["now", "beat", "bar"]),
            chance.choice([0, 0, 1, 2]),
            overlap=chance.random() < 0.2,
        ),
        control=CONTROL,
        midi=MidiSettings(
            output_channel=chance.randint(1, 16), output_latency_ms=chance.choice([0.0, 0.0, 45.0])
        ),
    )  # fmt: skip


def play(
    seed,
    folder,
    seconds=40.0,
    presses=(),
    limits=NO_LIMITS,
    recording=True,
    remembered=(),
    harmony=NO_PARTS,
    mode=None,
):
    """Play and record; `presses` are moments at which the record button is asked for. `mode` None: any."""
    chance = random.Random(seed)
    settings = replace(configuration(chance), harmony=harmony)
    settings = replace(settings, answer=replace(settings.answer, mode=mode or settings.answer.mode))
    first, *programs = [loaded(name) for name in (settings.model.name, *settings.model.programs)]
    table = chord_table_of(settings)
    header = take_header(settings, first.card, seed, [one.card for one in programs], remembered, table)
    played, clock = Played([]), VirtualClock()
    recorder = Recorder(folder, header, recording, played.said.append, limits)
    arriving = script(chance, seconds, settings.tempo.bpm)
    if settings.clock.source == "midi":
        arriving += list(pulses(chance, seconds, settings.tempo.bpm))
    asked = [(at_s, "record") for at_s in presses]
    moments = [chance.uniform(1, seconds) for _ in range(chance.randint(0, 2))]
    for at_s in sorted(moments):
        after = replace(configuration(chance).session, harmony=harmony)
        asked.append((at_s, differences(settings.session, after)))
    asked.sort(key=lambda one: one[0])
    chords = None if table is None else table.table
    voices = make_voices((first, *programs), settings.model.context, remembered, chords)
    session = Session(voices[0], settings.session, seed, voices[1:])
    _perform(clock, recorder, session, played.reports, arriving, asked, seconds)
    played.kept = [one.path for one in listed(folder)]
    return played


def _perform(clock, recorder, session, reports, arriving, asked, seconds):
    def publish(report):
        reports.append(report)
        recorder.record(report)

    engine = Engine(clock, Loopback(clock, arriving), session, publish)

    def over():
        recorder.tend(clock.now_s())
        while asked and asked[0][0] <= clock.now_s():
            engine.ask(asked.pop(0)[1])
        return clock.now_s() >= seconds

    engine.run(over)
    recorder.close()
