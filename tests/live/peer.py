"""A player on JACK that is not ours: plays a phrase and prints what comes out (JSON).

python peer.py CLIENT SECONDS PITCH...

First it prints how late the latest message left, in seconds, when the phrase is over.
"""

import json
import sys
import time

from ends import Ends

NOTE_S, GAP_S = 0.2, 0.05


def wait_until(moment_s):
    time.sleep(max(0.0, moment_s - time.monotonic()))


def main(client, seconds, *pitches):
    ends = Ends("peer", "out", "in")
    ends.connect(f"{client}:in", f"{client}:out")
    time.sleep(0.2)
    begun_s, due_s = time.monotonic(), []
    for place, pitch in enumerate(map(int, pitches)):
        for after_s, velocity in ((0.0, 80), (NOTE_S, 0)):  # a note-off, as many keyboards say it
            due_s.append(begun_s + place * (NOTE_S + GAP_S) + after_s)
            wait_until(due_s[-1])
            ends.send([0x90, pitch, velocity])
    while len(ends.left) < len(due_s):
        time.sleep(0.001)
    late_s = max(left - due for left, due in zip(ends.left, due_s, strict=True))
    print(json.dumps({"late_s": late_s}), flush=True)
    wait_until(begun_s + float(seconds))
    print(json.dumps([[at_s - begun_s, *message] for at_s, *message in ends.heard]), flush=True)
    ends.close()


main(*sys.argv[1:])
