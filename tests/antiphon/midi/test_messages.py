"""Messages as bytes and as events; the oracle is mido."""

import mido
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import LAST_SONG_POSITION, ClockSignal, ControlChange, NoteOff, NoteOn, ProgramChange
from antiphon.midi.messages import (
    RELEASE_VELOCITY,
    HeldNotes,
    change_from_bytes,
    from_bytes,
    signal_from_bytes,
    to_bytes,
)

data, channels = st.integers(0, 127), st.integers(0, 15)
notes = st.builds(NoteOn, data, st.integers(1, 127), channels) | st.builds(NoteOff, data, channels)
changes = st.builds(ControlChange, st.integers(0, 119), data, channels) | st.builds(
    ProgramChange, data, channels
)
signals = st.sampled_from(["pulse", "start", "continue", "stop"]).map(ClockSignal) | st.builds(
    ClockSignal, st.just("position"), st.integers(0, LAST_SONG_POSITION)
)
# What comes from a cable, valid or not.
bytes_of_any_kind = st.lists(st.integers(0, 255), max_size=4) | st.tuples(
    st.integers(0x80, 0xFF), data, data
).map(list)


def as_mido(event):
    """The message as mido names it."""
    match event:
        case NoteOn(pitch, velocity, channel):
            return mido.Message("note_on", note=pitch, velocity=velocity, channel=channel)
        case NoteOff(pitch, channel):
            return mido.Message("note_off", note=pitch, velocity=RELEASE_VELOCITY, channel=channel)
        case ControlChange(control, value, channel):
            return mido.Message("control_change", control=control, value=value, channel=channel)
        case ProgramChange(program, channel):
            return mido.Message("program_change", program=program, channel=channel)
        case ClockSignal("position", sixteenths):
            return mido.Message("songpos", pos=sixteenths)
        case ClockSignal("pulse"):
            return mido.Message("clock")
    return mido.Message(event.signal)


@given(notes | changes | signals)
def test_mido_reads_what_is_written(event):
    assert mido.Message.from_bytes(to_bytes(event)) == as_mido(event)


@given(notes | changes | signals)
def test_each_is_read_as_what_it_was_and_as_nothing_else(event):
    message = to_bytes(event)
    read = [from_bytes(message), change_from_bytes(message), signal_from_bytes(message)]
    assert [found for found in read if found is not None] == [event]


@given(bytes_of_any_kind)
def test_whatever_comes_nothing_raises_and_what_is_read_was_said(message):
    for read in (from_bytes, change_from_bytes, signal_from_bytes):
        event = read(message)
        if isinstance(event, NoteOff):  # with any velocity, or a note-on without one
            said = mido.Message.from_bytes(message)
            assert (said.note, said.channel) == (event.pitch, event.channel)
            assert said.type == "note_off" or said.velocity == 0
        elif event is not None:
            assert list(to_bytes(event)) == message


def test_channel_modes_are_no_changes():
    assert [change_from_bytes([0xB0, control, 0]) for control in range(120, 128)] == [None] * 8


@given(st.lists(notes))
def test_a_note_is_owed_from_its_first_note_on_to_its_note_off(events):
    held, owed = HeldNotes(), []
    for event in events:
        off = NoteOff(event.pitch, event.channel)
        if isinstance(event, NoteOff):
            owed = [other for other in owed if other != off]
        elif off not in owed:
            owed.append(off)
        held.follow(event)
        assert held.owed() == owed
