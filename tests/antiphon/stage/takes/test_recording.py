"""A recorder that breaks is put aside, its take kept, and another records; not for ever."""

from pathlib import Path

import pytest

from antiphon.errors import Failure
from antiphon.events import NoteOn, Timed
from antiphon.perform.reports import Received
from antiphon.stage.takes.recording import Recording

NOTE = Received(Timed(1.0, NoteOn(60)))


class Recorder:
    """Breaks at every `breaks_at`-th report; `kept` is its take, or what raises in its place."""

    trouble = None

    def __init__(self, number, recording, breaks_at=0, kept=None):
        self.recording, self.heard, self.closed = recording, [], 0
        self.path = Path(f"take-{number}.mid") if recording else None
        self._breaks_at, self._kept = breaks_at, kept or self.path

    def record(self, report):
        self.heard.append(report)
        if len(self.heard) == self._breaks_at:
            raise RuntimeError("by surprise")

    def tend(self, now_s):
        if now_s < 0:
            raise RuntimeError("by surprise")

    def close(self):
        self.closed += 1
        if isinstance(self._kept, Exception):
            raise self._kept
        return self._kept


class House:
    def __init__(self, *breaks_at, kept=None, recording=True):
        self.said, self.made = [], []
        self._breaks_at, self._kept = list(breaks_at), kept
        self.recording = Recording(self.make, recording, self.said.append)

    def make(self, recording):
        breaks_at = self._breaks_at.pop(0) if self._breaks_at else 0
        self.made.append(Recorder(len(self.made), recording, breaks_at, self._kept))
        return self.made[-1]

    def play(self, notes):
        for _ in range(notes):
            self.recording.record(NOTE)


def test_one_that_does_not_break_is_never_replaced():
    house = House()
    house.play(10)
    assert len(house.made) == 1
    assert (house.recording.recording, house.recording.path) == (True, Path("take-0.mid"))
    assert house.recording.close() == Path("take-0.mid")
    assert (house.recording.failure, house.said) == (None, [])


@pytest.mark.parametrize("recording", [True, False])
def test_one_that_breaks_is_closed_and_another_goes_on(recording):
    house = House(3, recording=recording)
    house.play(5)
    broken, another = house.made
    assert (broken.closed, len(another.heard), another.recording) == (1, 2, recording)
    take = "; the take until then is take-0.mid" if recording else ""
    line = f"the recorder broke (RuntimeError: by surprise){take}; the recording goes on in a new one."
    assert house.said == [line]
    assert house.recording.failure is None


def test_after_the_third_nothing_is_recorded_and_the_end_says_so():
    house = House(1, 1, 1, 1)
    house.play(10)
    assert len(house.made) == 3
    assert all(one.closed == 1 for one in house.made)
    assert (house.recording.recording, house.recording.path) == (False, None)
    assert house.recording.close() is None
    assert house.recording.failure.endswith("the take until then is take-2.mid; nothing is recorded any more")
    assert house.said[-1] == f"{house.recording.failure}, the music goes on."
    assert len(house.said) == 3


@pytest.mark.parametrize("error", [Failure("no room"), RuntimeError("again")])
def test_one_whose_take_cannot_be_kept_either_is_the_last(error):
    house = House(1, kept=error)
    house.play(3)
    assert len(house.made) == 1
    assert house.recording.failure == (
        "the recorder broke (RuntimeError: by surprise); nothing is recorded any more"
    )


def test_what_keeps_it_from_writing_is_told_while_it_does():
    house = House()
    house.made[0].trouble = "takes: No space left on device"
    assert house.recording.trouble == "takes: No space left on device"
    house.made[0].trouble = None
    assert house.recording.trouble is None


def test_one_that_breaks_while_it_is_tended_is_replaced_too():
    house = House()
    house.recording.tend(1.0)
    assert len(house.made) == 1
    house.recording.tend(-1.0)
    assert len(house.made) == 2
