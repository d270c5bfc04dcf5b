"""Two ports on JACK that are not ours, one to play on and one to listen with, for the programs here.

Knows nothing of antiphon: JACK's own thread sends and hears, so nothing that arrives is lost while a test is
busy.
"""

import sys
import time
from collections import deque

import jack

jack.set_error_function(lambda _: None)
jack.set_info_function(lambda _: None)
sys.setswitchinterval(0.0001)


class Ends:
    """Clients NAME-`keys` and NAME-`synth`, of one port each. `heard` grows: [moment, byte, …]; `left`
    holds the moments at which messages left."""

    def __init__(self, name, keys, synth, out="out", into="in"):
        self.heard, self.left, self._leaving = [], [], deque()
        self.keys = jack.Client(f"{name}-{keys}", no_start_server=True)
        self.synth = jack.Client(f"{name}-{synth}", no_start_server=True)
        self._out = self.keys.midi_outports.register(out)
        self._in = self.synth.midi_inports.register(into)
        self.keys.set_process_callback(self._play)
        self.synth.set_process_callback(self._hear)
        for client in (self.keys, self.synth):
            client.activate()

    def send(self, message):
        """It leaves at the beginning of the next period; gives the moment of handing over."""
        self._leaving.append(bytes(message))
        return time.monotonic()

    def _play(self, _):
        self._out.clear_buffer()
        while self._leaving:
            self._out.write_midi_event(0, self._leaving.popleft())
            self.left.append(time.monotonic())

    def _hear(self, _):
        for _, data in self._in.incoming_midi_events():
            self.heard.append([time.monotonic(), *bytes(data)])

    def connect(self, into, out):
        """To an input, and to an output, by name."""
        self.keys.connect(self._out.name, into)
        self.synth.connect(out, self._in.name)

    def close(self):
        """A client that only dies holds up its server's end."""
        for client in (self.keys, self.synth):
            client.deactivate()
            client.close()
