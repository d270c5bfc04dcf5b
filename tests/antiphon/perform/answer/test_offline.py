from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.compose.model import StreamModel
from antiphon.compose.place import Bars
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.symbols import is_pitch, parse
from antiphon.events import GridNote
from antiphon.listen.key import Key
from antiphon.perform.answer.offline import continue_phrase
from antiphon.perform.answer.programs import Voice
from fakes import VOCABULARY, random_weights, scripted_voice
from playing import HighCritic, event_voice

PLAIN = SamplingSettings(sure_factor=1.0, unsure_factor=1.0)
C_MAJOR = "60 _ 64 _ 67 _ _ _"


def made(script, phrase, steps=16, key=None, voice=None):
    return continue_phrase(voice or scripted_voice(script.split()), parse(phrase), key, steps, PLAIN, 1)


def test_the_song_ends_where_the_model_ends_it():
    continuation = made("72 _ 71 _ /", C_MAJOR)
    assert continuation.symbols == ("72", "_", "71", "_")
    assert continuation.ended
    assert continuation.answer == (GridNote(8, 2, 72), GridNote(10, 2, 71))


@pytest.mark.parametrize("phrase", [C_MAJOR, "60 _ _ r", ""])
@pytest.mark.parametrize("script", ["/ / / / 72 _ /", "r _ / / 72 _ /", "_ _ / 72 _ /"])
def test_a_continuation_has_a_note_at_least(phrase, script):
    continuation = made(script, phrase)
    assert any(is_pitch(symbol) for symbol in continuation.symbols)
    assert continuation.answer


@pytest.mark.parametrize("steps", [1, 2, 5, 16, 40])
@pytest.mark.parametrize("script", [40 * "_ ", 40 * "r ", "r " + 39 * "_ "])
def test_its_first_note_comes_in_the_first_half_and_within_a_bar(script, steps):
    continuation = made(script, C_MAJOR, steps=steps)
    onsets = [step for step, symbol in enumerate(continuation.symbols) if is_pitch(symbol)]
    assert onsets[0] <= min(16, steps // 2)
    assert len(continuation.symbols) == steps


def test_a_phrase_that_ends_itself_may_have_no_continuation():
    continuation = made("_ / /", f"{C_MAJOR} /")
    assert continuation.symbols == ()
    assert continuation.ended


def test_a_hold_at_the_seam_lengthens_the_phrase():
    continuation = made("_ _ _ 72 _ /", "60 _ 64 _ 67")
    assert continuation.whole[2] == GridNote(4, 4, 67)
    assert continuation.answer == (GridNote(8, 2, 72),)


def test_as_many_steps_as_asked_for():
    continuation = made("72 _ 71 _ 72 _ _ _", C_MAJOR, steps=3)
    assert continuation.symbols == ("72", "_", "71")
    assert not continuation.ended


def test_phrase_and_answer_are_in_one_key():
    continuation = made("72 _ 71 _ /", "63 _ 67 _ 70 _ _ _")
    assert continuation.key == Key(3, "major")
    assert continuation.symbols == ("75", "_", "74", "_")
    assert made("72 _ /", C_MAJOR, key=Key(5, "major")).symbols == ("65", "_")


def test_what_the_model_never_saw_is_heard_as_the_nearest_and_said():
    """E and G are far above every pitch the model knows; the C's decide the register."""
    continuation = made("72 _ /", "60 _ 60 _ 60 _ 100 _ 60 _", key=Key(0, "major"))
    assert continuation.replaced == (("100", "76"),)
    assert continuation.phrase[6] == "100"


def test_no_phrase_at_all_is_a_song_from_its_beginning():
    continuation = made("72 _ /", "")
    assert continuation.whole == (GridNote(0, 2, 72),)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from([*map(str, range(0, 128, 3)), "_", "r"]), max_size=30), st.integers(0, 99))
