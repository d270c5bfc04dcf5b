"""The studio that is not ours: a JACK timebase master that also plays and hears notes, all to the frame.

python timebase.py NAME: ports NAME:in and NAME:out. Each line of stdin is a request in JSON, and answered:
["tempo", bpm], ["roll"], ["stop"], ["locate", quarters]; ["connect", output, input];
["play", [[quarters, [byte, …]], …]] plays messages at places of the song; ["heard"] gives all that arrived,
[[quarters, rolling, byte, …], …], each at its own frame's place in the song. Bars are of four quarters.
"""

import json
import sys
import time
from collections import deque

import jack

jack.set_error_function(lambda _: None)


class Studio:
    def __init__(self, name):
        self.client = jack.Client(name, no_start_server=True)
        self.input = self.client.midi_inports.register("in")
        self.output = self.client.midi_outports.register("out")
        self.bpm, self.mark = 100.0, (0, 0.0)  # the tempo, and since which frame at which quarter
        self.wanted = None
        self.heard, self.plan = [], deque()
        self.client.set_process_callback(self.cycle)
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
        rolling = self.client.transport_state == jack.ROLLING
        frame = self.client.transport_frame
        for offset, data in self.input.incoming_midi_events():
            self.heard.append([self.quarters(frame + offset), rolling, *bytes(data)])
        self.output.clear_buffer()
        while rolling and self.plan:
            at = (self.plan[0][0] - self.quarters(frame)) * 60 / self.bpm * self.client.samplerate
            if at >= frames:
                break
            self.output.write_midi_event(max(0, int(at)), bytes(self.plan.popleft()[1]))

    def answer(self, what, *rest):
        if what == "heard":
            return self.heard
        if what == "play":
            self.plan.extend(rest[0])
        elif what == "tempo":
            self.wanted = rest[0]
        elif what == "roll":
            self.client.transport_start()
        elif what == "stop":
            self.client.transport_stop()
        elif what == "locate":
            first, quarters = self.mark
            frame = first + (rest[0] - quarters) * 60 / self.bpm * self.client.samplerate
            self.client.transport_locate(round(frame))
        elif what == "connect":
            self.client.connect(*rest)
        elif what == "ports":
            return [port.name for port in self.client.get_ports(is_midi=True)]
        return None


def main(name):
    sys.setswitchinterval(0.0001)
    studio = Studio(name)
    for line in sys.stdin:
        print(json.dumps(studio.answer(*json.loads(line))), flush=True)
    studio.client.deactivate()
    studio.client.close()
    time.sleep(0.05)


main(*sys.argv[1:])
