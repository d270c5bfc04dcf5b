"""Moments of the page in the time of an AudioContext."""

import pytest

pytestmark = pytest.mark.live
MODULE = ("{ AudioClock }", "audio_clock.js")


def test_a_clock_that_moves_in_blocks_is_read_where_it_is_furthest(run):
    """Read at any moment, it is up to a block of 10 ms behind; the truth is 5 s behind the page."""
    script = """
        const clock = new AudioClock();
        for (let at = 5; at < 8; at += 0.037) clock.read(at, Math.floor((at - 5) / 0.01) * 0.01);
        return clock.toContext(9);
    """
    assert run(script) == pytest.approx(4, abs=0.001)


def test_it_follows_a_clock_that_is_slower(run):
    """One part in a thousand is more than clocks differ by."""
    script = """
        const clock = new AudioClock();
        for (let at = 0; at < 60; at += 0.05) clock.read(at, at * 0.999);
        return clock.toContext(60);
    """
    assert run(script) == pytest.approx(60 * 0.999, abs=0.005)


def test_a_context_that_stood_still_is_read_anew(run):
    script = """
        const clock = new AudioClock();
        clock.read(1, 1);
        clock.forget();
        const known = clock.known;
        clock.read(9, 2);
        return [known, clock.toContext(10)];
    """
    assert run(script) == [False, 3]
