"""Clocks: virtual time moves only by waiting; the system's clock never returns early."""

import pytest

from antiphon.stage.machine.clock import SystemClock, VirtualClock, wall_time


def test_virtual_time_moves_by_waiting_and_never_back():
    clock = VirtualClock(2.0)
    assert clock.now_s() == 2.0
    clock.wait_until_s(5.5)
    assert clock.now_s() == 5.5
    clock.wait_until_s(1.0)
    assert clock.now_s() == 5.5


@pytest.mark.parametrize("spin_s", [0.0, 0.001])
def test_the_system_clock_does_not_return_before_the_moment(spin_s):
    clock = SystemClock(spin_s)
    at_s = clock.now_s() + 0.003
    clock.wait_until_s(at_s)
    assert clock.now_s() >= at_s


def test_waiting_for_what_has_passed_is_no_wait_and_no_error():
    clock = SystemClock()
    before_s = clock.now_s()
    clock.wait_until_s(before_s - 3600)
    assert clock.now_s() >= before_s


def test_the_wall_clock_gives_a_date_to_name_things_with():
    assert len(f"{wall_time():%Y%m%d-%H%M%S}") == 15
    assert wall_time().utcoffset() is not None


def test_a_clock_that_steps_by_15_ms_as_on_windows_is_not_read(monkeypatch):
    monkeypatch.setattr("time.monotonic", lambda: 0.0)
    clock = SystemClock(spin_s=0.0)
    begun_s = clock.now_s()
    clock.wait_until_s(begun_s + 0.001)
    assert clock.now_s() >= begun_s + 0.001
