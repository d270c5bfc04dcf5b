"""The round trip from output to input, with ports in memory and in virtual time."""

import json

import pytest

from antiphon import cli
from antiphon.errors import Failure
from antiphon.stage.control.round_trip import MESSAGES, measure
from antiphon.stage.machine.clock import VirtualClock
from fake_jack import FakeJack
from fake_rtmidi import FakeRtMidi


class Cable(VirtualClock):
    """Moves what leaves the output to the input, `takes_s` later, less every `loses`-th message."""

    def __init__(self, library, takes_s=0.0015, loses=0, from_s=0.0):
        super().__init__()
        self.library, self.takes_s, self.loses, self.from_s = library, takes_s, loses, from_s
        self.seen, self.under_way = 0, []

    def wait_until_s(self, at_s, exactly=True):
        sent = self.library.outs[0].sent
        for number in range(self.seen, len(sent)):
            if self.now_s() >= self.from_s and not (self.loses and number % self.loses == self.loses - 1):
                self.under_way.append((self.now_s() + self.takes_s, sent[number]))
        self.seen = len(sent)
        super().wait_until_s(at_s, exactly)
        while self.under_way and self.under_way[0][0] <= self.now_s():
            self.library.ins[0].queue.append(self.under_way.pop(0)[1])


def measured(library, **cable):
    said = []
    clock = Cable(library, **cable)
    route, trips = measure(clock, "auto", ["keys"], "synth", said.append, library)
    assert library.alive == []
    return route, trips, said


def looped():
    return FakeRtMidi([2], sources=["keys:in 1:0"], sinks=["synth:out 2:0"])


def test_the_time_on_the_way_is_measured():
    route, trips, said = measured(looped())
    assert route == "synth:out to keys:in"
    assert (len(trips.trips_s), trips.lost, said) == (MESSAGES, 0, [])
    assert 0.0015 <= trips.median_s() <= trips.nearly_all_s() <= 0.0015 + 0.0002
    finding = trips.finding(route)
    assert finding.verdict == "good"
    assert finding.detail == "synth:out to keys:in: median 1.60 ms, 99 % 1.60 ms; 0 of 200 messages lost"


def test_lost_messages_and_long_ways_are_told():
    _, trips, _ = measured(looped(), loses=10)
    assert trips.lost == 20
    assert trips.finding("a to b").verdict == "poor"
    _, trips, _ = measured(looped(), takes_s=0.03)
    assert (trips.lost, trips.finding("a to b").verdict) == (0, "poor")


def test_a_loop_may_be_closed_later_and_one_that_is_never_closed_is_a_failure():
    _, trips, said = measured(looped(), from_s=3.0)
    assert said == ["Loop synth:out to keys:in: waiting 10 s for it."]
    assert trips.lost == 0
    library = looped()
    with pytest.raises(Failure, match="nothing comes back from synth:out to keys:in"):
        measured(library, from_s=60.0)
    assert library.alive == []


def test_on_jack_the_moments_are_those_of_the_frames():
    jack = FakeJack()

    class Looped(VirtualClock):
        def wait_until_s(self, at_s, exactly=True):
            super().wait_until_s(at_s, exactly)
            for _, moment_s, data in jack.sent:
                jack.play("in", moment_s + 0.004, *data)
            jack.sent.clear()

    _, trips = measure(Looped(), "jack", [], "", print, start_jack=jack)
    assert trips.median_s() == pytest.approx(0.004)
    assert trips.lost == 0
    assert jack.closed


def test_ports_without_the_measurement_are_wrong_use(capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["doctor", "--out", "synth"])
    assert left.value.code == 2
    assert "--in and --out belong to --latency" in capsys.readouterr().err


def test_the_figures_as_json(monkeypatch, capsys):
    from antiphon.commands import doctor

    monkeypatch.setattr(doctor, "measure", lambda *_: measured(looped())[:2])
    with pytest.raises(SystemExit) as left:
        cli.main(["doctor", "--latency", "--json"])
    assert left.value.code == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["route"], told["messages"], told["lost"], told["verdict"]) == (
        "synth:out to keys:in",
        200,
        0,
        "good",
    )
    assert 1.5 <= told["median_ms"] <= told["p99_ms"] <= 1.7
