"""What a call says, glimpsed or not."""

from antiphon.events import PlayedNote
from antiphon.perform.answer.transcribe import Transcriber
from antiphon.perform.transport import Transport
from antiphon.timebase import Grid, Meter

TRANSPORT = Transport(Grid(120.0, 1.0), Meter())


def call(pitches, origin_s=1.0, beat_s=0.6):
    moments = [origin_s + place * beat_s for place in range(len(pitches))]
    return tuple(PlayedNote(p, 80, at_s, at_s + 0.5) for p, at_s in zip(pitches, moments, strict=True))


FIRST, SECOND = call([60, 62, 64, 65, 67, 69, 71, 72]), call([66, 69, 74, 73], 9.0)


def understood(glimpsed):
    hearing, heard = Transcriber("highest", None), []
    for played in (FIRST, SECOND):
        for part in glimpsed:
            hearing.glimpse(played[:part], TRANSPORT, True)
        heard.append(hearing.transcribe(played, TRANSPORT, True))
        hearing.answered(32, heard[-1].transport)
    return heard


def test_glimpses_change_nothing():
    alone = understood([])
    assert understood([1, 3, 8]) == understood([8, 2]) == alone
    assert alone[0].transport.grid.bpm != 120.0


def test_what_was_glimpsed_whole_is_not_worked_out_again():
    hearing = Transcriber("highest", None)
    assert hearing.glimpse(FIRST, TRANSPORT, False) is hearing.transcribe(FIRST, TRANSPORT, False)


def test_a_phrase_heard_twice_is_taken_in_twice():
    hearing, fresh = Transcriber("highest", None), Transcriber("highest", None)
    for _ in range(3):
        hearing.transcribe(SECOND, TRANSPORT, False)
    once = fresh.transcribe(SECOND, TRANSPORT, False)
    assert (
        hearing.transcribe(FIRST, TRANSPORT, False).notes == fresh.transcribe(FIRST, TRANSPORT, False).notes
    )
    assert once.notes
