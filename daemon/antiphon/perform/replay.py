"""A recorded session once more, in virtual time: records in, what it sends out. No clock, no file.

A session is a function of its settings, its random seed and what came in, so it must send the same again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from antiphon.events import Timed, Turned
from antiphon.perform.answer_reports import (
    Hurried,
)
from antiphon.perform.reports import (
    Asked,
    Begun,
    Ended,
    Led,
    Received,
    Report,
    Sent,
)
from antiphon.perform.session import Session
from antiphon.perform.setting_changes import differences
from antiphon.perform.settings import SessionSettings
from antiphon.perform.take_records import INPUTS, TakeRecord, last_moment

# A session asks to be looked at again at the same moment while it composes; more often than this it is stuck.
_MOST_LOOKS = 100_000


def perform(records: Sequence[TakeRecord], make: Callable[[Begun], Session]) -> Iterator[Report]:
    """What a session reports when it gets all that a recorded one got, in the engine's order."""
    session: Session | None = None
    settings = SessionSettings()  # the newest that were asked for as a whole
    last_s = float("-inf")
    for place, record in enumerate(records):
        if isinstance(record, Begun):
            yield from _cut_off(session, last_s)
            session, last_s = make(record), float("-inf")
            session.hurried.update(_hurried(records[place + 1 :]))
            yield from session.take_reports()
            settings = record.settings
        elif session is not None and isinstance(record, Asked) and isinstance(record.what, SessionSettings):
            yield from _told(session, replace(record, what=differences(settings, record.what)))
            settings = record.what
        elif session is not None and isinstance(record, INPUTS):
            yield from _told(session, record)
            session = None if isinstance(record, Ended) else session
        last_s = last_moment(last_s, record)
    yield from _cut_off(session, last_s)


def _hurried(records: Iterable[TakeRecord]) -> Iterator[tuple[int, int]]:
    """The choices of a session for which there was no time; `records` come after it has begun."""
    for record in takewhile(lambda record: not isinstance(record, Begun), records):
        if isinstance(record, Hurried):
            yield record.choice, record.parts


def _cut_off(session: Session | None, last_s: float) -> Iterator[Report]:
    """What came of a session that nobody ended, up to the last moment that is known of it."""
    if session is not None and last_s > float("-inf"):
        yield from _sent(_reach(session, last_s))
        yield from session.take_reports()


def _told(session: Session, record: Received | Led | Asked | Ended) -> Iterator[Report]:
    match record:
        case Received(Turned() as turned):
            yield from _sent(_reach(session, turned.at_s))
            session.turn(turned)
            yield from _sent(session.advance(turned.at_s))
        case Received(Timed() as timed):
            yield from _sent(_reach(session, timed.at_s))
            session.receive(timed)
            yield from _sent(session.advance(timed.at_s))
        case Led(at_s, said):
            yield from _sent(_reach(session, at_s))
            session.hear_clock(said, at_s)
            yield from _sent(session.advance(at_s))
        case Asked(at_s, tuple() | str() as what):
            yield from _sent(_reach(session, at_s))
            session.ask(what, at_s)
            yield from _sent(session.advance(at_s))
        case Ended(at_s, reached_s):
            yield from _sent(_reach(session, reached_s))
            yield from _sent(session.stop(at_s))
    if not isinstance(record, Asked | Ended):
        yield record
    yield from session.take_reports()
    if isinstance(record, Ended):
        yield record


def _sent(events: Iterable[Timed]) -> Iterator[Sent]:
    return (Sent(timed, 0.0) for timed in events)


def _reach(session: Session, to_s: float) -> Iterator[Timed]:
    """Advance at each moment the session asks for, so that nothing is late."""
    looks = 0
    while (deadline_s := session.next_deadline_s()) is not None and deadline_s < to_s:
        yield from session.advance(deadline_s)
        following_s = session.next_deadline_s()
        looks = looks + 1 if following_s is not None and following_s <= deadline_s else 0
        if looks > _MOST_LOOKS:
            raise ValueError("the session does not get on")
    if to_s > float("-inf"):
        yield from session.advance(to_s)
