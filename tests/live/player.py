"""A player on JACK that is not ours: python-rtmidi by itself plays what it is told, and keeps what it hears.

python player.py CLIENT [unconnected]: each line of stdin is a phrase, [[seconds from now, [byte, …]], …] in
JSON, and is answered with the moments at which its messages left. An empty line asks for all that was heard
so far, [[moment, byte, …], …]. Moments are seconds of the monotonic clock, which all processes here share.
"""

import json
import sys
import time
from threading import Event, Thread

import rtmidi


def connect(device, name):
    for number, port in enumerate(device.get_ports()):
        if port == name:
            return device.open_port(number)
    sys.exit(f"no port {name}: {device.get_ports()}")


def listen(source, heard, over):
    while not over.is_set():
        message = source.get_message()
        if message:
            heard.append([time.monotonic(), *message[0]])
        else:
            time.sleep(0.0005)


def play(sink, phrase):
    begun_s, left = time.monotonic() + 0.05, []
    for moment, message in phrase:
        time.sleep(max(0.0, begun_s + moment - time.monotonic()))
        sink.send_message(message)
        left.append(time.monotonic())
    return left


def main(client, unconnected=False):
    sink = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "player-out")
    source = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, "player-in", 65536)
    if unconnected:  # under the names that the ports have otherwise
        sink.open_virtual_port("RtMidi output")
        source.open_virtual_port("RtMidi input")
    else:
        connect(sink, f"{client}:in")
        connect(source, f"{client}:out")
    time.sleep(0.2)
    heard, over = [], Event()
    ears = Thread(target=listen, args=(source, heard, over))
    ears.start()
    for line in sys.stdin:
        print(json.dumps(play(sink, json.loads(line)) if line.strip() else heard), flush=True)
    over.set()
    ears.join()
    for device in (sink, source):  # a client that only dies holds up its server's end
        device.close_port()
        device.delete()


main(*sys.argv[1:])
