"""`antiphon` with a part that breaks in the middle of an answer: BREAKING in the environment names it.

It breaks once: BROKEN names a file that then says so. Without it, it breaks again and again, and from the
second time on at once. Imported anew by each process that sends, so that the part is broken there too.
"""

import errno
import os
import time
from pathlib import Path

from antiphon import cli
from antiphon.compose.events_model import EventModel
from antiphon.events import NoteOn
from antiphon.perform.reports import Sent
from antiphon.perform.session import Session
from antiphon.stage.ports.live_port import MidiPort
from antiphon.stage.takes.growing_file import GrowingFile
from antiphon.stage.takes.recorder import Recorder
from antiphon.stage.takes.recording import Recording

NOTES = 3  # so many begin before the part breaks, while the last of them sounds
begun = []
broken = Path(os.environ["BROKEN"])
again = "AGAIN" in os.environ


def breaks():
    """Whether now is the time."""
    if len(begun) < NOTES and not (again and broken.exists()):
        return False
    if broken.exists() and not again:
        return False
    broken.touch()
    return True


def count_notes():
    advance = Session.advance

    def counting(self, now_s):
        due = advance(self, now_s)
        begun.extend(one for one in due if isinstance(one.event, NoteOn))
        return due

    Session.advance = counting


def break_session():
    count_notes()
    advance = Session.advance

    def breaking(self, now_s):
        if breaks():
            raise RuntimeError("the session broke")
        return advance(self, now_s)

    Session.advance = breaking


def break_model():
    count_notes()
    hear = EventModel.hear

    def breaking(self, symbol_id):
        if breaks():
            raise RuntimeError("the model broke")
        hear(self, symbol_id)

    EventModel.hear = breaking


def break_port():
    count_notes()
    receive = MidiPort.receive

    def breaking(self):
        if breaks():
            raise RuntimeError("the port broke")
        return receive(self)

    MidiPort.receive = breaking


def break_recorder():
    record = Recorder.record

    def breaking(self, report):
        if isinstance(report, Sent) and isinstance(report.timed.event, NoteOn):
            begun.append(report)
        if breaks():
            raise RuntimeError("the recorder broke")
        record(self, report)

    Recorder.record = breaking


def break_disk():
    append = GrowingFile.append

    def full(self, data):
        if b'["out"' in data or begun:
            begun.append(data)
            raise OSError(errno.ENOSPC, "No space left on device")
        append(self, data)

    GrowingFile.append = full


def break_end():
    def hanging(_self):
        broken.touch()
        time.sleep(60)

    Recording.close = hanging


{
    "end": break_end,
    "session": break_session,
    "model": break_model,
    "port": break_port,
    "recorder": break_recorder,
    "disk": break_disk,
}[os.environ["BREAKING"]]()

if __name__ == "__main__":
    cli.main()
