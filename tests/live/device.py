"""A keyboard and synthesizer on JACK that is not ours; to unplug it, kill it.

python device.py NAME: each line of stdin is a message to play (JSON), an empty one asks for what was heard.
"""

import json
import sys

import rtmidi


def main(name):
    keys = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, f"{name}-keys")
    synth = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, f"{name}-synth", 65536)
    keys.open_virtual_port("out")
    synth.open_virtual_port("in")
    print("plugged in", flush=True)
    for line in sys.stdin:
        if line.strip():
            keys.send_message(json.loads(line))
        else:
            heard = [message[0] for message in iter(synth.get_message, None)]
            print(json.dumps(heard), flush=True)
    for client in (keys, synth):
        client.delete()  # the server would wait for them


main(*sys.argv[1:])
