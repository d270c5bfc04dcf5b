"""A client of JACK that is not ours: notes the frame of every message, plays on given frames, and leads.

python jack_peer.py NAME: ports NAME:in and NAME:out. Each line of stdin is a request, answered with one line,
both in JSON: ["heard"] → [[frame, byte, …], …]; ["clock"] → [[frame, seconds of the monotonic clock], …];
["trouble"] → [[frame, what, ms], …], where the server did not keep time (see watch.py);
["play", [[frames from now, [byte, …]], …]] → the frame of each; ["connect", output, input]; ["ports"];
["roll", bpm, beats per bar, beat type] → lead the transport; ["stop"]. Frames are the server's.
"""

import gc
import json
import sys
import time
from collections import deque

import jack
from watch import Watch

jack.set_error_function(lambda _: None)


class Peer:
    def __init__(self, name):
        self.client = jack.Client(name, no_start_server=True)
        self.input = self.client.midi_inports.register("in")
        self.output = self.client.midi_outports.register("out")
        self.heard, self.pairs, self.plan, self.played = [], [], deque(), []
        self.tempo = (120.0, 4.0, 4.0)
        self.asked = deque()
        self.here, self.trouble, self.watch = 0, [], Watch(self.client.samplerate)
        self.client.set_xrun_callback(lambda us: self.trouble.append([self.here, "xrun", us / 1000]))
        self.client.set_process_callback(self.cycle)
        self.client.activate()

    def cycle(self, frames):
        first = self.client.last_frame_time
        begun_s = time.monotonic() - self.client.frames_since_cycle_start / self.client.samplerate
        self.pairs.append((first, begun_s))
        self.here = first
        for what, late_s in self.watch.cycle(first, frames, time.monotonic()):
            self.trouble.append([first, what, late_s * 1000])
        for offset, data in self.input.incoming_midi_events():
            self.heard.append([first + offset, *bytes(data)])
        self.output.clear_buffer()
        if self.asked:
            self.plan.extend((first + frames + after, bytes(data)) for after, data in self.asked.popleft())
        while self.plan and self.plan[0][0] < first + frames:
            frame, data = self.plan.popleft()
            self.output.write_midi_event(max(0, frame - first), data)
            self.played.append(max(first, frame))

    def play(self, plan):
        self.played = []
        self.asked.append(plan)
        while len(self.played) < len(plan):
            time.sleep(0.01)
        return self.played

    def timebase(self, state, frames, position, new):  # noqa: ARG002
        bpm, beats, unit = self.tempo
        beat = position.frame / self.client.samplerate * bpm / 60
        position.valid = 0x10
        position.beats_per_bar, position.beat_type, position.beats_per_minute = beats, unit, bpm
        position.ticks_per_beat = 1920
        position.bar, position.beat = int(beat // beats) + 1, int(beat % beats) + 1
        position.tick = int(beat % 1 * 1920)

    def answer(self, what, *rest):
        if what == "heard":
            return self.heard
        if what == "clock":
            return self.pairs
        if what == "trouble":
            return self.trouble
        if what == "play":
            return self.play(*rest)
        if what == "connect":
            return self.client.connect(*rest)
        if what == "ports":
            return [port.name for port in self.client.get_ports(is_midi=True)]
        if what == "roll":
            self.tempo = rest
            self.client.set_timebase_callback(self.timebase)
            self.client.transport_start()
        if what == "stop":
            self.client.transport_stop()
        return None


def main(name):
    sys.setswitchinterval(0.0001)
    gc.disable()
    peer = Peer(name)
    for line in sys.stdin:
        print(json.dumps(peer.answer(*json.loads(line))), flush=True)
    peer.client.deactivate()
    peer.client.close()


main(*sys.argv[1:])
