"""The member of a Link session: what it tells of where the others are, and when."""

import sys
from itertools import pairwise
from types import ModuleType, SimpleNamespace

import pytest

from antiphon.errors import Failure
from antiphon.events import Lead
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.sync.link import LinkFeed

# Seconds, each a sum of powers of two: what is told can be compared exactly.
TURN_S = 1 / 32
AHEAD_S = 1000  # Link's clock and ours do not begin together


class FakeLink:
    """A session at so many quarters at moment 0; each reading of its clock may take a while."""

    def __init__(self, clock, bpm):
        self._our_clock = clock
        self.bpm, self.quarters, self.playing, self.since_s = bpm, 0.0, False, -AHEAD_S
        self.enabled = self.startStopSyncEnabled = False
        self.reading_takes_s, self.readings, self.quantum = 0.0, 0, None

    def clock(self):
        return SimpleNamespace(micros=self._micros)

    def _micros(self):
        self.readings += 1
        micros = round((self._our_clock.now_s() + AHEAD_S) * 1e6)
        self._our_clock.wait_until_s(self._our_clock.now_s() + self.reading_takes_s)
        return micros

    def numPeers(self):  # noqa: N802 - the binding's name
        return 3

    def captureSessionState(self):  # noqa: N802
        return SimpleNamespace(
            tempo=lambda: self.bpm,
            isPlaying=lambda: self.playing,
            timeForIsPlaying=lambda: round((self.since_s + AHEAD_S) * 1e6),
            beatAtTime=self._beat_at_time,
        )

    def _beat_at_time(self, micros, quantum):
        self.quantum = quantum
        return self.quarters + (micros / 1e6 - AHEAD_S) * self.bpm / 60


class Listener:
    """A clock feed, its clock and the session it is in."""

    def __init__(self, bpm=120.0):
        self.clock = VirtualClock()
        self.clock_feed = LinkFeed(self.clock, bpm, 4.0, SimpleNamespace(Link=self._join))

    def _join(self, bpm):
        self.link = FakeLink(self.clock, bpm)
        return self.link

    def turns(self, count):
        """What so many turns told; each comes 1/32 s after the one before."""
        leads = []
        for _ in range(count):
            leads += self.clock_feed.poll()
            self.clock.wait_until_s(self.clock.now_s() + TURN_S)
        return leads


@pytest.fixture
def listener():
    one = Listener()
    assert one.turns(1) == [Lead(0.0, 0.0, 120.0)]
    return one


def test_it_joins_with_the_proposed_tempo_and_follows_start_and_stop():
    listener = Listener(97.0)
    assert (listener.link.bpm, listener.link.enabled, listener.link.startStopSyncEnabled) == (
        97.0,
        True,
        True,
    )
    assert listener.clock_feed.peers == 3


def test_it_leaves_the_session_and_may_leave_twice(listener):
    listener.clock_feed.close()
    listener.clock_feed.close()
    assert not listener.link.enabled


def test_while_all_goes_on_as_told_it_tells_four_times_a_second(listener):
    assert listener.turns(24) == [Lead(at_s, 2 * at_s, 120.0) for at_s in (0.25, 0.5, 0.75)]


def test_turns_in_quick_succession_read_the_session_only_every_20_ms():
    listener = Listener()
    for _ in range(1024):
        listener.clock_feed.poll()
        listener.clock.wait_until_s(listener.clock.now_s() + 1 / 1024)
    assert listener.link.readings == 49  # every 21 turns


def test_it_is_told_at_least_every_quarter_of_a_second_with_turns_of_any_length():
    listener, told = Listener(), []
    for _ in range(1024):
        told += [lead.at_s for lead in listener.clock_feed.poll()]
        listener.clock.wait_until_s(listener.clock.now_s() + 1 / 512)
    assert len(told) > 4
    assert max(later - sooner for sooner, later in pairwise(told)) <= 0.25


