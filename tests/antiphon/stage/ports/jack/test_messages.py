"""Records between the sending process and JACK's: what goes in comes out."""

from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import Lead
from antiphon.stage.ports.jack.messages import LONGEST, PORTS, RECORD_BYTES, Message, Period, pack, unpack
from antiphon.timebase import Meter

FINITE = st.floats(allow_nan=False, allow_infinity=False)
METERS = st.builds(Meter, st.integers(1, 64), st.sampled_from([1, 2, 4, 8, 16, 32]))
RECORDS = st.one_of(
    st.builds(Message, st.integers(0, PORTS - 1), FINITE, st.binary(min_size=1, max_size=LONGEST)),
    st.builds(Period, FINITE),
    st.builds(Lead, FINITE, FINITE, FINITE, st.booleans(), st.booleans(), st.none() | METERS),
)


@given(st.lists(RECORDS))
def test_records_come_out_as_they_went_in(records):
    packed = [pack(record) for record in records]
    assert {len(data) for data in packed} <= {RECORD_BYTES}
    assert list(unpack(b"".join(packed))) == records


def test_whole_records_fit_into_what_a_pipe_takes_in_one_piece():
    assert 4096 % RECORD_BYTES == 0
