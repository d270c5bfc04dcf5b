"""MIDI clock in: start, stop, continue, song position and pulses become a place in the sender's song."""

from antiphon.events import Clocked, Lead
from antiphon.perform.clock.pulse_filter import PulseFilter
from antiphon.timebase import MAX_BPM, MIN_BPM, PULSES_PER_QUARTER, SIXTEENTHS_PER_QUARTER

# A clock that sends nothing for this long is lost.
LOST_S = 0.25


class MidiClockIn:
    """Clock signals in, as they arrive; a `Lead` out for each from which something is known.

    As the standard has it, the pulse after a start or a continue is the place it starts from. Without a start
    the pulses are followed for their tempo.
    """

    def __init__(self, bandwidth_hz: float) -> None:
        self._bandwidth_hz = bandwidth_hz
        self._filter = PulseFilter(bandwidth_hz)
        self._pulses = 0  # of the song, up to the last that came
        self._armed = False  # a start or a continue came, and the pulse it means has not
        self._rolling, self._placed = True, False
        # When the clock stands if no pulse comes until then; None while it stands.
        self.lost_at_s: float | None = None

    def receive(self, clocked: Clocked) -> Lead | None:
        signal, at_s = clocked.signal, clocked.at_s
        match signal.signal:
            case "pulse":
                return self._pulse(at_s, clocked.grain_s)
            case "start":
                self._pulses, self._armed = 0, True
            case "continue":
                self._armed = True
            case "position":
                self._pulses = signal.sixteenths * PULSES_PER_QUARTER // SIXTEENTHS_PER_QUARTER
                if self._rolling and not self._armed:
                    self._pulses -= 1  # the next pulse is there
            case "stop":
                stopped = self._rolling and self._placed
                self._rolling, self._armed, self._placed = False, False, True
                return self._lead(at_s) if stopped else None
        return None

    def lose(self, at_s: float) -> Lead:
        """No pulse came in time: the clock stands, and begins anew with the next pulse."""
        lead = self._lead(at_s, rolling=False)
        self._filter, self.lost_at_s = PulseFilter(self._bandwidth_hz), None
        return lead

    def _pulse(self, at_s: float, grain_s: float) -> Lead | None:
        if self._armed:
            self._filter.begin_song()
        gone = self._filter.pulse(at_s, grain_s)
        self.lost_at_s = at_s + LOST_S
        if self._armed:
            self._armed, self._rolling, self._placed = False, True, True
        elif self._rolling:
            self._pulses += gone
        return self._lead(self._filter.at_s) if self._filter.locked else None

    def _lead(self, at_s: float, rolling: bool | None = None) -> Lead:
        bpm = 60 / (self._filter.pulse_s * PULSES_PER_QUARTER) if self._filter.locked else 0.0
        # A wild burst of pulses is no tempo to play at.
        rolls = (self._rolling if rolling is None else rolling) and MIN_BPM - 1 <= bpm <= MAX_BPM + 1
        bpm = min(max(bpm, MIN_BPM), MAX_BPM)
        return Lead(at_s, self._pulses / PULSES_PER_QUARTER, bpm, rolls, self._placed)
