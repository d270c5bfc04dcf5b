"""OSC packets: what is written is read again, and no bytes do harm."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle import OscBundle

from antiphon.errors import WrongUse
from antiphon.stage.osc.packets import DEEPEST, LONGEST_BYTES, MOST_MESSAGES, Message, messages_of, packet_of

PARTS = st.sampled_from(["antiphon", "a", "tempo", "sampling_x"])
ADDRESSES = st.lists(PARTS, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.integers(-(2**31), 2**31 - 1) | st.integers(-99999, 99999).map(lambda n: n / 1000)
ARGUMENTS = st.lists(TEXTS | NUMBERS | st.booleans() | st.none(), max_size=3).map(tuple)
MESSAGES = st.lists(st.builds(Message, ADDRESSES, ARGUMENTS), min_size=1, max_size=4)


def wall_s(at_s):
    return 1_700_000_000 + at_s


def bundle(*elements):
    sized = b"".join(struct.pack(">i", len(one)) + one for one in elements)
    return b"#bundle\0" + struct.pack(">Q", 1) + sized


def note(*types_and_data):
    return b"/a\0\0" + b"".join(types_and_data)


@given(MESSAGES)
def test_what_is_written_is_read_again(messages):
    assert messages_of(packet_of(messages, wall_s)) == messages


def test_a_message_has_the_time_tag_of_its_moment():
    told = [Message("/first"), Message("/second", (1,), 2.5), Message("/third", (), 3.0)]
    packet = packet_of(told, wall_s)
    bundles = {next(iter(one)).address: one.timestamp for one in list(OscBundle(packet))[1:]}
    assert bundles == {"/second": 1_700_000_002.5, "/third": 1_700_000_003.0}
    assert [one.address for one in messages_of(packet)] == ["/first", "/second", "/third"]


def test_one_message_without_a_moment_is_no_bundle():
    assert packet_of([Message("/a", (1,))], wall_s) == b"/a\0\0,i\0\0\0\0\0\1"


def test_a_float_of_32_bits_is_the_number_that_was_meant():
    [message] = messages_of(note(b",f\0\0", struct.pack(">f", 0.7)))
    assert message.arguments == (0.7,)


def test_a_message_without_types_has_no_arguments():
    assert messages_of(note()) == [Message("/a")]


def nested(deep):
    return bundle(nested(deep - 1)) if deep else note()


def test_bundles_in_bundles_are_read_up_to_a_depth():
    assert messages_of(nested(DEEPEST)) == [Message("/a")]
    with pytest.raises(WrongUse, match="nested at most 4 deep"):
        messages_of(nested(DEEPEST + 1))


def test_a_bundle_holds_so_many_messages():
    assert len(messages_of(bundle(*[note()] * MOST_MESSAGES))) == MOST_MESSAGES
    with pytest.raises(WrongUse, match="at most 64 messages"):
        messages_of(bundle(*[note()] * (MOST_MESSAGES + 1)))


@pytest.mark.parametrize(
    ("packet", "told"),
    [
        (b"", "must begin with"),
        (b"hello", "must begin with"),
        (b"/" * (LONGEST_BYTES + 1), "at most 4096 bytes"),
        (b"#bundle\0", "must have a time tag"),
        (bundle() + struct.pack(">i", -4), "longer than the bundle, or empty"),
        (bundle() + struct.pack(">i", 0), "longer than the bundle, or empty"),
        (bundle() + struct.pack(">i", 8) + b"/a\0\0", "longer than the bundle"),
        (bundle() + b"\0\0", "longer than the bundle"),
        (bundle(b"x\0\0\0"), "must begin with"),
        (b"/a", "not an OSC message"),
        (b"/\xff\xfe\0", "not an OSC message"),
        (note(b"i\0\0\0", b"\0\0\0\1"), "not an OSC message"),
        (note(b",i\0\0"), "not an OSC message"),
        (note(b",s\0\0", b"long"), "not an OSC message"),
        (note(b",[[[", b"\0\0\0\0"), "type '\\['"),
        (note(b",b\0\0", b"\x7f\xff\xff\xff"), "type 'b'"),
        (note(b",I\0\0"), "type 'I'"),
    ],
)
def test_what_is_no_packet_is_refused_in_one_line(packet, told):
    with pytest.raises(WrongUse, match=told) as refused:
        messages_of(packet)
    assert "\n" not in refused.value.message


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda rest: bundle() + rest))
def test_any_bytes_are_messages_or_refused(packet):
    assert "\n" not in refusal(packet)


def refusal(packet):
    """Why it is refused; "" where it is not."""
    try:
        messages_of(packet)
    except WrongUse as refused:
        return refused.message
    return ""


@given(MESSAGES, st.data())
def test_a_damaged_packet_is_messages_or_refused(messages, data):
    packet = bytearray(packet_of(messages, wall_s))
    for _ in range(data.draw(st.integers(1, 4))):
        packet[data.draw(st.integers(0, len(packet) - 1))] = data.draw(st.integers(0, 255))
    assert "\n" not in refusal(bytes(packet))
