"""Ableton Link: where the musicians on this network are, told as leads.

It listens: a session that others are in stays as it is. Only who comes later takes over what was there.
"""

from importlib import import_module
from typing import Any

from antiphon.errors import Failure
from antiphon.events import Lead
from antiphon.stage.machine.clock import Clock

READ_EVERY_S = 0.02
TELL_EVERY_S = 0.25
DEVIATION_S = 1e-4
# Link has a clock of its own, which drifts from ours (on Linux by what NTP corrects). It is read between two
# readings of ours; if these lie further apart, we were interrupted, before or after, and cannot tell which.
# After some of these in a row it is the best that can be had.
BRACKET_S = 2e-4
_REJECTS = 4


class LinkFeed:
    """A member of the Link session, from the first moment until `close`.

    Wherever bars of `quarters_per_bar` begin for the others, `Lead.quarters` is a multiple of it; how many
    bars went before is this member's own count. `bpm` holds as long as nobody else is there; then the older
    session's tempo does. Link's tempo, 20 to 999 bpm, is told as it is: in whole microseconds per quarter,
    so that 97 arrives as 96.99995. `backend` has the class `Link`; by default it is the installed binding.

    Raises Failure where the binding is not installed.
    """

    def __init__(self, clock: Clock, bpm: float, quarters_per_bar: float, backend: Any = None) -> None:
        self._clock = clock
        self._quarters_per_bar = quarters_per_bar
        self._link = (_binding() if backend is None else backend).Link(bpm)
        self._link_clock = self._link.clock()
        self._read_next_s = float("-inf")
        self._rejected = 0
        self._started = False  # whether anybody in this session uses start and stop
        self._told: Lead | None = None
        self._link.startStopSyncEnabled = True
        self._link.enabled = True

    @property
    def peers(self) -> int:
        """How many others are in the session."""
        return int(self._link.numPeers())

    def poll(self) -> list[Lead]:
        """Where the session is, if that is to be told. Never waits; often called, it seldom reads."""
        now_s = self._clock.now_s()
        if now_s < self._read_next_s:
            return []
        self._read_next_s = now_s + READ_EVERY_S
        lead = self._read()
        if lead is None or not self._is_to_tell(lead):
            return []
        self._told = lead
        return [lead]

    def close(self) -> None:
        """Leave the session; the others learn of it. Once more is no error."""
        self._link.enabled = False

    def _read(self) -> Lead | None:
        """Where the session is; None if the moment is not known well enough."""
        state = self._link.captureSessionState()
        before_s = self._clock.now_s()
        micros = self._link_clock.micros()
        after_s = self._clock.now_s()
        if after_s - before_s > BRACKET_S and self._rejected < _REJECTS:
            self._rejected += 1
            return None
        self._rejected = 0
        quarters, bpm = state.beatAtTime(micros, self._quarters_per_bar), state.tempo()
        return Lead((before_s + after_s) / 2, quarters, bpm, self._is_rolling(state, micros), by="link")

    def _is_rolling(self, state: Any, micros: int) -> bool:
        """A session in which nobody uses start and stop never plays, by its own account: it rolls, then.

        A start or a stop may be set for a coming moment, such as the next bar line: it is not so until then.
        One set for later than a bar was set in beats that have been counted anew since; it has happened.
        """
        playing: bool = state.isPlaying()
        self._started = self._started or playing
        ahead_s = (state.timeForIsPlaying() - micros) * 1e-6
        announced = READ_EVERY_S < ahead_s <= self._quarters_per_bar * 60 / state.tempo()
        return not self._started or playing != announced

    def _is_to_tell(self, lead: Lead) -> bool:
        told = self._told
        if told is None or (lead.bpm, lead.rolling) != (told.bpm, told.rolling):
            return True
        passed_s = lead.at_s - told.at_s
        if passed_s > TELL_EVERY_S - READ_EVERY_S:  # the next reading would be too late
            return True
        deviation_s = (lead.quarters - told.quarters) * 60 / lead.bpm - passed_s
        return abs(deviation_s) > DEVIATION_S


def _binding() -> Any:
    try:
        binding = import_module("link")
    except ImportError as error:
        mend = "pip install '.[link]' in Antiphon's folder"
        raise Failure(f"Ableton Link is not installed ({error}): {mend}") from error
    if not hasattr(binding, "Link"):  # a common name
        mend = "install Antiphon in a new virtual environment"
        raise Failure(f"{binding.__file__} is another package, not Ableton Link: {mend}")
    return binding
