"""The phrase from its first note until it is over, in silence or at a bar line."""

import pytest

from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.listen.heard import InputSettings
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.clock.bar_clock import BarClock
from antiphon.perform.phrase import PhraseInput
from antiphon.perform.settings import ClockSettings, TempoSettings

# At 120 bpm a quarter lasts half a second and a bar of 4/4 two.
USUAL = PhraseSettings()
TEMPO = TempoSettings("fixed", 120.0)


def played(*events, settings=USUAL, meter="4/4"):
    phrase, time = (
        PhraseInput(settings, InputSettings()),
        BarClock(TempoSettings("fixed", 120.0, meter), ClockSettings(), 4),
    )
    for at_s, event in events:
        phrase.told_s = at_s
        if phrase.empty:
            time.begin(at_s)
        phrase.receive(Timed(at_s, event))
    return phrase, time


ONE_NOTE = [(1.0, NoteOn(60, 70)), (1.4, NoteOff(60))]


def test_it_is_over_in_silence_or_at_a_bar_line():
    phrase, time = played(*ONE_NOTE)
    assert phrase.over_s(time, None) == 1.9
    assert phrase.over_s(time, 2) == 5.0
    phrase.set(PhraseSettings(silence_beats=2.0), InputSettings())
    assert phrase.over_s(time, None) == 2.4


@pytest.mark.parametrize(("meter", "silence_s"), [("6/8", 0.75), ("9/8", 0.75), ("2/2", 1.0), ("3/4", 0.5)])
def test_a_beat_of_silence_is_one_of_the_meter(meter, silence_s):
    phrase, time = played(*ONE_NOTE, meter=meter)
    assert phrase.over_s(time, None) == pytest.approx(1.4 + silence_s)


def test_it_is_never_over_before_the_last_input():
    phrase, time = played(*ONE_NOTE)
    phrase.told_s = 7.0
    assert phrase.over_s(time, None) == phrase.over_s(time, 2) == 7.0


def test_with_nothing_played_nothing_ends():
    phrase, time = played()
    assert phrase.empty
    assert phrase.over_s(time, None) is None


def test_it_is_heard_when_half_of_the_silence_has_passed_or_right_before_the_bar_line():
    phrase, _ = played(*ONE_NOTE)
    assert phrase.heard_from_s(1.9, at_bar=False) == pytest.approx(1.65)
    assert phrase.heard_from_s(5.0, at_bar=True) == pytest.approx(4.8)


def test_with_a_key_down_it_is_heard_when_it_is_over():
    phrase, _ = played((1.0, NoteOn(60, 70)))
    assert phrase.heard_from_s(33.0, at_bar=False) == 33.0


def test_the_pedal_goes_on_holding_released_keys():
    phrase, time = played((1.0, NoteOn(60, 70)))
    phrase.pedal(1.1, 0, True)
    phrase.receive(Timed(1.2, NoteOff(60)))
    phrase.pedal(3.0, 0, False)
    assert phrase.over_s(time, None) == 3.5


def test_a_phrase_that_was_over_can_go_on():
    phrase, _ = played(*ONE_NOTE)
    first = phrase.finish(1.9)
    assert phrase.empty
    phrase.receive(Timed(2.0, NoteOn(62, 70)))
    phrase.resume(first)
    assert [note.pitch for note in phrase.finish(2.5)] == [60, 62]
