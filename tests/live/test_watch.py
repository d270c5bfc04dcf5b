"""A server's lost time and a client's missed cycles, on clocks of our own."""

from live.watch import Watch

RATE, FRAMES = 48_000, 128
CYCLE_S = FRAMES / RATE


def watched(lates_s, missing=(), cycles=40):
    """Trouble of cycles told so late each, without those numbers; its frames go on."""
    watch, trouble = Watch(RATE), []
    for number in range(cycles):
        if number not in missing:
            now_s = number * CYCLE_S + lates_s(number)
            trouble += [(number, what, ms) for what, ms in watch.cycle(number * FRAMES, FRAMES, now_s)]
    return trouble


def test_a_steady_server_has_no_trouble():
    assert watched(lambda _: 0.0) == []
    assert watched(lambda number: 0.0009 * (number % 3)) == []


def test_one_cycle_that_is_told_late_is_none():
    assert watched(lambda number: 0.004 * (number == 20)) == []


def test_time_that_the_server_lost_is_told_once_and_as_much_as_it_was():
    [(number, what, lost_s)] = watched(lambda number: 0.008 * (number >= 20))
    assert (number, what) == (22, "lost")
    assert abs(lost_s - 0.008) < 1e-9


def test_a_cycle_that_fell_out_is_told():
    [(number, what, missed_s)] = watched(lambda _: 0.0, missing=(20, 21))
    assert (number, what) == (22, "missed")
    assert abs(missed_s - 2 * CYCLE_S) < 1e-9


def test_a_cycle_called_twice_is_one():
    watch = Watch(RATE)
    told = [watch.cycle(first, FRAMES, first / RATE) for first in (0, 128, 128, 256, 384)]
    assert told == [[]] * 5
