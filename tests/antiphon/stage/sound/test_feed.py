import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import ControlChange, NoteOff, NoteOn, Timed, Turned
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.port import Loopback
from antiphon.stage.sound.feed import (
    ANSWERS,
    BASS,
    CHORDS,
    CLICKS,
    NOTE,
    PEDAL,
    SILENCE,
    YOURS,
    SoundFeed,
    SoundingPort,
    SoundRecord,
    link,
    of_parts,
    read,
)

QUIET = SoundRecord(0.0, 0.0, SILENCE)


@pytest.fixture
def ends():
    reader, writer = link()
    reader.setblocking(False)
    yield reader, writer
    reader.close()
    writer.close()


BYTE = st.integers(0, 127)
RECORDS = st.builds(
    SoundRecord, st.floats(0, 1e6), st.just(0.25), st.sampled_from([NOTE, PEDAL, SILENCE]), BYTE, BYTE, BYTE
)


@given(st.lists(RECORDS, max_size=600))
def test_what_is_put_is_read_in_order(records):
    reader, writer = link()
    reader.setblocking(False)
    with reader, writer:
        feed = SoundFeed(writer)
        for record in records:
            feed.put(record)
        assert list(read(reader)) == [QUIET, *records]
        assert list(read(reader)) == []


def test_a_port_copies_what_comes_and_what_leaves(ends):
    reader, writer = ends
    clock = VirtualClock(5.0)
    script = [Timed(1.0, NoteOn(60, 70)), Timed(2.0, NoteOff(60)), Timed(9.0, NoteOn(61))]
    inner = Loopback(clock, [*script, Turned(2.5, ControlChange(64, 100)), Turned(2.6, ControlChange(7, 9))])
    port = SoundingPort(inner, SoundFeed(writer))
    assert len(port.receive()) == 4
    port.send(NoteOn(72, 90, channel=3), 5.5)
    port.send(ControlChange(30, 64), 5.6)
    port.send(NoteOff(72, channel=3), 6.0)
    port.send_click(NoteOn(76, 100, channel=9), 6.5)
    port.close()
    assert list(read(reader)) == [
        QUIET,
        SoundRecord(1.0, 0.0, NOTE, YOURS, 60, 70),
        SoundRecord(2.0, 0.0, NOTE, YOURS, 60, 0),
        SoundRecord(2.5, 0.0, PEDAL, YOURS, 0, 100),
        SoundRecord(5.5, 0.0, NOTE, ANSWERS, 72, 90),
        SoundRecord(6.0, 0.0, NOTE, ANSWERS, 72, 0),
        SoundRecord(6.5, 0.0, NOTE, CLICKS, 76, 100),
        QUIET,
    ]
    assert [timed.event.pitch for timed in inner.sent] == [72, 72]
    assert [turned.change.control for turned in inner.turned] == [30]


def test_where_nobody_reads_nothing_waits_and_all_notes_end_afterwards(ends):
    reader, writer = ends
    feed = SoundFeed(writer)
    for number in range(200_000):  # more than any buffer holds
        feed.put(SoundRecord(float(number), 0.0, NOTE, ANSWERS, 60, 80))
    before = list(read(reader))
    assert before[0] == QUIET
    assert len(before) < 200_000
    last = SoundRecord(0.5, 0.0, NOTE, ANSWERS, 60, 0)
    feed.put(last)
    assert list(read(reader)) == [QUIET, last]


def test_where_the_other_end_is_closed_the_music_goes_on(ends):
    reader, writer = ends
    reader.close()
    port = SoundingPort(Loopback(VirtualClock()), SoundFeed(writer))
    port.send(NoteOn(60), 0.0)
    port.close()


def test_each_part_has_a_voice_of_its_own(ends):
    reader, writer = ends
    port = SoundingPort(Loopback(VirtualClock(5.0)), SoundFeed(writer), {1: "bass", 2: "chords"}.get)
    for channel in (0, 1, 2):
        port.send(NoteOn(60, 90, channel), 5.5)
    assert [record.voice for record in read(reader)][1:] == [ANSWERS, BASS, CHORDS]
    assert of_parts("flute") == ("bass", "piano")
    assert of_parts("none") == ("none", "none")
