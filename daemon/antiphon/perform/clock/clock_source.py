"""What keeps the time: this program, or an external MIDI clock, Ableton Link or the JACK transport."""

from antiphon.events import Clocked, Lead
from antiphon.perform.clock.midi_clock_in import MidiClockIn
from antiphon.perform.settings import ClockSettings, Source


class ClockSource:
    """Takes in all sources and gives the places of the chosen one. MIDI clock is always listened to, so that
    its tempo is known when it is chosen.
    """

    def __init__(self, settings: ClockSettings) -> None:
        self.source: Source = settings.source
        self._offset_s = settings.offset_ms / 1000
        self.midi = MidiClockIn(settings.bandwidth_hz)
        self._midi_lead: Lead | None = None

    def hear(self, said: Clocked | Lead) -> Lead | None:
        """The place to follow; None where nothing is new, or another source leads."""
        if isinstance(said, Lead):
            told = self.source in ("link", "jack") and said.by in ("", self.source)
            return self._shifted(said) if told else None
        lead = self.midi.receive(said)
        self._midi_lead = lead or self._midi_lead
        return self._chosen(lead)

    def choose(self, settings: ClockSettings) -> Lead | None:
        """Let another source lead, or the same with other settings; gives its last place, if it is known."""
        self.source, self._offset_s = settings.source, settings.offset_ms / 1000
        return self._chosen(self._midi_lead)

    def lose(self, at_s: float) -> Lead | None:
        """The MIDI clock is lost: gives the place where it stands, if it is the source that leads."""
        lost = self.midi.lose(at_s)
        self._midi_lead = None
        return self._chosen(lost)

    def _chosen(self, lead: Lead | None) -> Lead | None:
        return self._shifted(lead) if lead is not None and self.source == "midi" else None

    def _shifted(self, lead: Lead) -> Lead:
        return Lead(
            lead.at_s + self._offset_s, lead.quarters, lead.bpm, lead.rolling, lead.placed, lead.meter
        )
