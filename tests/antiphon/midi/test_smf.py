"""Numbers of variable length, chunks and meta events, as the format says them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.midi import smf as chunks


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "00"), (0x7F, "7f"), (0x80, "8100"), (0x2000, "c000"), (0x3FFF, "ff7f"), (0xFFFFFFF, "ffffff7f")],
)
def test_numbers_of_the_specification(value, said):
    assert chunks.number(value).hex() == said


@given(st.lists(st.tuples(st.integers(0, 0x7F), st.binary(max_size=300)), max_size=8), st.binary(max_size=9))
def test_meta_events_are_read_back_and_what_is_cut_short_is_not(events, rest):
    written = [b"\x00" + chunks.meta(kind, data) + b"\x05\x90\x3c\x40" for kind, data in events]
    data = b"".join(written)
    assert [(one.kind, one.data) for one in chunks.metas(data, 0, len(data))] == events
    for one in list(chunks.metas(data + rest, 0, len(data) + len(rest)))[len(events) :]:
        assert one.end <= len(data) + len(rest)


def test_chunks_follow_one_another():
    data = chunks.header(1, 480) + chunks.chunk(chunks.TRACK, b"abc") + b"MTr"
    assert [(one.kind, one.begin, one.end) for one in chunks.chunks(data)] == [
        (b"MThd", 8, 14),
        (b"MTrk", 22, 25),
    ]
