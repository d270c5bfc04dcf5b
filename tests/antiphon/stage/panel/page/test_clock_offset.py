"""The offset between the page's clock and the daemon's."""

import pytest

pytestmark = pytest.mark.live
MODULE = ("{ ClockOffset, median }", "clock_offset.js")


@pytest.mark.parametrize(("values", "expected"), [([3], 3), ([3, 1], 2), ([5, 1, 9], 5), ([4, 1, 2, 9], 3)])
def test_the_median(run, values, expected):
    assert run(f"return median({values});") == expected


def test_nothing_is_known_before_the_first_ping(run):
    assert run("const one = new ClockOffset(); return [one.known, one.offsetS];") == [False, 0]


def test_a_moment_goes_to_the_other_clock_and_back(run):
    script = """
        const one = new ClockOffset();
        one.answered(10, 10.004, 500.002);
        return [one.toDaemon(11), one.toPage(one.toDaemon(11))];
    """
    assert run(script) == pytest.approx([501, 11])


def test_pings_that_were_held_up_do_not_move_it(run):
    """Every third answer is late on its way back, as where the page was busy."""
    script = """
        const one = new ClockOffset();
        for (let at = 0; at < 30; at += 1) one.answered(at, at + (at % 3 ? 0.002 : 0.3), at + 700.001);
        return one.offsetS;
    """
    assert run(script) == pytest.approx(700, abs=1e-6)


def test_old_pings_are_forgotten(run):
    """A computer that slept has another offset after."""
    script = """
        const one = new ClockOffset();
        for (let at = 0; at < 40; at += 1) one.answered(at, at + 0.002, at + 100.001);
        for (let at = 40; at < 80; at += 1) one.answered(at, at + 0.002, at + 150.001);
        return one.offsetS;
    """
    assert run(script) == pytest.approx(150, abs=1e-6)


def test_another_daemon_has_another_clock(run):
    assert (
        run("const one = new ClockOffset(); one.answered(1, 1, 9); one.forget(); return one.known;") is False
    )
