"""`antiphon` with a part that breaks in the middle of an answer: BREAKING in the environment names it.

Imported anew by the process that sends, so that the part is broken there too.
"""

import errno
import os

import rtmidi

from antiphon import cli
from antiphon.events import NoteOn
from antiphon.perform.news import Sent
from antiphon.perform.session import Session
from antiphon.stage.draft import Draft
from antiphon.stage.midi_port import MidiPort
from antiphon.stage.take import Take

NOTES = 3  # so many begin before the part breaks, while the last of them sounds
begun = []


def break_session():
    advance = Session.advance

    def breaking(self, now_s):
        if len(begun) >= NOTES:
            raise RuntimeError("the session broke")
        due = advance(self, now_s)
        begun.extend(one for one in due if isinstance(one.event, NoteOn))
        return due

    Session.advance = breaking


def break_port():
    send, receive = MidiPort.send, MidiPort.receive

    def noting(self, event, at_s):
        send(self, event, at_s)
        begun.extend([event] if isinstance(event, NoteOn) else [])

    def breaking(self):
        if len(begun) >= NOTES:
            raise rtmidi.RtMidiError("the port broke")
        return receive(self)

    MidiPort.send, MidiPort.receive = noting, breaking


def break_recorder():
    record = Take.record

    def breaking(self, report):
        if isinstance(report, Sent) and isinstance(report.timed.event, NoteOn):
            begun.append(report)
        if len(begun) >= NOTES:
            raise RuntimeError("the recorder broke")
        record(self, report)

    Take.record = breaking


def break_disk():
    append = Draft.append

    def full(self, data):
        if b'["out"' in data or begun:
            begun.append(data)
            raise OSError(errno.ENOSPC, "No space left on device")
        append(self, data)

    Draft.append = full


{"session": break_session, "port": break_port, "recorder": break_recorder, "disk": break_disk}[
    os.environ["BREAKING"]
]()

if __name__ == "__main__":
    cli.main()
