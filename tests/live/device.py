"""A keyboard and synthesizer on JACK that is not ours; to unplug it, kill it.

python device.py NAME: each line of stdin is a message to play (JSON), an empty one asks for what was heard
since the last such line.
"""

import json
import sys

from ends import Ends


def main(name):
    ends, told = Ends(name, "keys", "synth"), 0
    print("plugged in", flush=True)
    for line in sys.stdin:
        if line.strip():
            ends.send(json.loads(line))
        else:
            heard = ends.heard[told:]
            told += len(heard)
            print(json.dumps([message for _, *message in heard]), flush=True)
    ends.close()


main(*sys.argv[1:])
