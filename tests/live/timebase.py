"""The host: a JACK timebase master that also plays and hears notes, all to the frame.

python timebase.py NAME: ports NAME:in, NAME:clock and NAME:out. Each line of stdin is a request in JSON, and
answered: ["tempo", bpm], ["roll"], ["stop"], ["locate", quarters]; ["connect", output, input], ["ports"],
["connected", port]; ["play", [[quarters, [byte, …]], …]] plays messages at places of the song; ["heard"] and
["clock"] give all that arrived at those ports, [[quarters, rolling, byte, …], …], each at its own frame's
place in the song. Bars are of four quarters.

["trouble"] gives the moments at which this machine did not keep JACK's time, [[quarters, what, ms], …]:
"lost": the server counted so much less than the clock of the system; "missed": a cycle of this very client's
fell out; "xrun": the server says so of itself or of any client, whose messages it then drops.
"""

import json
import sys
import time
from collections import deque

import jack
from watch import Watch

jack.set_error_function(lambda _: None)


class Sources:
    def __init__(self, name):
        self.client = jack.Client(name, no_start_server=True)
        self.input = self.client.midi_inports.register("in")
        self.clock = self.client.midi_inports.register("clock")
        self.output = self.client.midi_outports.register("out")
        self.bpm, self.mark = 100.0, (0, 0.0)  # the tempo, and since which frame at which quarter
        self.wanted = None
        self.heard, self.pulses, self.plan = [], [], deque()
        self.here, self.watch = 0.0, Watch(self.client.samplerate)
        self.trouble = []
        self.client.set_process_callback(self.cycle)
        self.client.set_xrun_callback(lambda us: self.trouble.append([self.here, "xrun", us / 1000]))
        self.client.set_timebase_callback(self.timebase)
        self.client.activate()

    def quarters(self, frame):
        first, quarters = self.mark
        return quarters + (frame - first) / self.client.samplerate * self.bpm / 60

    def timebase(self, state, frames, position, new):  # noqa: ARG002
        if self.wanted is not None:  # a change of tempo takes effect at the beginning of a cycle
            self.mark = (position.frame, self.quarters(position.frame))
            self.bpm, self.wanted = self.wanted, None
        quarters = self.quarters(position.frame)
        position.valid = 0x10
        position.beats_per_bar, position.beat_type, position.beats_per_minute = 4.0, 4.0, self.bpm
        position.ticks_per_beat = 1920
        position.bar, position.beat = int(quarters // 4) + 1, int(quarters % 4) + 1
        position.tick = int(quarters % 1 * 1920)
        position.bar_start_tick = (position.bar - 1) * 4 * 1920

    def cycle(self, frames):
        # The place of this cycle's first frame; `transport_frame` would be an estimate of the one right now.
        state, position = self.client.transport_query_struct()
        rolling, frame = state == jack.ROLLING, position.frame
        self.here = self.quarters(frame)
        for what, late_s in self.watch.cycle(self.client.last_frame_time, frames, time.monotonic()):
            self.trouble.append([self.here, what, late_s * 1000])
        for port, heard in ((self.input, self.heard), (self.clock, self.pulses)):
            for offset, data in port.incoming_midi_events():
                heard.append([self.quarters(frame + offset), rolling, *bytes(data)])
        self.output.clear_buffer()
        while rolling and self.plan:
            at = (self.plan[0][0] - self.quarters(frame)) * 60 / self.bpm * self.client.samplerate
            if at >= frames:
                break
            self.output.write_midi_event(max(0, int(at)), bytes(self.plan.popleft()[1]))

    def answer(self, what, *rest):
        told = {"heard": self.heard, "clock": self.pulses, "trouble": self.trouble}
        if what in told:
            return told[what]
        if what == "play":
            self.plan.extend(rest[0])
        elif what == "tempo":
            self.wanted = rest[0]
        elif what == "roll":
            self.client.transport_start()
        elif what == "stop":
            self.client.transport_stop()
        elif what == "locate":
            if self.wanted is not None:
                self.bpm, self.wanted = self.wanted, None
            frame = round(rest[0] * 60 / self.bpm * self.client.samplerate)
            self.mark = (frame, rest[0])  # as if the tempo had been this one from the top
            self.client.transport_locate(frame)
        elif what == "connect":
            self.client.connect(*rest)
        elif what == "ports":
            return [port.name for port in self.client.get_ports(is_midi=True)]
        elif what == "connected":
            return [port.name for port in self.client.get_all_connections(*rest)]
        return None


def main(name):
    sys.setswitchinterval(0.0001)
    host = Sources(name)
    for line in sys.stdin:
        print(json.dumps(host.answer(*json.loads(line))), flush=True)
    host.client.deactivate()
    host.client.close()
    time.sleep(0.05)


main(*sys.argv[1:])
