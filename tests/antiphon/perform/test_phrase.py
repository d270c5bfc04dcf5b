"""A call from its first note until it is over, in silence or at a bar line."""

from antiphon.events import NoteOff, NoteOn, PlayedNote, Timed
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.clock.bar_clock import BarClock
from antiphon.perform.phrase import PhraseInput
from antiphon.perform.settings import ClockSettings, TempoSettings

# At 120 bpm a beat lasts half a second and a bar of 4/4 two.
USUAL = PhraseSettings()
TEMPO = TempoSettings("fixed", 120.0)


def calling(*events, settings=USUAL):
    caller, time = PhraseInput(settings), BarClock(TEMPO, ClockSettings(), 4)
    for at_s, event in events:
        caller.did(at_s)
        if caller.silent:
            time.begin(at_s)
        caller.play(Timed(at_s, event))
    return caller, time


ONE_NOTE = [(1.0, NoteOn(60, 70)), (1.4, NoteOff(60))]


def test_it_is_over_in_silence_or_at_a_bar_line():
    caller, time = calling(*ONE_NOTE)
    assert caller.over_s(time, None) == 1.9
    assert caller.over_s(time, 2) == 5.0
    caller.set(PhraseSettings(silence_beats=2.0))
    assert caller.over_s(time, None) == 2.4


def test_it_is_never_over_before_what_was_done_last():
    caller, time = calling(*ONE_NOTE)
    caller.did(7.0)
    assert caller.over_s(time, None) == caller.over_s(time, 2) == 7.0


def test_with_nothing_played_nothing_ends_and_nothing_is_heard():
    caller, time = calling()
    assert caller.silent
    assert caller.over_s(time, None) is None
    caller.prime_anew(1.0)
    assert caller.primes_at_s is None


def test_the_model_hears_it_a_little_after_each_event_and_only_once():
    caller, _ = calling(*ONE_NOTE)
    assert caller.primes_at_s == 1.4 + 0.04
    assert caller.so_far(1.44) == (PlayedNote(60, 70, 1.0, 1.4),)
    assert caller.primes_at_s is None
    caller.prime_anew(1.5)
    assert caller.primes_at_s == 1.5


def test_the_pedal_goes_on_holding_what_was_let_go():
    caller, time = calling((1.0, NoteOn(60, 70)))
    caller.pedal(1.1, 0, True)
    caller.play(Timed(1.2, NoteOff(60)))
    caller.pedal(3.0, 0, False)
    assert caller.over_s(time, None) == 3.5


def test_a_call_that_was_over_can_go_on():
    caller, _ = calling(*ONE_NOTE)
    first = caller.finish(1.9)
    assert caller.silent
    caller.play(Timed(2.0, NoteOn(62, 70)))
    caller.resume(first)
    assert [note.pitch for note in caller.finish(2.5)] == [60, 62]
