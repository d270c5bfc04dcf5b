"""From bytes at the ports to the phrase that a session heard: instruments that do not play by the book."""

from itertools import chain

import pytest

from antiphon.events import NoteOn, Timed, Turned
from antiphon.listen.heard import InputSettings
from antiphon.perform.answer_reports import Answered, Heard
from antiphon.perform.reports import Received
from antiphon.perform.session import Session
from antiphon.perform.settings import AnswerSettings, SessionSettings, TempoSettings
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.live_port import MidiPort
from antiphon.stage.ports.wiring import Wiring
from fake_rtmidi import FakeRtMidi
from fakes import scripted_voice

BEAT_S = 60 / 110
PITCHES = (60, 62, 64, 65, 67, 65, 64, 62)
STEPS = [(4 * n, 4, pitch) for n, pitch in enumerate(PITCHES)]
FIXED = SessionSettings(tempo=TempoSettings("fixed"))


def on(at_s, pitch, velocity=80, channel=0):
    return at_s, [0x90 | channel, pitch, velocity]


def off(at_s, pitch, channel=0):
    return at_s, [0x80 | channel, pitch, 0]


def control(at_s, number, value, channel=0):
    return at_s, [0xB0 | channel, number, value]


def melody(gate_s=0.9 * BEAT_S, pitches=PITCHES, channel=0):
    """Quarters at 110 from 1 s on."""
    begins = [(1.0 + n * BEAT_S, pitch) for n, pitch in enumerate(pitches)]
    return list(chain.from_iterable((on(s, p, 80, channel), off(s + gate_s, p, channel)) for s, p in begins))


class Played:
    """A session with real ports on a fake library; `inputs` are the bytes of each, with their moments."""

    def __init__(self, *inputs, settings=FIXED, until_s=12.0, unplugged_s=None, **wiring):
        self.reports, self.clock = [], VirtualClock()
        names = [f"Keys {n}" for n in range(len(inputs))]
        self.library = FakeRtMidi([2], sources=[f"{name} 2{n}:0" for n, name in enumerate(names)])
        port = MidiPort(self.clock, Wiring(inputs=tuple(names), **wiring), backend=self.library)
        self.session = Session(scripted_voice(["72"] + ["_"] * 200), settings, 1)
        self.waiting = sorted(
            (at_s, number, data) for number, timed in enumerate(inputs) for at_s, data in timed
        )
        self.port, self.unplugged_s = port, unplugged_s
        engine = Engine(self.clock, port, self.session, self.reports.append)
        engine.run(until=lambda: self._arrive() or self.clock.now_s() >= until_s)

    def _arrive(self):
        if self.unplugged_s is not None and self.clock.now_s() >= self.unplugged_s:
            self.library.sources.clear()
        while self.waiting and self.waiting[0][0] <= self.clock.now_s():
            _, number, data = self.waiting.pop(0)
            self.library.ins[number].queue.append(data)
        self.port.attend(None)

    @property
    def phrases(self):
        """Of each phrase that was heard (onset, duration, pitch), its first onset at 0."""
        heard = [report.notes for report in self.reports if isinstance(report, Heard)]
        return [
            [(n.onset_steps - notes[0].onset_steps, n.duration_steps, n.pitch) for n in notes]
            for notes in heard
        ]

    def received(self, kind):
        return [r.timed for r in self.reports if isinstance(r, Received) and isinstance(r.timed, kind)]


def later(timed, delay_s):
    return [(at_s + delay_s, data) for at_s, data in timed]


@pytest.mark.parametrize("delay_s", [0.0, 0.003, 0.01, 0.02])
@pytest.mark.parametrize("gate_s", [0.9 * BEAT_S, 0.5 * BEAT_S, 0.06])
def test_every_message_twice_from_a_bridge(delay_s, gate_s):
    played = melody(gate_s)
    once, twice = Played(played), Played(played + later(played, delay_s))
    assert twice.phrases == once.phrases
    assert [one.event for one in twice.received(Timed)] == [one.event for one in once.received(Timed)]


@pytest.mark.parametrize("delay_s", [0.0, 0.01, 0.02])
def test_every_message_twice_from_two_inputs(delay_s):
    played = melody()
    assert Played(played, later(played, delay_s)).phrases == [STEPS]


def test_a_note_may_begin_on_one_input_and_end_on_the_other():
    """Two inputs that deliver the same, each ahead now and then; notes so short that an off may seem late."""
    short = melody(0.04, [60] * 8)
    delays = [0.0, 0.004, 0.0, 0.0] * 4  # of every second note the off comes in on the other input first
    one = [(at_s + delay_s, data) for (at_s, data), delay_s in zip(short, delays, strict=True)]
    other = [(at_s + 0.004 - delay_s, data) for (at_s, data), delay_s in zip(short, delays, strict=True)]
    assert [[pitch for _, _, pitch in notes] for notes in Played(one, other).phrases] == [[60] * 8]