def test_another_tempo_is_told_at_once_whatever_it_is(listener):
    listener.link.bpm, listener.link.quarters = 960.0, 2 * TURN_S - 16 * TURN_S
    assert listener.turns(2) == [Lead(TURN_S, 2 * TURN_S, 960.0)]


@pytest.mark.parametrize(
    ("moved_s", "told"),
    [(0.00009, []), (-0.00009, []), (0.00011, [TURN_S]), (-0.00011, [TURN_S]), (1.0, [TURN_S])],
)
def test_a_beat_elsewhere_is_told_from_a_tenth_of_a_millisecond(listener, moved_s, told):
    listener.link.quarters = 2 * moved_s
    assert [lead.at_s for lead in listener.turns(3)] == told


def test_slow_drift_adds_up_to_a_deviation_from_what_was_told(listener):
    told = []
    for _ in range(4):
        listener.link.quarters += 2 * 0.00004
        told += listener.turns(1)
    assert told == [Lead(3 * TURN_S, 6 * TURN_S + 3 * 0.00008, 120.0)]


def test_bars_have_the_length_it_was_told(listener):
    assert listener.link.quantum == 4.0


def test_a_session_without_start_and_stop_rolls_and_one_with_them_is_believed(listener):
    told = [lead.rolling for lead in listener.turns(16)]
    for playing in (True, False, True):
        listener.link.playing, listener.link.since_s = playing, listener.clock.now_s()
        told += [lead.rolling for lead in listener.turns(4)]
    assert told == [True, True, False, True]


def test_a_start_on_the_next_bar_line_begins_there_and_so_does_a_stop(listener):
    listener.link.playing, listener.link.since_s = True, 1.0
    rolling = [(lead.at_s, lead.rolling) for lead in listener.turns(40)]
    assert rolling[0] == (TURN_S, False)
    assert (1.0, True) in rolling
    assert [state for at_s, state in rolling if at_s < 1.0] == [False] * 4
    listener.link.playing, listener.link.since_s = False, 2.0
    rolling = [(lead.at_s, lead.rolling) for lead in listener.turns(32)]
    assert (2.0, False) in rolling
    assert all(state == (at_s < 2.0) for at_s, state in rolling)


def test_a_start_that_seems_far_ahead_is_one_whose_beats_were_counted_anew(listener):
    listener.link.playing, listener.link.since_s = True, 60.0
    assert all(lead.rolling for lead in listener.turns(32))


def test_an_interrupted_reading_is_not_believed():
    listener = Listener()
    listener.link.reading_takes_s = 1 / 64
    assert listener.turns(2) == []
    listener.link.reading_takes_s = 0.0
    at_s = listener.clock.now_s()
    assert listener.turns(1) == [Lead(at_s, 2 * at_s, 120.0)]


def test_where_every_reading_is_interrupted_the_fifth_is_taken_at_the_middle():
    listener = Listener()
    listener.link.reading_takes_s = 1 / 64
    leads = [listener.turns(1) for _ in range(10)]
    assert [len(told) for told in leads] == [0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    began_s = 4 * (TURN_S + 1 / 64)
    assert leads[4] == [Lead(began_s + 1 / 128, 2 * began_s, 120.0)]


def test_a_reading_takes_at_most_a_fifth_of_a_millisecond_to_be_believed():
    listener = Listener()
    listener.link.reading_takes_s = 1 / 8192
    assert len(listener.turns(1)) == 1


def test_without_the_binding_the_failure_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "link", None)
    with pytest.raises(Failure, match=r"pip install '\.\[link\]'"):
        LinkFeed(VirtualClock(), 120.0, 4.0)


def test_another_module_of_that_name_is_not_taken_for_it(monkeypatch):
    other = ModuleType("link")
    other.__file__ = "/somewhere/link.py"
    monkeypatch.setitem(sys.modules, "link", other)
    with pytest.raises(Failure, match=r"/somewhere/link\.py is another package, not Ableton Link"):
        LinkFeed(VirtualClock(), 120.0, 4.0)


def test_the_module_is_imported_without_the_binding():
    from antiphon.stage.sync import link

    assert not hasattr(link, "Link")
