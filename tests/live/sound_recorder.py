"""Records what another client of JACK makes sound: a client that is not ours, in a process of its own.

python sound_recorder.py CLIENT FILE.npz: waits for CLIENT's audio output and records it. A line of stdin ends
it: FILE gets `sound` (mono, as many frames as were recorded one after another), the server's `rate`, and
`frames` and `moments`: from which frame of `sound` on each cycle was recorded, and when it began, in seconds
of the monotonic clock.
"""

import sys
import time
from contextlib import suppress

import jack
import numpy as np

jack.set_error_function(lambda _: None)


class Recorder:
    def __init__(self):
        self.client = jack.Client("sound-recorder", no_start_server=True)
        self.input = self.client.inports.register("in")
        self.blocks, self.moments = [], []
        self.client.set_process_callback(self.cycle)
        self.client.activate()

    def cycle(self, _):
        since_s = self.client.frames_since_cycle_start / self.client.samplerate
        self.moments.append(time.monotonic() - since_s)
        self.blocks.append(self.input.get_array().copy())

    def connect(self, name):
        """A port is there a little before it can be connected."""
        while not self.input.connections:
            time.sleep(0.05)
            for port in self.client.get_ports(f"{name}.*:", is_audio=True, is_output=True)[:1]:
                with suppress(jack.JackErrorCode):
                    self.client.connect(port, self.input)

    def save(self, file):
        self.client.deactivate()
        frames = np.cumsum([0, *(len(block) for block in self.blocks[:-1])])
        moments = self.moments[: len(frames)]
        sound = np.concatenate(self.blocks)
        np.savez(file, sound=sound, rate=self.client.samplerate, frames=frames, moments=moments)


if __name__ == "__main__":
    recorder = Recorder()
    recorder.connect(sys.argv[1])
    print("recording", flush=True)
    sys.stdin.readline()
    recorder.save(sys.argv[2])