@pytest.mark.parametrize("copied", [False, True])
def test_a_fast_repetition_is_received_whole(copied):
    rate_s = 60 / 180 / 8
    trill = list(chain.from_iterable((on(1 + n * rate_s, 60), off(1.03 + n * rate_s, 60)) for n in range(16)))
    received = Played(trill + (later(trill, 0.02) if copied else []), until_s=2.0).received(Timed)
    ons = [timed for timed in received if isinstance(timed.event, NoteOn)]
    assert (len(ons), len(received)) == (16, 32)


def test_a_repeated_pitch_ends_before_it_is_struck_again_in_what_is_recorded():
    received = Played(melody(BEAT_S + 0.01, [60] * 4)).received(Timed)
    assert [isinstance(timed.event, NoteOn) for timed in received] == [True, False] * 4


@pytest.mark.parametrize("late_s", [0.001, 0.015, 0.03])
@pytest.mark.parametrize("copied", [False, True])
def test_a_repeated_pitch_whose_on_precedes_its_off(late_s, copied):
    played = melody(BEAT_S + late_s, [60] * 8)
    assert Played(played + (later(played, 0.02) if copied else [])).phrases == [
        [(4 * n, 4, 60) for n in range(8)]
    ]


@pytest.mark.parametrize("reset", [[0xB0, 121, 0], [0xB0, 120, 0], [0xB0, 123, 0], [0xFF]])
def test_after_a_reset_the_pedal_is_up(reset):
    """The phrase ends a beat after the reset: with the pedal still down it would last 64 beats."""
    played = Played([*melody(), control(1.5, 64, 127), (5.6, reset)])
    assert len(played.phrases) == 1
    assert [turned.change.value for turned in played.received(Turned)] == [127, 0]


def test_a_keyboard_pulled_out_with_its_pedal_down_lifts_it():
    pulled = [control(0.9, 64, 127), *melody()[:-1]]
    played = Played(pulled, unplugged_s=5.6, until_s=20.0, thru=True)
    assert len(played.phrases) == 1
    assert [turned.change.value for turned in played.received(Turned)] == [127, 0]
    sent = played.library.outs[0].sent
    assert [0xB0, 64, 0] in sent
    assert [0x80, 62, 64] in sent


def test_the_pedal_of_an_mpe_keyboard_holds_its_notes():
    """Eight short notes, each on a channel of its own: with the pedal they last a beat each."""
    held = [control(0.9, 64, 127), control(5.9, 64, 0)]
    short = [
        message
        for n, pitch in enumerate(PITCHES)
        for message in (on(1 + n * BEAT_S, pitch, 80, n + 1), off(1.05 + n * BEAT_S, pitch, n + 1))
    ]
    (notes,) = Played(held + short).phrases
    assert [pitch for _, _, pitch in notes] == list(PITCHES)
    assert notes[-1][1] == 8


def test_the_ghosts_of_a_guitar_are_received_and_not_heard():
    begins = [1.0 + n * BEAT_S for n in range(8)]
    ghosts = [
        message
        for begin_s, pitch in zip(begins, PITCHES, strict=True)
        for message in (on(begin_s + 0.06, pitch + 12, 18), off(begin_s + 0.075, pitch + 12))
    ]
    played = Played(melody() + ghosts, thru=True)
    assert played.phrases == [STEPS]
    assert len(played.received(Timed)) == 32
    assert len([m for m in played.library.outs[0].sent if m[0] == 0x90 and m[2] == 18]) == 8


def test_a_wrong_semitone_at_each_attack_is_not_heard():
    begins = [1.0 + n * BEAT_S for n in range(8)]
    slips = [
        message
        for begin_s, pitch in zip(begins, PITCHES, strict=True)
        for message in (on(begin_s - 0.02, pitch + 1), off(begin_s, pitch + 1))
    ]
    assert Played(melody() + slips).phrases == [STEPS]


def test_a_left_hand_that_plays_on_neither_keeps_the_phrase_open_nor_ends_the_answer():
    bass = [
        message
        for n in range(60)
        for message in (on(0.5 + n * BEAT_S / 2, 40, 80, 0), off(0.7 + n * BEAT_S / 2, 40, 0))
    ]
    split = SessionSettings(tempo=TempoSettings("fixed"), input=InputSettings(lowest_note=55))
    played = Played(melody() + bass, settings=split, until_s=13.0)
    assert played.phrases == [STEPS]
    assert [report.cut for report in played.reports if isinstance(report, Answered)] == [False]


@pytest.mark.parametrize("times", [1, 2])
def test_one_or_two_notes_c_are_in_c(times):
    played = Played(melody(0.3, [60] * times), settings=SessionSettings())
    assert [str(report.key) for report in played.reports if isinstance(report, Heard)] == ["C major"]


@pytest.mark.parametrize("start", ["now", "beat", "bar"])
def test_a_slow_player_who_detaches_the_notes_plays_one_phrase(start):
    """Quarters at 60 bpm that sound for 40 % of their time, where 110 bpm are expected."""
    slow = [
        message for n, pitch in enumerate(PITCHES) for message in (on(1.0 + n, pitch), off(1.4 + n, pitch))
    ]
    (notes,) = Played(
        slow, settings=SessionSettings(answer=AnswerSettings(start=start)), until_s=11.0
    ).phrases
    assert [pitch for _, _, pitch in notes] == list(PITCHES)
