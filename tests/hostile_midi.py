"""Hostile MIDI: a storm of messages, whole and broken, into a real session in virtual time.

What comes out must be valid, every note must be ended, and nothing may be raised.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import cache, partial

from antiphon import bundle
from antiphon.compose.memory.experience import DISTANCES, RUNS, Experience
from antiphon.compose.memory.memory import Memory
from antiphon.compose.model import StreamModel
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import ShapeSettings
from antiphon.compose.symbols import HOLD, parse
from antiphon.config import Config
from antiphon.events import (
    Clocked,
    ClockSignal,
    ControlChange,
    Event,
    Input,
    Lead,
    NoteOff,
    NoteOn,
    Timed,
    Turned,
)
from antiphon.listen.phrase import PhraseSettings
from antiphon.midi.messages import to_bytes
from antiphon.perform.answer.programs import Voice
from antiphon.perform.clock.midi_clock_out import MidiClockOut
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.controls.midi_controls import LEARNABLE
from antiphon.perform.modes import MODES
from antiphon.perform.reports import MemoryKept, Report
from antiphon.perform.session import Session
from antiphon.perform.settings import SOURCES, AnswerSettings, ClockSettings, SessionSettings, TempoSettings
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.machine.log import LOG
from antiphon.stage.performance_state import PerformanceTracker
from antiphon.stage.ports.copies import CopyFilter, LateReleases
from antiphon.stage.ports.echo import EchoFilter
from antiphon.stage.ports.input import InputPort
from antiphon.stage.screen.event_log import log_event
from antiphon.stage.voice import make_voice
from antiphon.timebase import Meter
from fakes import VOCABULARY, random_weights
from tally import FindingError

# Every knob and button has a number, from here on.
FIRST_CONTROL = 20
CONTROLS = {
    each.name: FIRST_CONTROL + n for n, each in enumerate(fields(ControlSettings)) if each.name != "state"
}
LOG.setLevel("CRITICAL")
_LENGTHS = {0x80: 3, 0x90: 3, 0xB0: 3, 0xF2: 3, 0xC0: 2}


class Checks:
    """Looks at all that is sent."""

    def __init__(self) -> None:
        self.sounding: set[tuple[int, int]] = set()
        self.sent = 0

    def see(self, said: Event | ControlChange | ClockSignal, at_s: float) -> None:
        data = to_bytes(said)
        status = data[0] if data[0] >= 0xF0 else data[0] & 0xF0
        if data[0] < 0x80 or max(data[1:], default=0) > 127 or len(data) != _LENGTHS.get(status, 1):
            raise FindingError(f"{data.hex()} is no message")
        if not abs(at_s) < 1e12:
            raise FindingError(f"sent at {at_s}")
        if isinstance(said, NoteOn | NoteOff):
            self._follow(said)

    def _follow(self, said: Event) -> None:
        key, begins = (said.channel, said.pitch), isinstance(said, NoteOn)
        if (key in self.sounding) == begins:
            raise FindingError(f"{said} {'while it sounds' if begins else 'of a note that does not sound'}")
        (self.sounding.add if begins else self.sounding.discard)(key)
        self.sent += begins


class StormPort:
    """A port whose input is pieces of bytes at moments."""

    ahead_s = 0.0

    def __init__(
        self, clock: VirtualClock, storm: Iterator[tuple[float, Sequence[int]]], port_in: InputPort
    ) -> None:
        self._clock, self._storm, self._port_in = clock, storm, port_in
        self._next = next(storm, None)
        self.checks = Checks()

    @property
    def over(self) -> bool:
        return self._next is None

    def receive(self) -> list[Input]:
        arrived: list[Input] = []
        while self._next is not None and self._next[0] <= self._clock.now_s():
            at_s, data = self._next
            for _, said in self._port_in.feed(data, at_s):
                arrived += [_stamped(each, at_s) for each in said]
            self._next = next(self._storm, None)
        if self._port_in.lapsed(self._clock.now_s()):
            arrived += [_stamped(up, self._clock.now_s()) for up in self._port_in.release()]
        return arrived

    def send(self, event: Event | ControlChange, at_s: float) -> None:
        self.checks.see(event, at_s)

    def send_clock(self, signal: ClockSignal, at_s: float) -> None:
        self.checks.see(signal, at_s)

    def send_click(self, event: Event, at_s: float) -> None:
        self.checks.see(event, at_s)

    def close(self) -> None:
        pass


def _stamped(said: object, at_s: float) -> Input:
    if isinstance(said, ClockSignal):
        return Clocked(at_s, said)
    return Timed(at_s, said) if isinstance(said, NoteOn | NoteOff) else Turned(at_s, said)


def storm(chance: random.Random, messages: int) -> Iterator[tuple[float, Sequence[int]]]:
    """So many messages at moments in order, in pieces that need not be whole; the manner changes."""
    at_s, left, kept = 0.1, messages, b""
    while left > 0:
        gap_s, of_clock = chance.choice(_MANNERS)
        pulse_s = 60 / chance.uniform(15, 320) / 24
        for _ in range(min(left, chance.randint(5, 80))):
            left -= 1
            at_s += pulse_s if of_clock else gap_s and chance.expovariate(1 / gap_s)
            message = [0xF8] if of_clock and chance.random() < 0.9 else _message(chance)
            if chance.random() < 0.05:  # cut in two, the rest comes later
                message, kept = [*kept, *message[:1]], bytes(b for b in message[1:] if 0 <= b < 256)
            yield at_s, message
        at_s += chance.choice((0, 0, 0, 0.3, 1.5, 4.0))


# Seconds between messages, and whether they are a clock's pulses.
_MANNERS = ((0.0, False), (0.001, False), (0.005, False), (0.02, False), (0.08, False), (0.0, True))


def _message(chance: random.Random) -> list[int]:
    return chance.choice(_MESSAGES)(chance)


def _note(chance: random.Random) -> list[int]:
    return [
        chance.choice((0x90, 0x90, 0x80)) | chance.choice((0, 0, 0, chance.randrange(16))),
        chance.choice((60, 62, 64, 67, chance.randrange(128))),
        chance.choice((0, 64, 100, chance.randrange(128))),
    ]


def _chord(chance: random.Random) -> list[int]:
    """Several notes by running status."""
    return [0x90, *(chance.choice((60, 64, 67, 72, 0, 64, 100)) for _ in range(chance.randint(2, 9)))]


def _control(chance: random.Random) -> list[int]:
    number = chance.choice((64, 120, 123, 126, chance.randrange(128), *CONTROLS.values(), *CONTROLS.values()))
    return [
        0xB0 | chance.choice((0, chance.randrange(16))),
        number,
        chance.choice((0, 64, 127, chance.randrange(128))),
    ]


def _other(chance: random.Random) -> list[int]:
    kind = chance.choice((0xA0, 0xC0, 0xD0, 0xE0, 0xC0))
    return [
        kind | chance.randrange(16),
        chance.choice((0, 1, 2, chance.randrange(128))),
        chance.randrange(128),
    ]


def _real_time(chance: random.Random) -> list[int]:
    place = [0xF2, chance.randrange(128), chance.choice((0, chance.randrange(128)))]
    return chance.choice(([0xF8], [0xF8], [0xFA], [0xFB], [0xFC], [0xFE], [0xFF], [0xF9], place, place[:2]))


def _broken(chance: random.Random) -> list[int]:
    whole = chance.choice((_note, _control, _other))(chance)
    whole[chance.randrange(len(whole))] = chance.choice(
        (128, 255, 256, -1, 10**9, chance.randrange(128, 256))
    )
    return chance.choice((whole, whole[: chance.randrange(len(whole))], whole[1:]))


def _exclusive(chance: random.Random) -> list[int]:
    body = [chance.randrange(128) for _ in range(chance.choice((0, 3, 30, 300)))]
    return chance.choice(([0xF0, *body, 0xF7], [0xF0, *body], [*body, 0xF7], body, [0xF0, *body, 0x90, 60]))


def _noise(chance: random.Random) -> list[int]:
    return list(chance.randbytes(chance.randint(0, 12)))


_MESSAGES: tuple[Callable[[random.Random], list[int]], ...] = (
    *[_note] * 8,
    _chord,
    *[_control] * 4,
    _other,
    *[_real_time] * 2,
    _broken,
    _exclusive,
    _noise,
)


def leads(chance: random.Random, clock: VirtualClock) -> list[Lead]:
    """What Link or JACK may say, now and then, sense or nonsense."""
    if chance.random() > 0.02:
        return []
    odd = (0.0, -1.0, 1e9, float("inf"), float("nan"))
    bpm = chance.choice((90.0, 120.0, 121.0, chance.uniform(15, 320), chance.choice(odd)))
    place = chance.choice(
        (0.0, chance.uniform(-50, 1e4), 2 * clock.now_s(), 2 * clock.now_s(), chance.choice(odd))
    )
    meter = chance.choice((None, None, Meter(3, 4), Meter(64, 1), Meter(1, 32)))
    rolling, placed = chance.random() < 0.9, chance.random() < 0.8
    return [Lead(clock.now_s(), place, bpm, rolling, placed, meter, chance.choice(("", "link", "jack")))]


def settings(chance: random.Random) -> SessionSettings:
    """Any way of playing, with a number for every knob and button."""
    return SessionSettings(
        TempoSettings(
            chance.choice(("follow", "fixed")),
            chance.choice((20.0, 110.0, 300.0)),
            chance.choice(("4/4", "3/4", "6/8", "5/8", "64/1", "1/32", "7/16")),
        ),
        PhraseSettings(
            chance.choice((0.25, 1.0, 4.0)),
            chance.choice((1.0, 64.0, 512.0)),
            chance.choice(("highest", "lowest", "latest")),
        ),
        AnswerSettings(
            chance.choice(list(MODES)),
            chance.choice(("now", "beat", "bar")),
            chance.choice((0, 1, 64)),
            chance.choice(("player", "any")),
            chance.random() < 0.3,
        ),
        SamplingSettings(
            temperature=chance.choice((0.001, 1.0, 10.0)),
            min_p=chance.choice((0.0, 1.0)),
            top_p=chance.choice((1.0, 1e-9)),
            memory=chance.choice((0.0, 1.5, 10.0)),
            longest_steps=chance.choice((0, 1, 32)),
            most_repeats=chance.choice((0, 1, 6)),
            weights=chance.choice(({}, {"r": 0.0}, {"_": 0.0}, {"_": 100.0, "r": 0.0})),
        ),
        ShapeSettings(chance.choice((0.0, 1.0)), chance.choice((0.0, 0.7, 1.0))),
        channel=chance.randrange(16),
        control=ControlSettings(**CONTROLS, state=chance.choice((None, 99))),
        clock=ClockSettings(chance.choice(SOURCES), offset_ms=chance.choice((0.0, -500.0, 500.0))),
        learn=chance.choice((None, None, *LEARNABLE)),
    )


def toy_voice(seed: int, name: str = "") -> Voice:
    """A small network that nobody trained, with a memory."""
    symbols = len(VOCABULARY)
    memory = Memory(Experience(((1.0,) * RUNS,) * DISTANCES), symbols, VOCABULARY.id(HOLD))
    return Voice(StreamModel(random_weights(symbols, 8, seed)), VOCABULARY, 4, name, memory)


def toy_voices(chance: random.Random) -> list[Voice]:
    return [toy_voice(chance.randrange(99), str(number)) for number in range(chance.randint(1, 3))]


def shipped_voices(chance: random.Random) -> list[Voice]:
    return [make_voice(_shipped(name), None) for name in chance.sample(bundle.shipped_names(), 2)]


@cache
def _shipped(name: str) -> bundle.Bundle:
    return bundle.load(bundle.find(name))


def session_case(
    chance: random.Random, messages: int, voices: Callable[[random.Random], list[Voice]] = toy_voices
) -> str:
    """One session in a storm; "answered" if anything came back."""
    first, *programs = voices(chance)
    asked = settings(chance)
    clock, session = VirtualClock(), Session(first, asked, chance.randrange(2**32), programs)
    port_in = InputPort(chance.choice((None, None, 0)), EchoFilter(), CopyFilter(), LateReleases())
    port = StormPort(clock, storm(chance, messages), port_in)
    from_outside = asked.clock.source in ("link", "jack")
    Engine(
        clock,
        port,
        session,
        partial(_watch, PerformanceTracker(Config(tempo=asked.tempo), "toy")),
        clock_out=MidiClockOut() if chance.random() < 0.5 else None,
        clock_feed=(lambda: leads(chance, clock)) if from_outside else list,
    ).run(until=_until(port, clock))
    if port.checks.sounding:
        raise FindingError(f"still sounding after the stop: {sorted(port.checks.sounding)}")
    return "answered" if port.checks.sent else "silent"


def _until(port: StormPort, clock: VirtualClock) -> Callable[[], bool]:
    """Until the storm is over, and then in the middle of whatever is being played."""
    ends_s: list[float] = []

    def over() -> bool:
        if port.over and not ends_s:
            ends_s.append(clock.now_s() + 3.0)
        return bool(ends_s) and clock.now_s() >= ends_s[0]

    return over


def _watch(performance: PerformanceTracker, report: Report) -> None:
    performance.hear(report)
    log_event(report, performance.state)
    if isinstance(report, MemoryKept):
        parse(" ".join(report.symbols))
