"""How often something may happen."""

from antiphon.stage.machine.pace import Pace


def test_so_many_times_within_a_stretch_and_again_in_the_next():
    pace = Pace(2, 1.0)
    assert [pace.allows(at_s) for at_s in (5.0, 5.1, 5.2, 5.9, 6.0, 6.5, 6.9, 9.0)] == [
        *(True, True, False, False),
        *(True, True, False, True),
    ]
    assert pace.next_s == 10.0


def test_a_clock_that_went_back_begins_another_stretch():
    pace = Pace(1, 1.0)
    assert [pace.allows(at_s) for at_s in (5.0, 5.1, 2.0)] == [True, False, True]
