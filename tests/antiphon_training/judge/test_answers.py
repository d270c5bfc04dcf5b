"""Answers follow the rules of playing: as long as asked, begun by a note, ended in the last bar at most."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from antiphon.compose.form import Form
from antiphon.compose.model import Model
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import ShapeSettings
from antiphon.compose.symbols import END, HOLD, Vocabulary, is_pitch
from antiphon.events import GridNote
from antiphon_training.judge.answer_settings import JudgedSettings
from antiphon_training.judge.answers import (
    JudgedAnswer,
    Speaker,
    answer,
    answers,
    chosen,
    continuations,
    phrase_and_frame,
    speaker_of,
)
from antiphon_training.score.evaluated_model import evaluated_models
from playing import HighCritic, event_voice
from toy_answers import quarters, toy_bundle, toy_opening
from toy_songs import toy_data

VOCABULARY = Vocabulary(("60", "62", "/", "_", "r"))
OPENING = toy_opening(quarters([60, 62]), quarters([60, 62, 60]))


class Wishing(Model):
    """A model that always wants the same symbols, and remembers what it heard."""

    def __init__(self, wishes: Mapping[str, float]) -> None:
        self._wishes = np.array([wishes.get(symbol, 0.0) for symbol in VOCABULARY.symbols])
        self.heard: list[str] = []

    def reset(self, *_: object) -> None:
        self.heard = []

    def hear(self, symbol_id: int) -> None:
        self.heard.append(VOCABULARY.symbols[symbol_id])

    def expected(self) -> np.ndarray:
        return self._wishes / self._wishes.sum()


def said(wishes: Mapping[str, float]) -> tuple[str, ...]:
    speaker = Speaker("wishing", Wishing(wishes), VOCABULARY)
    plain = JudgedSettings(SamplingSettings(most_repeats=0), ShapeSettings(cadence=0.0))
    return answer(speaker, OPENING, plain, (0,)).stream


def test_a_model_that_wants_to_end_speaks_until_its_last_bar_and_holds_it() -> None:
    stream = said({END: 1.0, "62": 1e-9})
    assert stream == ("62",) * 8 + (HOLD,) * 4


class Told(Wishing):
    """Keeps the forms that it is told, and how much it had heard then."""

    knows_form = True
    forms: list[tuple[int, Form]]

    def tell(self, form: Form) -> None:
        self.forms.append((len(self.heard), form))


@pytest.mark.parametrize(
    ("ends_song", "cadence", "closes"), [(True, 0.7, True), (False, 0.7, False), (True, 0.0, False)]
)
def test_a_model_is_told_to_close_where_the_song_ends(ends_song: bool, cadence: float, closes: bool) -> None:
    model = Told({"60": 1.0})
    model.forms = []
    opening, shape = replace(OPENING, ends_song=ends_song), ShapeSettings(cadence=cadence)
    settings = JudgedSettings(SamplingSettings(most_repeats=0), shape)
    answer(Speaker("told", model, VOCABULARY), opening, settings, (0,))
    start = len(OPENING.phrase)
    form = Form(start + len(OPENING.continuation), not closes, start)
    assert model.forms == [(1 + start, form)]


@pytest.mark.parametrize("want", [HOLD, "r"])
def test_an_answer_begins_with_a_note_though_the_model_wants_none(want: str) -> None:
    assert said({want: 1.0, "60": 1e-9}) == ("60", *[want] * 11)


def test_the_model_hears_the_phrase_after_a_songs_end() -> None:
    model = Wishing({"60": 1.0})
    answer(Speaker("", model, VOCABULARY), OPENING, JudgedSettings(), (0,))
    assert model.heard[:9] == [END, *OPENING.phrase]


def test_an_answers_chance_is_its_own_and_the_seeds() -> None:
    speaker = Speaker("", Wishing({"60": 1.0, "62": 1.0, "_": 2.0}), VOCABULARY)
    three = list(answers(speaker, [OPENING] * 3, JudgedSettings(), 7))
    assert three[:2] == list(answers(speaker, [OPENING] * 2, JudgedSettings(), 7))
    assert len({one.stream for one in three}) == 3
    assert three != list(answers(speaker, [OPENING] * 3, JudgedSettings(), 8))


def test_an_answer_has_notes_of_its_own_and_a_whole_with_its_phrase() -> None:
    (one,) = continuations([OPENING])
    assert one == JudgedAnswer(OPENING, OPENING.continuation)
    assert [(note.onset_steps, note.pitch) for note in one.notes] == [(0, 60), (4, 62), (8, 60)]
    assert [note.onset_steps for note in one.whole] == [0, 4, 8, 12, 16]


def test_openings_are_taken_by_chance_and_again_once_all_were() -> None:
    openings = [toy_opening("60", str(pitch)) for pitch in range(60, 70)]
    taken = chosen(openings, 25, 3)
    assert sorted(taken[:10], key=openings.index) == openings
    assert taken[:10] != openings
    assert taken[10:20] == taken[:10]
    assert taken[20:] == taken[:5]
    assert chosen(openings, 4, 3) == taken[:4]


def test_bundles_of_one_name_go_by_their_folders(tmp_path: Path) -> None:
    data = toy_data(tmp_path / "data")
    folders = [str(toy_bundle(tmp_path / at, data)) for at in ("a/same", "b/same", "other")]
    models = evaluated_models(folders)
    assert [evaluated_model.name for evaluated_model in models] == [folders[0], folders[1], "other"]
    one = answer(speaker_of(models[2]), OPENING, JudgedSettings(), (0,))
    assert len(one.stream) == 12
    assert is_pitch(one.stream[0])


def test_a_critic_counts_steps_from_the_bar_line_before_the_phrase() -> None:
    cut = toy_opening("67 _ " + quarters([60, 62]), quarters([64, 65]), bar_steps=8, pickup_steps=2)
    phrase, frame = phrase_and_frame(cut, closes=True)
    assert phrase == (GridNote(6, 2, 67), GridNote(8, 4, 60), GridNote(12, 4, 62))
    assert (frame.start, frame.end, frame.closes, frame.mode) == (16, 24, True, "major")
    on_the_line, frame = phrase_and_frame(toy_opening(quarters([60]), quarters([64])), closes=False)
    assert (on_the_line, frame.start, frame.closes) == ((GridNote(0, 4, 60),), 4, False)


def with_a_critic(critic: object = None) -> Speaker:
    voice = event_voice(critic=critic)
    return Speaker("", voice.model, voice.vocabulary, voice.memory, voice.steps_per_quarter, voice.critic)


ONE, MANY = (JudgedSettings(candidates=number) for number in (1, 16))


def mean_pitch(one: JudgedAnswer) -> float:
    return float(np.mean([note.pitch for note in one.notes]))


def test_a_critic_chooses_among_candidates() -> None:
    speaker = with_a_critic()
    pairs = [(answer(speaker, OPENING, how, (seed,)) for how in (ONE, MANY)) for seed in range(5)]
    chosen_of = [(mean_pitch(one), mean_pitch(best)) for one, best in pairs]
    assert all(best >= one for one, best in chosen_of)
    assert sum(best > one for one, best in chosen_of) >= 3


def test_the_first_candidate_is_the_single_answer() -> None:
    class First(HighCritic):
        def log_odds_in_slices(self, phrase, answers, frame):  # type: ignore[no-untyped-def]
            yield from super().log_odds_in_slices(phrase, answers, frame)
            return np.array([0.0] + [-1e9] * (len(answers) - 1))

    speaker = with_a_critic(First())
    assert answer(speaker, OPENING, MANY, (3, 4)) == answer(speaker, OPENING, ONE, (3, 4))


@pytest.mark.parametrize(
    ("ends_song", "cadence", "closes"), [(True, 1.0, True), (True, 0.0, False), (False, 1.0, False)]
)
def test_a_critic_is_told_of_the_phrase_and_the_close(ends_song: bool, cadence: float, closes: bool) -> None:
    critic = HighCritic()
    opening, shape = replace(OPENING, ends_song=ends_song), ShapeSettings(cadence=cadence)
    answer(with_a_critic(critic), opening, JudgedSettings(shape=shape), (0,))
    ((phrase, candidates, frame),) = critic.asked
    assert (phrase, frame) == phrase_and_frame(opening, closes)
    assert len(candidates) == 16


def test_without_a_critic_how_songs_end_chooses_where_the_answer_is_to_close() -> None:
    speaker = replace(with_a_critic(), critic=None)
    goes_on = replace(OPENING, ends_song=False)
    assert answer(speaker, goes_on, MANY, (1,)) == answer(speaker, goes_on, ONE, (1,))
    ends, unheard = replace(OPENING, ends_song=True), replace(MANY, shape=ShapeSettings(endings=False))
    one, many, other = (
        [answer(speaker, ends, how, (seed,)) for seed in range(8)] for how in (ONE, MANY, unheard)
    )
    assert many != one
    assert other == one


def test_settings_that_differ_are_named() -> None:
    assert str(JudgedSettings()) == "usual settings"
    assert str(JudgedSettings(candidates=4, choice="expected")) == "candidates 4, choice expected"


def test_the_most_expected_answer_needs_no_critic() -> None:
    speaker, expected = replace(with_a_critic(), critic=None), JudgedSettings(choice="expected")
    assert answer(speaker, OPENING, expected, (1,)) == answer(with_a_critic(), OPENING, expected, (1,))
    pairs = [answer(speaker, OPENING, how, (seed,)) for how in (ONE, expected) for seed in range(5)]
    assert pairs[:5] != pairs[5:]
