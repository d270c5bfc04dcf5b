"""What a take records of a session, and when each happened. Pure; knows no session."""

from dataclasses import dataclass

from antiphon.perform.answer_reports import (
    Accompanied,
    Answered,
    ChordGuessed,
    ChordsHeard,
    Heard,
    Hurried,
    Planned,
    Written,
)
from antiphon.perform.reports import (
    Asked,
    BarsBegun,
    Begun,
    Ended,
    Followed,
    Joined,
    Led,
    Pressed,
    Received,
    Released,
    Sent,
)


@dataclass(frozen=True, slots=True)
class Lost:
    """Events that could not be written, and were too many to be kept until they could."""

    events: int


@dataclass(frozen=True, slots=True)
class Closed:
    """The take was ended in order; one without this was cut off."""


TakeRecord = (
    Begun
    | Joined
    | Received
    | Led
    | Asked
    | Sent
    | Released
    | BarsBegun
    | Heard
    | ChordsHeard
    | ChordGuessed
    | Accompanied
    | Followed
    | Written
    | Planned
    | Hurried
    | Answered
    | Pressed
    | Ended
    | Lost
    | Closed
)
# What comes into a session.
INPUTS = (Received, Led, Asked, Ended)


def moment_of(record: TakeRecord) -> float | None:
    """When it happened; None for what has no moment."""
    match record:
        case Received(timed) | Sent(timed) | Released(timed):
            return timed.at_s
        case Begun() | Joined() | Written() | Planned() | Hurried() | Lost() | Closed():
            return None
    return record.at_s


def last_moment(last_s: float, record: TakeRecord) -> float:
    """The last moment that a session is known to have reached; what the next session did does not count."""
    at_s = None if isinstance(record, Released) else moment_of(record)
    return last_s if at_s is None else max(last_s, at_s)
