"""Who answers: chosen by number, each on its own grid."""

from dataclasses import replace

import pytest

from antiphon.compose.form import Form
from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import ShapeSettings
from antiphon.events import GridNote
from antiphon.listen.key import Key
from antiphon.listen.key_tracker import KeyTracker
from antiphon.perform.answer.composer import HowComposed
from antiphon.perform.answer.programs import Programs, Voice
from antiphon.perform.answer.transcribe import Transcription
from antiphon.perform.transport import Transport
from antiphon.slices import finish
from antiphon.timebase import Grid, Meter
from fakes import VOCABULARY, ScriptedModel
from playing import event_voice


def voice(name, steps_per_quarter=4):
    return Voice(ScriptedModel(VOCABULARY, [name]), VOCABULARY, steps_per_quarter, name)


def test_a_number_chooses_and_one_too_many_does_not():
    voices = Programs(voice("60"), [voice("62"), voice("64")], SamplingSettings(sure_factor=1.0), 1)
    assert voices.begin(0).next()[0] == "60"
    said = [(voices.choose(program), voices.begin(0).next()[0]) for program in (1, 0, 2)]
    assert said == [("64", "64"), ("62", "62"), (None, "_")]


def transcribed(meter, first, grid=4):
    """Three quarters from a sixteenth on."""
    notes = tuple(GridNote(first * grid // 4 + grid * n, grid, 60 + n) for n in range(3))
    transport = Transport(Grid(120.0, 0.0, grid), Meter.parse(meter))
    return Transcription(notes, Key.parse("C major"), transport, KeyTracker())


@pytest.mark.parametrize(("meter", "first", "bars"), [("3/4", 24, Bars("3/4")), ("4/4", 28, Bars("4/4", -4))])
def test_the_model_is_told_where_the_phrase_lies_in_its_bars(meter, first, bars):
    told = []

    class Listening(ScriptedModel):
        def reset(self, bars=NO_BARS):
            super().reset(bars)
            told.append(bars)

    for grid in (4, 12, 24):
        voices = Programs(Voice(Listening(VOCABULARY, []), VOCABULARY, grid), [], SamplingSettings(), 1)
        finish(voices.hear(transcribed(meter, first, grid), (first + 12) * grid // 4))
        assert told[-1] == Bars(meter, bars.offset_steps * grid // 4, grid)


def test_a_pickup_is_no_part_of_the_phrase_that_an_answer_keeps_to():
    voices = Programs(voice("60"), [], SamplingSettings(), 1)
    close = HowComposed(1, SamplingSettings(), ShapeSettings(closeness=1.0))
    shape = voices.shape(transcribed("4/4", 28), 48, 64, close)
    hold = VOCABULARY.id("_")
    assert [shape.factors(step, 60)[hold] > 1 for step in range(1, 8)] == [True] * 3 + [False] + [True] * 3


def test_voices_on_different_grids_play_on_one_that_has_both():
    coarse, fine = voice("60"), voice("62", 24)
    voices = Programs(fine, [coarse], SamplingSettings(), 1)
    assert voices.steps_per_quarter == 24
    assert Programs(voice("60", 12), [voice("62", 8)], SamplingSettings(), 1).steps_per_quarter == 24
    phrase = transcribed("4/4", 0, 24)
    finish(voices.hear(phrase, 72))
    assert fine.model.heard == ["/", "72", *["_"] * 23, "73", *["_"] * 23, "74", *["_"] * 23]
    voices.choose(0)
    finish(voices.hear(phrase, 72))
    assert coarse.model.heard == ["/", "72", "_", "_", "_", "73", "_", "_", "_", "74", "_", "_", "_"]


def test_each_symbol_of_a_coarser_voice_lasts_some_steps():
    coarse = Voice(ScriptedModel(VOCABULARY, ["60", "62"]), VOCABULARY, 4)
    voices = Programs(coarse, [voice("64", 24)], SamplingSettings(sure_factor=1.0), 1)
    finish(voices.hear(transcribed("4/4", 0, 24), 72))
    melody = voices.begin(0)
    assert [melody.next()[0] for _ in range(12)] == ["60", *["_"] * 5, "62", *["_"] * 5]


def test_a_coarser_voice_hears_triplets_at_its_nearest_steps_and_begins_on_one():
    voices = Programs(voice("60"), [voice("62", 24)], SamplingSettings(), 1)
    triplets = tuple(GridNote(8 * n, 8, 60 + n) for n in range(3))
    grid = Transport(Grid(120.0, 0.0, 24), Meter())
    finish(voices.hear(Transcription(triplets, Key.parse("C major"), grid, KeyTracker()), 24))
    assert voices._voice.model.heard == ["/", "72", "73", "_", "74"]
    assert [voices.begins_at(step) for step in (24, 25, 30, 31)] == [24, 30, 30, 36]


class Told(ScriptedModel):
    """Keeps the forms that it is told."""

    knows_form = True

    def __init__(self):
        super().__init__(VOCABULARY, ["60"])
        self.forms = []

    def tell(self, form):
        self.forms.append(form)


@pytest.mark.parametrize("grid", [4, 24])
def test_the_form_of_an_answer_counts_from_the_first_note_in_steps_of_its_voice(grid):
    voices = Programs(Voice(Told(), VOCABULARY, 4), [voice("64", grid)], SamplingSettings(), 1)
    phrase, times = transcribed("4/4", 28, grid), grid // 4  # a pickup and two beats of a bar
    form = voices.form(phrase, 48 * times, 64 * times, True)
    assert form == Form(36, False, 16)
    assert voices.form(phrase, 48 * times, 64 * times, False) == Form(36, True, 16)
    assert voices.form(phrase, 48 * times, None, True) == Form(None, False, 16)


def test_as_many_answers_close_as_cadence_says():
    voices = Programs(voice("60"), [], SamplingSettings(), 1)
    closing = [[voices.closes(n, ShapeSettings(cadence=share)) for n in range(400)] for share in (0, 0.3, 1)]
    assert not any(closing[0])
    assert sum(closing[1]) == pytest.approx(120, abs=30)
    assert all(closing[2])
    assert closing[1] == [voices.closes(n, ShapeSettings(cadence=0.3)) for n in range(400)]
    more = [voices.closes(n, ShapeSettings(cadence=0.6)) for n in range(400)]
    assert all(later or not now for now, later in zip(closing[1], more, strict=True))


def test_the_chords_of_each_answer_have_random_numbers_of_their_own():
    voices = Programs(voice("60"), [], SamplingSettings(), 1)
    first = [voices.chords_chance(n).random() for n in range(20)]
    assert len(set(first)) == 20
    assert first == [voices.chords_chance(n).random() for n in range(20)]
    assert not {voices._chance(n).random() for n in range(20)} & set(first)
    other = Programs(voice("60"), [], SamplingSettings(), 2)
    assert not {other.chords_chance(n).random() for n in range(20)} & set(first)


def test_a_model_that_is_told_its_form_is_not_made_to_end_on_a_chord_note():
    how = HowComposed(16, SamplingSettings(), ShapeSettings(cadence=1.0))
    factors = [
        Programs(one, [], SamplingSettings(), 1).shape(transcribed("4/4", 0), 16, 32, how).factors(15, 60)
        for one in (Voice(Told(), VOCABULARY, 4), voice("60"))
    ]
    assert set(factors[0]) == {1.0}
    assert set(factors[1]) != {1.0}


@pytest.mark.parametrize(
    ("candidates", "endings", "chosen"), [(16, True, True), (1, True, False), (16, False, False)]
)
def test_without_a_critic_endings_are_chosen_among_candidates(candidates, endings, chosen):
    """Then the model alone says how each candidate ends."""
    voices = Programs(replace(event_voice(), critic=None), [], SamplingSettings(), 1)
    how = HowComposed(candidates, SamplingSettings(), ShapeSettings(cadence=1.0, endings=endings))
    assert voices.composes_ahead(how) == chosen
    shape = voices.shape(transcribed("4/4", 0), 16, 32, how)
    assert (set(shape.factors(15, 60)) == {1.0}) == chosen


def test_a_bar_that_is_shorter_than_a_step_of_the_voice_is_one_step():
    voices = Programs(voice("60"), [voice("62", 24)], SamplingSettings(), 1)
    phrase = transcribed("1/32", 0, 24)
    finish(voices.hear(phrase, 72))
    assert voices.begin(0).next()[0] == "60"
    assert voices.form(phrase, 72, 144, closes=True) == Form(24, False, 12)
