"""All that a session was told, packed; too much is given up."""

from antiphon.events import NoteOn, Timed
from antiphon.files.take_file import unpack
from antiphon.perform.reports import Begun, Handover, Received
from antiphon.perform.settings import SessionSettings
from antiphon.stage.takes import records
from antiphon.stage.takes.history import History
from antiphon.stage.takes.records import line_of

BEGUN = Begun(SessionSettings(), 1, Handover())


def told(history):
    return list(records.read_all(unpack(history.packed())))


def test_it_holds_what_a_replay_needs_and_goes_on_after_it_was_asked():
    history, notes = History(), [Received(Timed(float(at), NoteOn(60))) for at in range(3)]
    assert history.packed() == b""
    for report in (BEGUN, *notes[:2]):
        history.add(line_of(report))
    assert told(history) == [BEGUN, *notes[:2]]
    history.add(line_of(notes[2]))
    assert told(history) == [BEGUN, *notes]


def test_another_session_begins_it_anew():
    history = History()
    for report in (BEGUN, Received(Timed(1.0, NoteOn(60))), BEGUN):
        history.add(line_of(report))
    assert told(history) == [BEGUN]


def test_too_much_is_given_up_until_another_session_begins():
    history = History(most_bytes=100)
    for at in range(20_000):
        history.add(line_of(Received(Timed(at * 1.37, NoteOn(at % 128)))))
    assert history.packed() is None
    history.add(line_of(BEGUN))
    assert told(history) == [BEGUN]
