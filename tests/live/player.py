"""A player on JACK that is not ours: plays what it is told, and keeps what it hears.

python player.py CLIENT [OUT]: connected to CLIENT:in and CLIENT:OUT, unless OUT is empty. Each line of stdin
is a phrase, [[seconds from now, [byte, …]], …] in JSON, and is answered with the moments at which its
messages left. An empty line asks for all that was heard so far, [[moment, byte, …], …]. Moments are seconds
of the monotonic clock, which all processes here share.
"""

import json
import sys
import time

from ends import Ends


def play(ends, phrase):
    begun_s, left = time.monotonic() + 0.05, []
    for moment, message in phrase:
        time.sleep(max(0.0, begun_s + moment - time.monotonic()))
        left.append(ends.send(message))
    return left


def main(client, out="out"):
    ends = Ends("player", "out", "in")
    if out:
        ends.connect(f"{client}:in", f"{client}:{out}")
    time.sleep(0.2)
    for line in sys.stdin:
        print(json.dumps(play(ends, json.loads(line)) if line.strip() else ends.heard), flush=True)
    ends.close()


main(*sys.argv[1:])
