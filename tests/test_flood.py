"""More than anybody can play, through the port and the engine in virtual time: what comes out is valid, and
afterwards a phrase is answered as ever."""

import random

import pytest

from antiphon.events import NoteOff, NoteOn
from antiphon.listen.phrase import MOST_NOTES
from antiphon.midi.messages import from_bytes
from antiphon.perform.answer_reports import Heard
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.reports import Received
from antiphon.perform.session import Session
from antiphon.perform.settings import SessionSettings
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.live_port import MidiPort
from antiphon.stage.ports.wiring import Wiring
from fake_rtmidi import FakeRtMidi
from hostile_midi import Checks, toy_voice

FLOOD_S, A_SECOND = 10, 10_000
PHRASE_S = 20.0


class FloodClock(VirtualClock):
    """As time goes on messages arrive, `said` at their moments."""

    def __init__(self, library, said):
        super().__init__()
        self.library, self.said, self.given = library, said, 0

    def wait_until_s(self, at_s, exactly=True):
        super().wait_until_s(at_s, exactly)
        first = self.given
        while self.given < len(self.said) and self.said[self.given][0] <= self.now_s():
            self.given += 1
        self.library.ins[0].queue += [message for _, message in self.said[first : self.given]]


def played(messages, until_s, **wiring):
    """Everything that was reported and sent, with the port closed at the end."""
    library = FakeRtMidi([2])
    clock = FloodClock(library, messages)
    port, reports = MidiPort(clock, Wiring(**wiring), backend=library), []
    settings = SessionSettings(control=ControlSettings(temperature=20, panic=21, answer_now=22))
    session = Session(toy_voice(1), settings, 1)
    Engine(clock, port, session, reports.append).run(until=lambda: clock.now_s() >= until_s)
    port.close()
    checks = Checks()
    for message in library.outs[0].sent:
        assert message[0] >= 0x80
        assert max(message[1:]) <= 127
        if not wiring.get("thru"):
            checks.see(from_bytes(message), 0.0)
    assert not checks.sounding
    return reports, library.outs[0].sent


def flood(chance, kinds):
    for number in range(FLOOD_S * A_SECOND):
        yield number / A_SECOND, kinds[number % len(kinds)](chance)


def on(chance):
    return [0x90, chance.randrange(128), 100]


def off(chance):
    return [0x80, chance.randrange(128), 0]


def knob(chance):
    return [0xB0, 20, chance.randrange(128)]


def pulse(_chance):
    return [0xF8]


def button(chance):
    return [0xB0, chance.choice((21, 22)), 127 if chance.random() < 0.001 else 0]


PHRASE = [(PHRASE_S, [0x90, 60, 80]), (PHRASE_S + 0.4, [0x80, 60, 0]), (PHRASE_S + 0.5, [0x90, 64, 80])]
PHRASE += [(PHRASE_S + 0.9, [0x80, 64, 0])]


@pytest.mark.parametrize("kinds", [(on, off), (on, knob, off, pulse, button)])
def test_after_ten_thousand_messages_a_second_a_phrase_is_answered(kinds):
    # Whoever floods lets go of the keys at last, by the message for that.
    said = [*flood(random.Random(0), kinds), (FLOOD_S, [0xB0, 123, 0]), *PHRASE]
    reports, sent = played(said, PHRASE_S + 6)
    assert sum(isinstance(report, Received) for report in reports) > 0.4 * FLOOD_S * A_SECOND
    heard = [report for report in reports if isinstance(report, Heard)]
    assert [note.pitch for note in heard[-1].notes] == [60, 64]
    assert heard[-1].at_s > PHRASE_S
    assert all(len(report.notes) <= MOST_NOTES for report in heard)
    assert any(isinstance(from_bytes(message), NoteOn) for message in sent)


def test_a_megabyte_of_system_exclusive_in_pieces_is_passed_over():
    data = [0xF0, *[number % 128 for number in range(1 << 20)], 0xF7]
    cuts = random.Random(1)
    said, place, at_s = [], 0, 0.0
    while place < len(data):
        size, at_s = cuts.randint(1, 4000), at_s + 0.001
        said.append((at_s, data[place : place + size]))
        place += size
    reports, _ = played([*said, *PHRASE], PHRASE_S + 6)
    received = [report.timed for report in reports if isinstance(report, Received)]
    assert [timed.event for timed in received] == [NoteOn(60, 80), NoteOff(60), NoteOn(64, 80), NoteOff(64)]


def test_a_system_exclusive_that_never_ends_is_ended_by_the_next_note():
    reports, _ = played([(0.1, [0xF0, *[1] * 100_000]), (0.2, [2] * 100_000), *PHRASE], PHRASE_S + 6)
    assert sum(isinstance(report, Heard) for report in reports) == 1


@pytest.mark.parametrize(
    "broken", [[0x90, 60, 200], [0x90, 255, 64], [0x90, 60], [60, 64], [0xF0], [], [300, -1]]
)
def test_bytes_that_are_none_are_dropped_and_never_sent_on(broken):
    said = [(0.1, broken), *PHRASE]
    reports, sent = played(said, PHRASE_S + 6, thru=True)
    assert [report.notes[0].pitch for report in reports if isinstance(report, Heard)] == [60]
    assert [0x90, 60, 80] in sent


def test_running_status_goes_on_across_pieces():
    said = [(1.0, [0x90, 60, 80, 60]), (1.3, [0, 64]), (1.4, [80]), (1.7, [64, 0xFE, 0])]
    reports, _ = played(said, 1.9)
    received = [report.timed for report in reports if isinstance(report, Received)]
    assert [timed.event for timed in received] == [NoteOn(60, 80), NoteOff(60), NoteOn(64, 80), NoteOff(64)]
