"""Cycles of JACK: frames and moments, and which message leaves on which frame."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.stage.jack_cycle import Pending, Timeline

RATE, PERIOD = 48_000, 128


def settled(noise_s=0.0, drift=0.0, seconds=20.0, period=PERIOD, first_frame=0):
    """A timeline that has seen so much, of a server whose counter runs faster by `drift`, and its end."""
    timeline, chance = Timeline(RATE), random.Random(1)
    frame, now_s = 0, 1000.0
    for cycle in range(int(seconds * RATE / period)):
        frame = cycle * period
        now_s = 1000.0 + frame / (RATE * (1 + drift))
        woken = chance.randrange(5)
        counter = (first_frame + frame) % 2**32
        noisy_s = now_s + (woken + 0.5) / RATE + chance.uniform(-noise_s, noise_s)
        timeline.observe(noisy_s, (counter + woken) % 2**32, counter)
    return timeline, (first_frame + frame) % 2**32, now_s


@pytest.mark.parametrize("drift", [0.0, 1e-4, -1e-4])
@pytest.mark.parametrize("first_frame", [0, 2**32 - 1000 * PERIOD])
def test_a_frame_has_its_moment_whatever_the_noise_and_the_drift(drift, first_frame):
    timeline, _, now_s = settled(50e-6, drift, first_frame=first_frame)
    assert timeline.moment_s(0) == pytest.approx(now_s, abs=0.5 / RATE)
    assert timeline.offset(now_s + 1.0) == pytest.approx(RATE * (1 + drift), abs=1)


def test_two_frames_are_as_far_apart_as_the_server_says_though_its_readings_wander():
    timeline, frame, _ = settled(50e-6)
    begun_s = timeline.moment_s(0)
    for cycle in range(1, 376):
        timeline.move(frame + cycle * PERIOD)
    assert timeline.moment_s(0) - begun_s == pytest.approx(375 * PERIOD / RATE, abs=0.2 / RATE)


def test_one_wrong_reading_is_passed_over_and_a_server_that_stood_still_is_followed():
    timeline, frame, now_s = settled()
    timeline.observe(now_s + 0.5, frame + PERIOD, frame + PERIOD)
    assert timeline.moment_s(0) == pytest.approx(now_s + PERIOD / RATE, abs=2e-5)
    for cycle in range(2, 25):
        timeline.observe(now_s + cycle * PERIOD / RATE + 0.5, frame + cycle * PERIOD, frame + cycle * PERIOD)
    assert timeline.moment_s(0) == pytest.approx(now_s + 24 * PERIOD / RATE + 0.5, abs=2e-5)


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 2000)), max_size=40),
    st.sampled_from([16, 128, 1024]),
    st.booleans(),
)
def test_all_leave_in_order_within_their_cycle_and_on_their_frame_if_handed_over_in_time(plan, period, full):
    """`plan`: the frame at which each message is due, and how many frames before that it is handed over."""
    timeline, pending = Timeline(RATE), Pending()
    timeline.observe(0.5 / RATE, 0, 0)
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
