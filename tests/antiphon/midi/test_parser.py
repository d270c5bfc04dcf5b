"""Bytes against the standard: running status, real-time anywhere, System Exclusive of any length."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.midi.parser import MidiParser

ON, OFF = bytes([0x90, 60, 64]), bytes([0x90, 60, 0])
LENGTHS = {0x80: 3, 0x90: 3, 0xA0: 3, 0xB0: 3, 0xC0: 2, 0xD0: 2, 0xE0: 3}
MESSAGES = st.tuples(st.integers(0x80, 0xEF), st.integers(0, 127), st.integers(0, 127)).map(
    lambda parts: bytes(parts)[: LENGTHS[parts[0] & 0xF0]]
)


def read(*pieces):
    reader = MidiParser()
    return [message for piece in pieces for message in reader.feed(piece)]


@pytest.mark.parametrize(
    ("pieces", "messages"),
    [
        ([[0x90, 60, 64, 60, 0]], [ON, OFF]),
        ([[0x90, 60, 64], [60, 0]], [ON, OFF]),
        ([[0x90, 60], [64]], [ON]),
        ([[0x90, 0xF8, 60, 0xFE, 64]], [bytes([0xF8]), ON]),
        ([[0xFA, 0xF8, 0xFC, 0xFB]], [bytes([b]) for b in (0xFA, 0xF8, 0xFC, 0xFB)]),
        ([[0xF2, 3, 0xF8], [1, 5, 6]], [bytes([0xF8]), bytes([0xF2, 3, 1])]),
        ([[0xF2, 3, *ON]], [ON]),
        ([[60, 64]], []),
        ([[0xC3, 5, 6]], [bytes([0xC3, 5]), bytes([0xC3, 6])]),
        ([[0x90, 60, 0x90, 60, 64]], [ON]),
        ([[0x90, 60, 64, 0xF2, 1, 2, 60, 0]], [ON, bytes([0xF2, 1, 2])]),
        ([[0xF0, 1, 2], [3, 4], [5, 0xF7], [*ON]], [ON]),
        ([[0xF0, 1, 2, *ON]], [ON]),
        ([[0x90, 0xF0, 1, 0xF7, 60, 64]], []),
        ([[0xF0, *[1] * 100_000, 0xF7, *ON]], [ON]),
        ([[0xF4, 0xF5, 0xF9, 0xFD, *ON]], [ON]),
        ([[0x90, 60, 0xFF, 64, *ON, 0xFF, 60, 0]], [bytes([0xFF]), ON, bytes([0xFF])]),
        ([[0x90, 60, 300, -1, 64]], [ON]),
    ],
)
def test_bytes_become_messages(pieces, messages):
    assert read(*pieces) == messages


@given(st.lists(MESSAGES), st.lists(st.integers(0, 400)), st.sampled_from([0xF8, 0xFA, 0xFC, 0xFE]))
def test_however_they_are_cut_and_ticked_into_the_same_messages_come_out(messages, cuts, tick):
    data = b"".join(messages)
    places = [0, *sorted(cuts), len(data)]
    pieces = [data[a:b] + bytes([tick]) for a, b in pairwise(places)]
    read_back = read(*pieces)
    assert [message for message in read_back if message != bytes([tick])] == messages
    assert read_back.count(bytes([tick])) == (0 if tick == 0xFE else len(pieces))


@given(st.lists(st.integers(-1000, 1000)))
def test_no_bytes_raise_and_only_whole_messages_come_out(data):
    for message in read(data):
        system = {0xF2: 3, 0xF8: 1, 0xFA: 1, 0xFB: 1, 0xFC: 1, 0xFF: 1}
        assert len(message) == (LENGTHS | system)[message[0] if message[0] >= 0xF0 else message[0] & 0xF0]
        assert all(byte < 0x80 for byte in message[1:])
