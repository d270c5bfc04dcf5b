"""A player on JACK that is not ours: plays a phrase and prints what comes out (JSON).

python peer.py CLIENT SECONDS PITCH...
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
    begun_s = time.monotonic()
    for place, pitch in enumerate(map(int, pitches)):
        wait_until(begun_s + place * (NOTE_S + GAP_S))
        ends.send([0x90, pitch, 80])
        wait_until(begun_s + place * (NOTE_S + GAP_S) + NOTE_S)
        ends.send([0x90, pitch, 0])  # a note-off, as many keyboards say it
    print(json.dumps({"played": True}), flush=True)
    wait_until(begun_s + float(seconds))
    print(json.dumps([[at_s - begun_s, *message] for at_s, *message in ends.heard]), flush=True)
    ends.close()


main(*sys.argv[1:])
