"""A playing process that does what it is told, and no music; imported anew by each process."""

import os
import pickle
import signal
import time
from dataclasses import replace

from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.perform.reports import Asked, Received, Sent
from antiphon.stage.ports.port import ConnectionsChanged
from antiphon.stage.process.heartbeat import SharedHeldNotes
from antiphon.stage.process.messages import (
    Failed,
    Join,
    Loaded,
    LoadOrder,
    PlayingStopped,
    Ready,
    Resume,
    StartPlaying,
    Suspend,
    Suspended,
)

READY = Ready(("antiphon-2:in",), "antiphon-2:out", "alsa", "antiphon-2", "ordinary priority")
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
    """Do what the name of a button stands for: "record" dies in mid-note, "panic" hangs, "keep" says that it
    broke, "forget" that its ports are lost, "remember" replies. A note is reported as received. Each start
    leaves what it was told in a file. Another model is chosen at once; one that
    stands by and hears of it leaves "stood-by", one that begins with it "ordered".

    Files in the folder of the model make it fail: with "dead" it dies at once, with "unlucky" too, only the
    first; with "hasty" it dies as it stands by, with "short" as it takes over; with "broken" it says that it
    broke; with "stuck" it hangs before it plays when it takes over. With "jack" it plays as on JACK."""
    order = orders.recv()
    assert isinstance(order, LoadOrder)
    assert jack is order.on_jack
    if order.joined:
        (order.model.folder / "ordered").touch()
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
    while isinstance(start, Join):
        (folder / "stood-by").touch()
        start = orders.recv() if orders.poll(60) else None
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
    ready = replace(READY, api="jack") if (folder / "jack").exists() else READY
    messages.send(replace(ready, client_name=start.wiring.client_name) if start.patient else ready)
    messages.send(ConnectionsChanged(TIES))
    _obey(messages, orders, heartbeat, held, folder)


def _obey(messages, orders, heartbeat, held, folder):
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
            case "forget":
                held.follow(NOTE)
                messages.send(PlayingStopped("the JACK server is gone"))
                start = orders.recv()
                (folder / "start-again").write_bytes(pickle.dumps(start))
                messages.send(READY)
            case Suspend():
                messages.send(Sent(Timed(3.0, NOTE), 0.0))
                messages.send(Suspended())
            case Resume():
                (folder / "resumed").touch()
            case Join(change=change):
                messages.send(Asked(1.0, change))
            case tuple() as changes:
                messages.send(Asked(1.0, changes))
            case Timed() as played:
                messages.send(Received(played))
            case other:
                messages.send(Sent(Timed(2.0, NOTE), 0.0) if other == "remember" else Failed(str(other)))
