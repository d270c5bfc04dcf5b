"""A session that follows the external clock: golden vectors, and what holds however the tempo moves."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import simulated_clocks as clocks
from antiphon.compose.sampling import SamplingSettings
from antiphon.events import Clocked, ClockSignal, ControlChange, Lead, NoteOff, NoteOn, Timed, Turned
from antiphon.perform.answer_reports import Answered, Heard
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.reports import Followed, StateChanged
from antiphon.perform.session import Session
from antiphon.perform.settings import AnswerSettings, ClockSettings, SessionSettings, TempoSettings
from fakes import scripted_voice

SCRIPT = ["72", "_", "_", "_", "71", "_", "r", "_", "72", "_", "_", "_", "_", "_", "_", "_", "/"]
PLAIN = SamplingSettings(sure_factor=1.0, unsure_factor=1.0, longest_steps=0, most_repeats=0)


def led(source="midi", script=SCRIPT, **changes):
    changes = {"sampling": PLAIN, "tempo": TempoSettings("follow", 100.0), **changes}
    return Session(
        scripted_voice(script), SessionSettings(clock=ClockSettings(source=source), **changes), random_seed=1
    )


def phrase_at(moments_s):
    """Three quarter notes, C E G, from three moments on; each released a little before the next."""
    each_s = moments_s[1] - moments_s[0]
    for at_s, pitch, velocity in zip(moments_s, (60, 64, 67), (70, 80, 90), strict=True):
        yield Timed(at_s, NoteOn(pitch, velocity))
        yield Timed(at_s + 0.9 * each_s, NoteOff(pitch))


def clock(moments_s, first="start"):
    """MIDI clock as it comes: the first pulse of `moments_s` is the place the song begins."""
    yield Clocked(moments_s[0] - 0.001, ClockSignal(first))
    yield from (Clocked(at_s, ClockSignal("pulse")) for at_s in moments_s)


def play(made, arriving, until_s=20.0):
    """Everything sent, the session told of all that arrives and advanced at each deadline."""
    waiting = sorted(arriving, key=lambda arrived: arrived.at_s)
    sent, now_s, still = [], 0.0, 0
    while now_s < until_s:
        before_s = now_s
        moments = [until_s, *(arrived.at_s for arrived in waiting[:1])]
        deadline_s = made.next_deadline_s()
        now_s = min(moments) if deadline_s is None else max(now_s, min(deadline_s, *moments))
        while waiting and waiting[0].at_s <= now_s:
            give(made, waiting.pop(0))
        sent += made.advance(now_s)
        still = still + 1 if now_s == before_s else 0
        assert still < 100, "the deadline does not move"
    return sent


def give(made, arrived):
    if isinstance(arrived, Timed):
        made.receive(arrived)
    elif isinstance(arrived, Turned):
        made.turn(arrived)
    else:
        made.hear_clock(arrived, arrived.at_s)


def rows(sent, digits=3):
    return [
        (round(t.at_s, digits), "on" if isinstance(t.event, NoteOn) else "off", t.event.pitch) for t in sent
    ]


STEADY = clocks.pulses(lambda _: 120.0, 18, begin_s=1.0)
ANSWER = [(0.0, "on", 72), (0.45, "off", 72), (0.5, "on", 71), (0.725, "off", 71), (1.0, "on", 72)]


def later(answer, begin_s):
    return [(round(begin_s + at_s, 3), what, pitch) for at_s, what, pitch in answer]


@pytest.mark.parametrize("seed", [1, 9, 18, 48])
def test_where_the_tempo_changes_by_half_within_the_first_beat_the_answer_is_on_the_bar_line(seed):
    """Some of the first gaps are just wide enough to look like a loss, and some just not."""
    slow_s, quick_s = 60 / 100 / 24, 60 / 150 / 24
    moments = 1.0 + np.cumsum([0.0, *[slow_s] * (3 + seed % 8), *[quick_s] * 960])
    heard = clocks.gaussian(moments, np.random.default_rng(seed), 0.0002)
    sent = play(led(), [*clock(heard), *phrase_at(moments[96:168:24])], until_s=12.0)
    assert np.min(np.abs(moments[::96] - sent[0].at_s)) < 0.002


def test_the_answer_begins_in_the_bar_and_the_tempo_of_an_external_clock():
    # The song began at 1.0, its second bar at 3.0; the phrase is in the second bar, a beat late.
    sent = play(led(), [*clock(STEADY), *phrase_at([3.5, 4.0, 4.5])])
    assert rows(sent) == [*later(ANSWER, 7.0), (8.975, "off", 72)]


def test_without_a_start_the_first_note_is_the_first_downbeat():
    pulses = [Clocked(at_s, ClockSignal("pulse")) for at_s in STEADY]
    sent = play(led(), [*pulses, *phrase_at([3.3, 3.8, 4.3])])
    assert rows(sent)[: len(ANSWER)] == later(ANSWER, 5.3)


def test_before_the_clock_runs_nothing_is_answered():
    made = led()
    sent = play(made, [*phrase_at([1.0, 1.5, 2.0])])
    assert sent == []
    assert made.state == "waiting"
    assert [n.state for n in made.take_reports() if isinstance(n, StateChanged)] == ["waiting"]


def test_a_clock_that_falls_silent_closes_the_notes_and_waits():
    # The pulses end while the answer's first note sounds.
    made = led()
    running = STEADY[STEADY < 7.2]
    sent = play(made, [*clock(running), *phrase_at([3.5, 4.0, 4.5])], until_s=12.0)
    assert rows(sent) == [(7.0, "on", 72), (round(running[-1] + 0.25, 3), "off", 72)]
    assert made.state == "waiting"
    assert [n.cut for n in made.take_reports() if isinstance(n, Answered)] == [True]


def test_a_stop_closes_the_notes_at_once_and_a_continue_goes_on():
    made = led()
    second = clocks.pulses(lambda _: 120.0, 10, begin_s=9.0)
    arriving = [
        *clock(STEADY[STEADY < 7.2]),
        Clocked(7.2, ClockSignal("stop")),
        *phrase_at([3.5, 4.0, 4.5]),
        Clocked(8.9, ClockSignal("position", 48)),
        *clock(second, first="continue"),
        *phrase_at([9.0, 9.5, 10.0]),
    ]
    sent = rows(play(made, arriving))
    assert sent[:2] == [(7.0, "on", 72), (7.2, "off", 72)]
    assert sent[2 : 2 + len(ANSWER)] == later(ANSWER, 11.0)
    told = [n.ahead_steps for n in made.take_reports() if isinstance(n, Followed)]
    assert told
    assert not any(ahead_steps % 16 for ahead_steps in told)


@pytest.mark.parametrize("jump_to", [0, 16, 160])
def test_a_loop_of_whole_bars_is_not_noticed_by_the_music(jump_to):
    # At 7.0, where bar 4 begins, the external clock's song goes on in another bar; the answer goes on too.
    position = Clocked(7.1, ClockSignal("position", jump_to))
    made = led()
    at_bar = [c for c in clock(STEADY) if c.at_s < 7.0 - 1e-6]
    after = [c for c in clock(STEADY) if c.at_s >= 7.0 - 1e-6]
    arriving = [*at_bar, Clocked(6.99, position.signal), *after, *phrase_at([3.5, 4.0, 4.5])]
    assert rows(play(made, arriving)) == [*later(ANSWER, 7.0), (8.975, "off", 72)]


def test_a_jump_off_the_bar_ends_the_answer_and_the_next_one_is_on_the_new_bars():
    made = led()
    before, after = STEADY[STEADY < 7.26], STEADY[STEADY >= 7.26]
    arriving = [
        *clock(before),
        Clocked(7.255, ClockSignal("position", 6)),  # a beat and a half into a bar, not half a beat
        *(Clocked(at_s, ClockSignal("pulse")) for at_s in after),
        *phrase_at([3.5, 4.0, 4.5]),
        *phrase_at([9.0, 9.5, 10.0]),
    ]
    sent = rows(play(made, arriving))
    assert sent[1][1:] == ("off", 72)
    assert 7.25 <= sent[1][0] <= 7.3
    # The pulse at 7.2708 is the seventh sixteenth: bars begin 0.75 s before it.
    begun = next(at_s for at_s, what, _ in sent[2:] if what == "on")
    assert (begun - (STEADY[STEADY >= 7.26][0] - 0.75)) % 2 == pytest.approx(0, abs=2e-3)


def test_trading_keeps_to_the_clocks_bars():
    made = led(answer=AnswerSettings(mode="trade", bars=1))
    sent = play(made, [*clock(STEADY), *phrase_at([3.0, 3.5, 4.0])])
    assert rows(sent)[: len(ANSWER)] == later(ANSWER, 5.0)


@pytest.mark.parametrize("seed", range(3))
def test_while_the_tempo_moves_the_answer_stays_on_the_beats(seed):
    def tempo(at_s):
        return 120 - 1.5 * min(12, max(0.0, at_s - 4))

    chance = np.random.default_rng(seed)
    true = clocks.pulses(tempo, 24)
    heard = clocks.gaussian(true, chance, 0.0005)
    phrase = [true[24 * 5], true[24 * 6], true[24 * 7]]
    made = led(script=["72", "_", "_", "_"] * 40)
    sent = play(made, [*clock(heard), *phrase_at(phrase)], until_s=23.0)
    onsets = [t.at_s for t in sent if isinstance(t.event, NoteOn)]
    beats = true[::24]
    assert len(onsets) == 4
    assert onsets[0] == pytest.approx(beats[12], abs=0.006)
    for at_s in onsets:
        assert np.abs(beats - at_s).min() < 0.006


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.floats(0.05, 3), st.floats(20, 300), st.floats(0, 400), st.booleans()), max_size=12
    ),
    st.integers(0, 3),
)
def test_however_the_external_clock_jumps_every_note_is_closed_once(moves, seed):
    chance, at_s, arriving = np.random.default_rng(seed), 0.5, []
    for gap_s, bpm, quarters, rolling in moves:
        arriving.append(Lead(at_s, quarters, bpm, rolling))
        first = at_s + chance.uniform(0, 0.2)
        arriving += phrase_at([first, first + 0.3, first + 0.6])
        at_s += gap_s
    made = led("link", script=["72", "_", "71", "_"] * 60)
    sent = play(made, arriving, until_s=at_s + 3)
    sent += made.stop(at_s + 3)
    counts = Counter()
    for timed in sent:
        counts[timed.event.pitch] += 1 if isinstance(timed.event, NoteOn) else -1
        assert 0 <= counts[timed.event.pitch] <= 1
    assert not any(counts.values())
    steps = [n.grid.steps_at(n.at_s) for n in made.take_reports() if isinstance(n, Followed)]
    assert all(b >= a - 0.3 for a, b in pairwise(steps))


def test_a_knob_lets_another_source_lead():
    # Internal first: the first note is the first downbeat. Then the running clock leads.
    made = led("internal", control=ControlSettings(clock=35), tempo=TempoSettings("fixed", 120.0))
    arriving = [
        *clock(STEADY),
        *phrase_at([1.3, 1.8, 2.3]),
        Turned(6.0, ControlChange(35, 40)),
        *phrase_at([7.0, 7.5, 8.0]),
        Turned(12.0, ControlChange(35, 0)),
    ]
    sent = rows(play(made, arriving))
    assert sent[0] == (3.3, "on", 72)
    assert later(ANSWER, 9.0)[0] in sent
    assert made.state == "idle"


def test_a_source_that_says_nothing_is_waited_for_and_the_notes_are_closed():
    made = led("internal", control=ControlSettings(clock=35), tempo=TempoSettings("fixed", 120.0))
    sent = rows(play(made, [*phrase_at([1.0, 1.5, 2.0]), Turned(3.2, ControlChange(35, 127))]))
    assert sent == [(3.0, "on", 72), (3.2, "off", 72)]
    assert made.state == "waiting"


def test_the_phrase_is_heard_on_the_external_clocks_grid_whatever_its_tempo():
    made = led("link", script=["72", "_", "_", "_"] * 9)
    play(made, [Lead(0.0, 0.0, 60.0), Lead(2.0, 2.0, 60.0), *phrase_at([4.0, 5.0, 6.0])], until_s=14.0)
    heard = [n for n in made.take_reports() if isinstance(n, Heard)]
    assert [note.onset_steps for note in heard[0].notes] == [16, 20, 24]
    assert heard[0].grid.bpm == 60.0
