"""All that a session was told, packed; too much is given up."""

from antiphon.events import NoteOn, Timed
from antiphon.perform.reports import Begun, Received, Handover, StateChanged
from antiphon.perform.settings import SessionSettings
from antiphon.stage.takes import records
from antiphon.stage.takes.history import History

BEGUN = Begun(SessionSettings(), 1, Handover())


def told(prelude):
    return list(records.read_all(records.unpack(prelude.packed())))


def test_it_holds_what_a_replay_needs_and_goes_on_after_it_was_asked():
    prelude, notes = History(), [Received(Timed(float(at), NoteOn(60))) for at in range(3)]
    assert prelude.packed() == b""
    for report in (BEGUN, notes[0], StateChanged(0.0, "listening"), notes[1]):
        prelude.add(report)
    assert told(prelude) == [BEGUN, *notes[:2]]
    prelude.add(notes[2])
    assert told(prelude) == [BEGUN, *notes]


def test_another_session_begins_it_anew():
    prelude = History()
    for report in (BEGUN, Received(Timed(1.0, NoteOn(60))), BEGUN):
        prelude.add(report)
    assert told(prelude) == [BEGUN]


def test_too_much_is_given_up_until_another_session_begins():
    prelude = History(most_bytes=100)
    for at in range(20_000):
        prelude.add(Received(Timed(at * 1.37, NoteOn(at % 128))))
    assert prelude.packed() is None
    prelude.add(BEGUN)
    assert told(prelude) == [BEGUN]
