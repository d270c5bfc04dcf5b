"""Note-ons and note-offs as notes."""

from antiphon.midi.notes import TickNote, paired
from antiphon.midi.track import TrackEvent


def notes(*events, end=1000):
    return paired([TrackEvent(ticks, bytes(message)) for ticks, message in events], end, 480)


def on(ticks, pitch=60, velocity=80):
    return ticks, (0x90, pitch, velocity)


def off(ticks, pitch=60):
    return ticks, (0x80, pitch, 0)


def pedal(ticks, value):
    return ticks, (0xB0, 64, value)


def test_a_key_comes_up_before_its_note_ends_under_the_pedal():
    assert notes(pedal(0, 127), on(0), off(100), pedal(400, 0)) == [TickNote(0, 60, 80, 100, 400)]
    assert notes(on(0), pedal(50, 127), off(100), on(300), off(350), pedal(400, 0)) == [
        TickNote(0, 60, 80, 100, 300),
        TickNote(300, 60, 80, 350, 400),
    ]


def test_a_note_that_is_never_ended_ends_with_the_file():
    assert notes(on(0), on(480, velocity=50)) == [
        TickNote(0, 60, 80, 480, 480),
        TickNote(480, 60, 50, 1000, 1000),
    ]


def test_a_note_of_no_length_lasts_a_tick_and_of_two_at_one_tick_the_longer_stays():
    assert notes(on(5), off(5)) == [TickNote(5, 60, 80, 6, 6)]
    assert notes(on(5), on(5), on(5), off(90)) == [TickNote(5, 60, 80, 90, 90)]


def test_an_off_without_a_note_is_nothing():
    assert notes(off(3), on(5, 62), off(9, 60), off(9, 62)) == [TickNote(5, 62, 80, 9, 9)]
