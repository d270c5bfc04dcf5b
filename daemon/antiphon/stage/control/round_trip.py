"""How long MIDI takes out and in again, where our output is looped to our input. Prints nothing.

The messages are control changes that no synthesizer knows, so nothing sounds.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

from antiphon.errors import Failure
from antiphon.stage.control.doctor import POOR_S, Finding
from antiphon.stage.lateness import percentile
from antiphon.stage.machine.clock import Clock
from antiphon.stage.ports.jack.client import JackOrder, StartJack
from antiphon.stage.ports.open import Names, OpenPorts, open_ports
from antiphon.stage.ports.systems import answers, candidates

CLIENT = "antiphon-latency"
_CONTROL, _NUMBER, _VALUES = 0xBF, 119, 128  # on channel 16
MESSAGES, _PERIOD_S = 200, 0.02
_LOOK_S = 0.0002  # how often the input is looked at
_LOST_S = 1.0  # a message that is not back by then is lost
# So long the loop is waited for: somebody may have to connect virtual ports first.
_LOOPED_WITHIN_S, _TRIED_EVERY_S = 10.0, 0.1


@dataclass(frozen=True, slots=True)
class RoundTrips:
    """How long each message that came back was under way, in seconds, and how many did not."""

    trips_s: tuple[float, ...]
    lost: int

    def median_s(self) -> float:
        return percentile(self.trips_s, 0.5)

    def nearly_all_s(self) -> float:
        """What 99 of 100 do not exceed."""
        return percentile(self.trips_s, 0.99)

    def finding(self, route: str) -> Finding:
        """The verdict; 10 ms are heard."""
        figures = ", ".join(
            f"{name} {1000 * value:.2f} ms"
            for name, value in (("median", self.median_s()), ("99 %", self.nearly_all_s()))
        )
        detail = f"{route}: {figures}; {self.lost} of {len(self.trips_s) + self.lost} messages lost"
        thing = "round trip"
        if self.lost:
            mend = "use another cable, interface or USB port; stop programs that filter MIDI"
            return Finding(thing, "poor" if self.trips_s else "bad", detail, mend)
        if self.nearly_all_s() > POOR_S:
            mend = "choose a smaller buffer in the MIDI system, the DAW or JACK; use no USB hub"
            return Finding(thing, "poor", detail, mend)
        return Finding(thing, "good", detail)


def measure(
    clock: Clock,
    api: str,
    inputs: Sequence[str],
    output: str,
    say: Callable[[str], None],
    backend: Any = None,
    start_jack: StartJack | None = None,
) -> tuple[str, RoundTrips]:
    """The route, from output to input, and its round trips. Ports are named as in the settings.

    `say` hears what to connect. Raises Failure where no MIDI system answers, a name fits no port, or nothing
    comes back.
    """
    names = Names(CLIENT, tuple(inputs), output)
    found = candidates(api, JackOrder(CLIENT), backend, start_jack)
    ports = next(answers(found, partial(open_ports, names)))
    with closing(ports.system):
        route = f"{ports.output.name} to {', '.join(port.name for port in ports.inputs)}"
        loop = _Loop(clock, ports)
        if not loop.closed(0.3):
            say(f"Loop {route}: waiting {_LOOPED_WITHIN_S:g} s for it.")
            if not loop.closed(_LOOPED_WITHIN_S):
                raise Failure(f"nothing comes back from {route}; connect them by a cable or in software")
        return route, loop.measure()


class _Loop:
    def __init__(self, clock: Clock, ports: OpenPorts) -> None:
        self._clock, self._ports = clock, ports

    def closed(self, within_s: float) -> bool:
        """Whether something comes back; then all that is still under way has come."""
        limit_s = self._clock.now_s() + within_s
        while self._clock.now_s() < limit_s:
            self._send(0)
            if self._until(self._clock.now_s() + _TRIED_EVERY_S):
                self._until(self._clock.now_s() + _LOST_S / 2)
                return True
        return False

    def measure(self) -> RoundTrips:
        begun_s = self._clock.now_s() + _PERIOD_S
        back: list[tuple[int, float]] = []
        sent_s = []
        for number in range(MESSAGES):
            back += self._until(begun_s + number * _PERIOD_S)
            sent_s.append(self._send(number % _VALUES))
        back += self._until(sent_s[-1] + _LOST_S)
        return _matched(sent_s, back)

    def _send(self, value: int) -> float:
        at_s = self._clock.now_s() + self._ports.system.ahead_s
        self._ports.output.device.send(bytes((_CONTROL, _NUMBER, value)), at_s)
        return at_s

    def _until(self, at_s: float) -> list[tuple[int, float]]:
        """The values that came back until a moment, each with its own."""
        came: list[tuple[int, float]] = []
        while (now_s := self._clock.now_s()) < at_s:
            self._ports.system.poll()
            for port in self._ports.inputs:
                while (arrived := port.device.receive()) is not None:
                    data, moment_s, _ = arrived
                    if len(data) == 3 and tuple(data[:2]) == (_CONTROL, _NUMBER):
                        came.append((data[2], now_s if moment_s is None else moment_s))
            self._clock.wait_until_s(min(now_s + _LOOK_S, at_s), exactly=False)
        return came


def _matched(sent_s: Sequence[float], back: Sequence[tuple[int, float]]) -> RoundTrips:
    """Each message with the first of its value that came back within the time until it is lost."""
    trips_s, left = [], list(back)
    for number, at_s in enumerate(sent_s):
        fits = (one for one in left if one[0] == number % _VALUES and -_LOOK_S <= one[1] - at_s < _LOST_S)
        if (found := next(fits, None)) is not None:
            left.remove(found)
            trips_s.append(max(0.0, found[1] - at_s))
    return RoundTrips(tuple(trips_s), len(sent_s) - len(trips_s))
