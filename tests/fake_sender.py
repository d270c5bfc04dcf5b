"""A sending process that does what it is told, and no music; imported anew by each process."""

import os
import pickle
import signal
import time
from dataclasses import replace

from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.perform.reports import Sent
from antiphon.stage.ports.port import ConnectionsChanged
from antiphon.stage.process.heartbeat import SharedHeldNotes
from antiphon.stage.process.messages import Failed, Loaded, LoadOrder, Ready, StartPlaying

READY = Ready(("antiphon-2:in",), "antiphon-2:out", "alsa", "antiphon-2", False, "ordinary priority")
TIES = (("keys:out", "antiphon-2:in"),)
NOTE = NoteOn(60, 80, 3)
_TURN_S = 0.01


def play_and_die(heartbeat):
    """Leave some notes sounding."""
    held = SharedHeldNotes(heartbeat)
    for event in (NoteOn(60, 80, 3), NoteOn(64, 80), NoteOff(64), NoteOn(127, 1, 15), NoteOn(0, 127)):
        held.follow(event)
        heartbeat.beat()
    os.kill(os.getpid(), signal.SIGKILL)


def serve(messages, orders, heartbeat, jack):
    """What it is asked to do is the name of a button: "record" dies in mid-note, "panic" hangs, "keep" says
    that it broke, "remember" replies. Each leaves its cue in a file. Where the folder has a file "short", it
    dies once it takes over; "hasty", as it stands by; "broken", it says so; "dead", at once; "unlucky", at
    once, but only the first. Where it has "stuck", one that takes over hangs before it plays."""
    order = orders.recv()
    assert isinstance(order, LoadOrder)
    assert jack is order.on_jack
    folder = order.model.folder
    if (folder / "dead").exists():
        os.kill(os.getpid(), signal.SIGKILL)
    if (folder / "unlucky").exists():
        (folder / "unlucky").unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    if (folder / "broken").exists():
        messages.send(Failed("no MIDI system answers"))
        return
    if (folder / "hasty").exists() and (folder / "start-0").exists():
        (folder / "hasty").unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    messages.send(Loaded())
    start = orders.recv() if orders.poll(20) else None
    if not isinstance(start, StartPlaying):
        return
    (folder / f"start-{len(list(folder.glob('start-*')))}").write_bytes(pickle.dumps(start))
    held = SharedHeldNotes(heartbeat, start.sounding)
    for off in held.owed():
        held.follow(off)
    if start.patient and (folder / "short").exists():
        os.kill(os.getpid(), signal.SIGKILL)
    if start.patient and (folder / "stuck").exists():
        (folder / "stuck").unlink()
        time.sleep(60)
    messages.send(replace(READY, client_name=start.wiring.client_name) if start.patient else READY)
    messages.send(ConnectionsChanged(TIES))
    _obey(messages, orders, heartbeat, held)


def _obey(messages, orders, heartbeat, held):
    while True:
        heartbeat.beat()
        if not orders.poll(_TURN_S):
            continue
        try:
            asked = orders.recv()
        except EOFError:
            return
        match asked:
            case None:
                return
            case "record":
                for event in (NOTE, NoteOn(72), NoteOff(72)):
                    held.follow(event)
                messages.send(Sent(Timed(1.0, NOTE), 0.0))
                os.kill(os.getpid(), signal.SIGKILL)
            case "panic":
                held.follow(NOTE)
                time.sleep(60)
            case "keep":
                messages.send(Failed("it broke"))
                return
            case other:
                messages.send(Sent(Timed(2.0, NOTE), 0.0) if other == "remember" else Failed(str(other)))
