"""Cycles of JACK: frames and moments, and which message leaves on which frame."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.stage.ports.jack.frames import Pending, Timeline

RATE, PERIOD = 48_000, 128


def settled(late_s=0.0, drift=0.0, seconds=20.0, first_frame=0):
    """A timeline that has seen so much, of a server whose counter runs faster by `drift` and whose cycles
    begin up to `late_s` late; with the counter and the true moment of its last cycle."""
    timeline, chance = Timeline(RATE), random.Random(1)
    counter, now_s = first_frame, 1000.0
    for cycle in range(int(seconds * RATE / PERIOD)):
        counter = (first_frame + cycle * PERIOD) % 2**32
        now_s = 1000.0 + cycle * PERIOD / (RATE * (1 + drift))
        woken_s = chance.uniform(0, 0.0001)
        late = chance.random() ** 2 * late_s
        timeline.observe(now_s + late + woken_s, int(woken_s * RATE), counter)
    return timeline, counter, now_s


@pytest.mark.parametrize("drift", [0.0, 1e-4, -1e-4])
@pytest.mark.parametrize("first_frame", [0, 2**32 - 1000 * PERIOD])
def test_a_frame_has_its_moment_whatever_the_lateness_and_the_drift(drift, first_frame):
    timeline, _, now_s = settled(0.001, drift, first_frame=first_frame)
    assert timeline.moment_s(0) == pytest.approx(now_s, abs=0.0003)
    assert timeline.offset(timeline.moment_s(0) + 0.1) == RATE // 10
    assert timeline.offset(timeline.moment_s(77)) == 77


def test_two_frames_are_as_far_apart_as_the_server_says_though_its_cycles_begin_late():
    timeline, counter, now_s = settled(0.001)
    chance, moments = random.Random(2), []
    for cycle in range(1, 1000):
        frame = counter + cycle * PERIOD
        timeline.observe(now_s + cycle * PERIOD / RATE + chance.random() ** 2 * 0.001, 0, frame)
        moments.append(timeline.moment_s(0))
    apart = [(after - before) * RATE for before, after in pairwise(moments)]
    assert max(abs(frames - PERIOD) for frames in apart) < 0.5


def test_readings_that_are_right_to_the_frame_move_no_note():
    timeline, counter, now_s = settled()
    chance, before = random.Random(3), timeline.moment_s(0)
    for cycle in range(1, 4000):
        woken_s = chance.uniform(0, 0.0001)
        at_s = now_s + cycle * PERIOD / RATE + woken_s
        timeline.observe(at_s, int(woken_s * RATE), counter + cycle * PERIOD)
        assert timeline.moment_s(0) == pytest.approx(before + cycle * PERIOD / RATE, abs=1e-9)


def test_a_late_cycle_is_passed_over_and_a_server_that_lost_time_is_followed():
    timeline, counter, now_s = settled()
    timeline.observe(now_s + 0.5 + PERIOD / RATE, 0, counter + PERIOD)
    assert timeline.moment_s(0) == pytest.approx(now_s + PERIOD / RATE, abs=3e-5)
    for cycle in range(2, 4):
        timeline.observe(now_s + cycle * PERIOD / RATE + 0.5, 0, counter + cycle * PERIOD)
    assert timeline.moment_s(0) == pytest.approx(now_s + 3 * PERIOD / RATE + 0.5, abs=3e-5)


def test_a_cycle_that_begins_earlier_than_thought_shows_at_once_that_the_thought_was_wrong():
    timeline, counter, now_s = settled()
    timeline.observe(now_s - 0.1 + PERIOD / RATE, 0, counter + PERIOD)
    assert timeline.moment_s(0) == pytest.approx(now_s - 0.1 + PERIOD / RATE)


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 2000)), max_size=40),
    st.sampled_from([16, 128, 1024]),
    st.booleans(),
)
def test_all_leave_in_order_within_their_cycle_and_on_their_frame_if_handed_over_in_time(plan, period, full):
    """`plan`: the frame at which each message is due, and how many frames before that it is handed over."""
    timeline, pending = Timeline(RATE), Pending()
    timeline.observe(0.0, 0, 0)
    coming = sorted((max(0, due - early), number, due) for number, (due, early) in enumerate(plan))
    handed, left, frame, chance = [], [], 0, random.Random(len(plan))
    while len(left) < len(plan):
        timeline.move(frame)
        while coming and coming[0][0] <= frame:
            _, number, due = coming.pop(0)
            handed.append((number, due, frame))
            pending.add(due / RATE, bytes([number]))
        written = 0
        while (due := pending.first(timeline, period, written)) is not None:
            assert written <= due[0] < period
            if full and chance.random() < 0.3:  # the buffer takes no more
                break
            written = due[0]
            left.append((due[1][0], frame + written, frame))
            pending.done()
        frame += period
    assert not pending
    assert [number for number, _, _ in left] == [number for number, _, _ in handed]
    wanted = -1
    for (_, due, handed_at), (_, at, _) in zip(handed, left, strict=True):
        assert at >= due
        wanted = max(wanted, due, handed_at)  # late: the first frame of the cycle
        if not full:
            assert at == wanted
