"""What the next playing process is to be told, and how often one may die."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from antiphon.errors import Failure
from antiphon.events import NoteOff, Timed
from antiphon.perform.handover import HandoverTracker
from antiphon.perform.reports import Asked, Report
from antiphon.perform.settings import SessionSettings
from antiphon.stage.machine.clock import Clock
from antiphon.stage.ports.connections import PortConnection
from antiphon.stage.process.heartbeat import Heartbeat
from antiphon.stage.process.messages import Join, LiveRequest, LoadOrder, Ready, StartPlaying

# More deaths than this within a minute have a cause that another start does not mend.
_MOST_DEATHS, _WITHIN_S = 5, 60.0


class NextStart:
    """`load` and `start` are what the next process is told; they follow what the one that plays reports.

    `is_open`: whether that one has opened its ports. `asked`: what was asked and not yet reported, or asked
    while no process was there.
    """

    def __init__(self, load: LoadOrder, start: StartPlaying) -> None:
        self.load, self.start, self.is_open = load, start, False
        self.asked: list[LiveRequest] = []
        self._handover = HandoverTracker(start.settings.tempo.first_meter)

    def connected(self, connections: tuple[PortConnection, ...]) -> None:
        """The next process makes these connections of our ports again."""
        self.start = replace(self.start, connections=connections)

    def opened(self, ready: Ready) -> tuple[LiveRequest, ...]:
        """The ports are open, and the next process opens the same ones. Gives what was asked meanwhile."""
        self.is_open, asked = True, tuple(self.asked)
        wiring = self.start.wiring
        wiring = replace(wiring, api=ready.api, client_name=ready.client_name, insist=True)
        self.start = replace(self.start, wiring=wiring, patient=True)
        self.load = replace(self.load, on_jack=False)  # a client of JACK would wait there for nothing
        self.asked = [each for each in asked if isinstance(each, tuple)]
        return asked

    def join(self, join: Join) -> bool:
        """Each process loads one more model, also those that come later; whether it is a new one."""
        if join in self.load.joined:
            return False
        self.load = replace(self.load, joined=(*self.load.joined, join))
        return True

    def ask(self, what: LiveRequest) -> bool:
        """Whether the playing process is to be told now.

        Changes are asked again of the next process where one ended before it reported them.
        """
        if isinstance(what, Join):
            self.asked.append(what.change)
            return True  # it loads the model before it plays
        if isinstance(what, tuple) or not (self.is_open or isinstance(what, Timed)):
            self.asked.append(what)
        return self.is_open  # a note is lost until then: nobody listens

    def hear(self, report: Report) -> None:
        """Follow what the playing process reports."""
        if isinstance(report, Asked) and report.what in self.asked:
            self.asked.remove(report.what)
        self._handover.hear(report)

    def taken_over(self, settings: SessionSettings, left: Heartbeat) -> Iterator[NoteOff]:
        """Another process goes on with these settings, and first ends the notes that are left: these."""
        # One that never opened its ports was told which notes to end, but nobody has ended them yet.
        told = () if self.is_open else self.start.sounding
        self.start = replace(
            self.start,
            settings=settings,
            handover=self._handover.handover,
            sounding=tuple(dict.fromkeys((*told, *left.sounding, *left.doubtful))),
        )
        self.is_open = False
        return (off for off in left.sounding if off not in told)


class Deaths:
    """How many processes ended within a minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at_s: deque[float] = deque()

    def count(self, reason: str) -> int:
        """One more ended. Raises Failure, with the reason, where they are too many."""
        now_s = self._clock.now_s()
        self._at_s.append(now_s)
        while self._at_s[0] < now_s - _WITHIN_S:
            self._at_s.popleft()
        if len(self._at_s) > _MOST_DEATHS:
            raise Failure(f"the playing process ended {len(self._at_s)} times within a minute: {reason}")
        return len(self._at_s)
