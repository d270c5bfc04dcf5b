"""Who answers: chosen by number, on one grid."""

import pytest

from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import ShapeSettings
from antiphon.events import GridNote
from antiphon.listen.key import Key
from antiphon.listen.key_tracker import KeyTracker
from antiphon.perform.answer.programs import Programs, Voice
from antiphon.perform.answer.transcribe import Transcription
from antiphon.perform.transport import Transport
from antiphon.slices import finish
from antiphon.timebase import Grid, Meter
from fakes import VOCABULARY, ScriptedModel


def voice(name, steps_per_quarter=4):
    return Voice(ScriptedModel(VOCABULARY, [name]), VOCABULARY, steps_per_quarter, name)


def test_a_number_chooses_and_one_too_many_does_not():
    voices = Programs(voice("60"), [voice("62"), voice("64")], SamplingSettings(sure_factor=1.0), 1)
    assert voices.begin(0).next()[0] == "60"
    said = [(voices.choose(program), voices.begin(0).next()[0]) for program in (1, 0, 2)]
    assert said == [("64", "64"), ("62", "62"), (None, "_")]


def transcribed(meter, first):
    notes = tuple(GridNote(first + 4 * n, 4, 60 + n) for n in range(3))
    return Transcription(
        notes, Key.parse("C major"), Transport(Grid(120.0), Meter.parse(meter)), KeyTracker()
    )


@pytest.mark.parametrize(("meter", "first", "bars"), [("3/4", 24, Bars("3/4")), ("4/4", 28, Bars("4/4", -4))])
def test_the_model_is_told_where_the_phrase_lies_in_its_bars(meter, first, bars):
    told = []

    class Listening(ScriptedModel):
        def reset(self, bars=NO_BARS):
            super().reset(bars)
            told.append(bars)

    for grid, wanted in ((4, bars), (6, NO_BARS)):
        voices = Programs(Voice(Listening(VOCABULARY, []), VOCABULARY, grid), [], SamplingSettings(), 1)
        finish(voices.hear(transcribed(meter, first), first + 12))
        assert told[-1] == wanted


def test_a_pickup_is_no_part_of_the_phrase_that_an_answer_keeps_to():
    voices = Programs(voice("60"), [], SamplingSettings(), 1)
    close = ShapeSettings(closeness=1.0)
    shape = voices.shape(transcribed("4/4", 28), 48, 64, close)
    hold = VOCABULARY.id("_")
    assert [shape.factors(step, 60)[hold] > 1 for step in range(1, 8)] == [True] * 3 + [False] + [True] * 3


def test_voices_on_different_grids_are_refused():
    with pytest.raises(ValueError, match="the same number of steps to a quarter"):
        Programs(voice("60"), [voice("62", 6)], SamplingSettings(), 1)
