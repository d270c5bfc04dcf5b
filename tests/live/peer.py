"""A player on JACK that is not ours: python-rtmidi by itself plays a phrase and prints what comes out (JSON).

python peer.py CLIENT SECONDS PITCH...
"""

import json
import sys
import time

import rtmidi

NOTE_S, GAP_S = 0.2, 0.05


def connect(device, name):
    for number, port in enumerate(device.get_ports()):
        if port == name:
            return device.open_port(number)
    sys.exit(f"no port {name}: {device.get_ports()}")


def listen(source, until_s, begun_s, heard):
    while time.monotonic() < until_s:
        message = source.get_message()
        if message:
            heard.append([time.monotonic() - begun_s, *message[0]])
        else:
            time.sleep(0.0005)


def main(client, seconds, *pitches):
    sink = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "peer-out")
    source = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, "peer-in", 4096)
    connect(sink, f"{client}:in")
    connect(source, f"{client}:out")
    time.sleep(0.2)
    heard, begun_s = [], time.monotonic()
    for place, pitch in enumerate(map(int, pitches)):
        listen(source, begun_s + place * (NOTE_S + GAP_S), begun_s, heard)
        sink.send_message([0x90, pitch, 80])
        listen(source, begun_s + place * (NOTE_S + GAP_S) + NOTE_S, begun_s, heard)
        sink.send_message([0x90, pitch, 0])  # a note-off, as many keyboards say it
    print(json.dumps({"played": True}), flush=True)
    listen(source, begun_s + float(seconds), begun_s, heard)
    print(json.dumps(heard), flush=True)
    for device in (sink, source):  # a client that only dies holds up its server's end
        device.close_port()
        device.delete()


main(*sys.argv[1:])
