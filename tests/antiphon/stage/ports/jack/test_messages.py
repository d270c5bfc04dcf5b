"""Records between the playing process and JACK's: what goes in comes out."""

from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import Lead
from antiphon.stage.ports.jack.messages import Message, Period, StampGrain, unpack
from antiphon.stage.ports.jack.records import (
    LONGEST,
    PORTS,
    RECORD_BYTES,
    messages,
    pack_lead,
    pack_message,
    pack_period,
)
from antiphon.timebase import Meter

FINITE = st.floats(allow_nan=False, allow_infinity=False)
METERS = st.builds(Meter, st.integers(1, 64), st.sampled_from([1, 2, 4, 8, 16, 32]))
MESSAGES = st.builds(
    Message, st.integers(0, PORTS - 1), FINITE, st.binary(min_size=1, max_size=LONGEST), st.booleans()
)
LEADS = st.builds(
    Lead, FINITE, FINITE, FINITE, st.booleans(), st.booleans(), st.none() | METERS, by=st.just("jack")
)


def pack(record):
    match record:
        case Message():
            return pack_message(*record)
        case Period():
            return pack_period(*record)
    return pack_lead(record)


@given(st.lists(st.one_of(MESSAGES, st.builds(Period, FINITE), LEADS)))
def test_records_come_out_as_they_went_in(records):
    packed = [pack(record) for record in records]
    assert {len(data) for data in packed} <= {RECORD_BYTES}
    assert list(unpack(b"".join(packed))) == records
    only = [record[:3] for record in records if isinstance(record, Message)]
    assert list(messages(b"".join(packed))) == only


def test_whole_records_fit_into_what_a_pipe_takes_in_one_piece():
    assert 4096 % RECORD_BYTES == 0


def test_a_clock_is_coarse_until_a_pulse_stands_elsewhere_and_again_after_many_that_do_not():
    grain = StampGrain()
    assert [grain.is_coarse(at_start) for at_start in (True, True, False, True, True)] == [
        *(True, True, False),
        *(False, False),
    ]
    assert [grain.is_coarse(True) for _ in range(6)] == [False] * 5 + [True]
