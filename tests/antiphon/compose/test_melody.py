import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.melody import Melody, octaves_into_range
from antiphon.compose.model import StreamModel
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.symbols import END, HOLD, Vocabulary
from fakes import VOCABULARY, ScriptedModel, random_weights


def test_it_hears_then_speaks():
    model = ScriptedModel(VOCABULARY, ["60", "_", "62", "/"])
    melody = Melody(model, VOCABULARY, SamplingSettings(), np.random.default_rng(0))
    melody.hear(["67", "_"])
    assert model.heard == [END, "67", "_"]
    assert [melody.next()[0] for _ in range(4)] == ["60", "_", "62", "/"]


def test_what_is_forbidden_is_not_said_even_if_the_model_is_sure():
    melody = Melody(
        ScriptedModel(VOCABULARY, [HOLD]), VOCABULARY, SamplingSettings(), np.random.default_rng(0)
    )
    said = {melody.next(forbidden=(HOLD, END))[0] for _ in range(20)}
    assert said.isdisjoint({HOLD, END})


def test_one_seed_gives_one_melody():
    def melody(seed):
        model = StreamModel(random_weights(len(VOCABULARY)))
        made = Melody(model, VOCABULARY, SamplingSettings(), np.random.default_rng(seed))
        made.hear(["60", "_", "62"])
        return [made.next()[0] for _ in range(50)]

    assert melody(3) == melody(3)
    assert melody(3) != melody(4)


def test_only_moves_that_help_are_made():
    vocabulary = Vocabulary.of([map(str, range(55, 80))])
    assert octaves_into_range([60, 64, 67], vocabulary) == 0
    assert octaves_into_range([36, 40, 43], vocabulary) == 24
    assert octaves_into_range([96, 100, 103], vocabulary) == -24
    assert octaves_into_range([], vocabulary) == 0


@given(st.lists(st.integers(0, 127), max_size=20))
def test_a_move_is_whole_octaves_and_never_loses_pitches(pitches):
    vocabulary = Vocabulary.of([map(str, range(55, 80))])
    move = octaves_into_range(pitches, vocabulary)
    known = set(vocabulary.pitches)
    assert move % 12 == 0
    assert sum(p + move in known for p in pitches) >= sum(p in known for p in pitches)