def test_any_phrase_is_continued_and_the_same_seed_continues_it_the_same(phrase, seed):
    voice = Voice(StreamModel(random_weights(len(VOCABULARY))), VOCABULARY, 4)
    first = continue_phrase(voice, phrase, None, 12, SamplingSettings(), seed)
    assert first == continue_phrase(voice, phrase, None, 12, SamplingSettings(), seed)
    assert len(first.symbols) == 12 or first.ended
    assert all(0 <= note.pitch <= 127 for note in first.whole)


def chosen(phrase, candidates, steps=40, meter="4/4", critic=None, pickup=0):
    voice = event_voice(critic=critic)
    bars = Bars(meter, -pickup)
    return continue_phrase(voice, parse(phrase), Key(0, "major"), steps, PLAIN, 3, bars, candidates)


def mean_pitch(continuation):
    return sum(note.pitch for note in continuation.answer) / len(continuation.answer)


def test_a_critic_chooses_four_bars_at_a_time():
    critic = HighCritic()
    best = chosen(C_MAJOR, 16, steps=100, critic=critic)
    assert mean_pitch(best) > mean_pitch(chosen(C_MAJOR, 1, steps=100))
    frames = [(frame.start, frame.end) for _, _, frame in critic.asked]
    assert frames in ([(8, 72), (72, 136)], [(8, 72)])
    assert len(best.symbols) == 100 or best.ended
    assert best == chosen(C_MAJOR, 16, steps=100)


def test_a_critic_hears_the_phrase_from_its_bar_line():
    critic = HighCritic()
    chosen("67 _ 60 _ _ _", 2, critic=critic, pickup=2)
    phrase, answers, frame = critic.asked[0]
    assert phrase == (GridNote(14, 2, 67), GridNote(16, 4, 60))
    assert (frame.start, len(answers)) == (20, 2)


@pytest.mark.parametrize(("phrase", "meter"), [("r _ _", "4/4"), ("", "4/4"), (C_MAJOR, "")])
def test_where_a_critic_cannot_judge_there_is_one_continuation(phrase, meter):
    critic = HighCritic()
    assert chosen(phrase, 16, meter=meter, critic=critic) == chosen(phrase, 1, meter=meter)
    assert not critic.asked


def test_no_chosen_continuation_ends_before_it_has_a_note():
    ends = replace(PLAIN, weights={"/": 1e9})
    for seed in range(5):
        voice = event_voice(seed)
        made = continue_phrase(voice, parse(C_MAJOR), None, 40, ends, seed, Bars("4/4"), 8)
        assert made.ended
        assert made.answer


@pytest.mark.parametrize("steps", [1, 8, 40])
@pytest.mark.parametrize("weights", [{"_": 1e9}, {"r": 1e9}])
def test_every_chosen_continuation_has_its_first_note_early(weights, steps):
    for seed in range(5):
        voice, holds = event_voice(seed), replace(PLAIN, weights=weights)
        made = continue_phrase(voice, parse(C_MAJOR), None, steps, holds, seed, Bars("4/4"), 8)
        assert made.answer[0].onset_steps - 8 <= min(16, steps // 2)


def test_the_most_expected_continuation_needs_no_critic_and_asks_none():
    critic = HighCritic()
    made = [
        continue_phrase(voice, parse(C_MAJOR), None, 32, PLAIN, 3, Bars("4/4"), 16, "expected")
        for voice in (event_voice(critic=critic), replace(event_voice(), critic=None))
    ]
    assert made[0] == made[1]
    assert not critic.asked
    assert made[0] != chosen(C_MAJOR, 1, steps=32)


def test_the_most_expected_continuation_of_a_loop_is_the_loop():
    loop = "60 _ 64 _ 67 _ 64 _ 62 _ 65 _ 69 _ 65 _ "
    made = [
        continue_phrase(event_voice(), parse(loop * 4), None, 32, sampling, 3, Bars("4/4"), 16, "expected")
        for sampling in (PLAIN, replace(PLAIN, adapts=False))
    ]
    assert made[0].symbols == tuple(parse(loop * 2))
    assert made[1].symbols != made[0].symbols
