import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.melody import Melody
from antiphon.compose.memory.experience import DISTANCES, RUNS, Experience
from antiphon.compose.memory.memory import Memory
from antiphon.compose.model import StreamModel
from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.sampling import Draw, SamplingSettings
from antiphon.compose.symbols import END, HOLD, Vocabulary, octaves_into_range
from fakes import VOCABULARY, ScriptedModel, random_weights


def test_it_hears_then_speaks():
    model = ScriptedModel(VOCABULARY, ["60", "_", "62", "/"])
    melody = Melody(model, VOCABULARY, SamplingSettings(), np.random.default_rng(0))
    melody.hear(["67", "_"])
    assert model.heard == [END, "67", "_"]
    assert [melody.next()[0] for _ in range(4)] == ["60", "_", "62", "/"]


def melody_of(model, held=None, **settings):
    return Melody(model, VOCABULARY, SamplingSettings(**settings), np.random.default_rng(0), held)


def test_what_is_forbidden_is_not_said_even_if_the_model_is_sure():
    melody = melody_of(ScriptedModel(VOCABULARY, [HOLD]))
    factors = np.ones(len(VOCABULARY))
    factors[[VOCABULARY.id(HOLD), VOCABULARY.id(END)]] = 0.0
    said = {melody.next(factors)[0] for _ in range(20)}
    assert said.isdisjoint({HOLD, END})


def test_what_would_be_endless_is_not_said():
    held = melody_of(ScriptedModel(VOCABULARY, ["60"]), longest_steps=4, most_repeats=0)
    assert [held.next()[0] for _ in range(4)] == ["60", "_", "_", "_"]
    assert held.next()[0] != HOLD
    round_and_round = melody_of(ScriptedModel(VOCABULARY, ["60", "62"] * 40), most_repeats=3)
    said = [round_and_round.next()[0] for _ in range(7)]
    assert said[:6] == ["60", "62"] * 3
    assert said[6] != "60"


def test_where_nothing_else_is_allowed_even_the_endless_is_said():
    melody = melody_of(ScriptedModel(VOCABULARY, ["60", "60"]), most_repeats=2)
    factors = np.zeros(len(VOCABULARY))
    factors[VOCABULARY.id("60")] = 1.0
    assert [melody.next(factors)[0] for _ in range(5)] == ["60"] * 5


BELIEVING = Experience(((5.0,) * RUNS,) * DISTANCES)
FIGURE = ("60", "_", "67", "64")


def remembering(**settings):
    memory = Memory(BELIEVING, len(VOCABULARY), VOCABULARY.id(HOLD))
    model = StreamModel(random_weights(len(VOCABULARY), scale=0.01))
    return memory, melody_of(model, memory, **settings)


def test_a_phrase_that_was_answered_stays_in_memory_and_one_told_again_does_not():
    memory, melody = remembering()
    melody.hear(FIGURE)
    melody.hear(("60", "_", "67", "65"))  # the same phrase, understood better
    melody.next()
    said = memory.steps
    melody.keep()
    melody.hear(FIGURE[:1])
    assert len(memory.kept) == said
    assert VOCABULARY.id("64") not in memory.kept[:-1]


def test_what_is_not_to_be_remembered_is_not():
    memory, melody = remembering(remembers=False)
    melody.hear(FIGURE)
    melody.next()
    melody.keep()
    assert memory.kept == ()


def test_what_is_withdrawn_leaves_no_trace():
    (memory, used), (_, fresh) = remembering(), remembering()
    for melody in (used, fresh):
        melody.hear(FIGURE)
        melody.next()
        melody.keep()
    kept = memory.kept
    used.hear(("72", "_", "67", "65"))
    used.begin(np.random.default_rng(5))
    used.next()
    used.withdraw()
    assert memory.kept == kept
    for melody in (used, fresh):
        melody.hear(FIGURE)
        melody.begin(np.random.default_rng(6))
    assert [used.next() for _ in range(20)] == [fresh.next() for _ in range(20)]


def test_what_was_heard_and_not_answered_is_heard_again_after_the_memory_was_cleared():
    (_, used), (_, fresh) = remembering(), remembering()
    used.hear(FIGURE[:3])
    used.forget()
    for melody in (used, fresh):
        melody.hear(FIGURE)
    assert [used.next() for _ in range(20)] == [fresh.next() for _ in range(20)]


def test_the_memory_can_be_cleared_while_an_answer_is_said():
    memory, melody = remembering()
    melody.hear(FIGURE)
    melody.begin(np.random.default_rng(5))
    melody.next()
    melody.forget()
    melody.next()
    melody.keep()
    assert len(memory.kept) == 1


def test_the_players_own_figure_comes_back_as_loud_as_is_asked():
    loud = remembering(memory=10.0)[1]
    loud.hear(FIGURE * 5 + FIGURE[:2])
    assert [loud.next()[0] for _ in range(2)] == ["67", "64"]
    silent = remembering(memory=0.0)[1]
    alone = melody_of(StreamModel(random_weights(len(VOCABULARY), scale=0.01)))
    for melody in (silent, alone):
        melody.hear(FIGURE * 5 + FIGURE[:2])
    assert [silent.next() for _ in range(20)] == [alone.next() for _ in range(20)]


def test_bars_are_told_to_the_model_and_others_make_another_song():
    class Listening(ScriptedModel):
        def reset(self, bars=NO_BARS):
            super().reset(bars)
            told.append(bars)

    told = []
    melody = melody_of(Listening(VOCABULARY, ["60"]))
    for bars in (Bars("3/4"), Bars("3/4"), Bars("3/4", -4)):
        melody.hear(["60"], bars)
    assert told == [NO_BARS, Bars("3/4"), Bars("3/4", -4)]


def test_one_seed_gives_one_melody():
    def melody(seed):
        model = StreamModel(random_weights(len(VOCABULARY)))
        made = Melody(model, VOCABULARY, SamplingSettings(), np.random.default_rng(seed))
        made.hear(["60", "_", "62"])
        return [made.next()[0] for _ in range(50)]

    assert melody(3) == melody(3)
    assert melody(3) != melody(4)


def test_what_is_heard_comes_into_the_middle_of_the_range():
    vocabulary = Vocabulary.of([map(str, range(55, 80))])
    assert octaves_into_range([60, 64, 67], vocabulary) == 0
    assert octaves_into_range([36, 40, 43], vocabulary) == 24
    assert octaves_into_range([96, 100, 103], vocabulary) == -36
    assert octaves_into_range([56, 57, 60], vocabulary) == 12
    assert octaves_into_range([], vocabulary) == 0


@given(st.lists(st.integers(0, 127), max_size=20))
def test_a_move_is_whole_octaves_and_never_loses_pitches(pitches):
    vocabulary = Vocabulary.of([map(str, range(55, 80))])
    move = octaves_into_range(pitches, vocabulary)
    known = set(vocabulary.pitches)
    assert move % 12 == 0
    assert sum(p + move in known for p in pitches) >= sum(p in known for p in pitches)


def louder(adapts, *parts):
    """How much more likely the next note of a figure is that comes again and again."""
    memory = Memory(Experience(((0.05,) * RUNS,) * DISTANCES), len(VOCABULARY), VOCABULARY.id(HOLD))
    model = StreamModel(random_weights(len(VOCABULARY)))
    melody = melody_of(model, memory, adapts=adapts)
    heard = []
    for part in parts:
        heard += part
        melody.hear(heard)
    return melody.next()[1].entropy


LOOP = ["60", "62", "64", "65"]


def test_a_memory_that_foresees_the_phrase_is_heard_more():
    assert louder(True, LOOP * 8) < louder(False, LOOP * 8)


def test_a_phrase_may_be_heard_bit_by_bit():
    assert louder(True, LOOP, LOOP * 2, LOOP) == louder(True, LOOP * 4)


def test_a_symbol_that_is_planned_or_goes_on_is_not_drawn():
    chance = np.random.default_rng(0)
    model = ScriptedModel(VOCABULARY, ["60", "_", "64"])
    melody = Melody(model, VOCABULARY, SamplingSettings(), chance, lasting=2)
    assert melody.draws(may_hold=True)
    melody.next()
    assert not melody.draws(may_hold=False)  # each symbol lasts two steps
    melody.next()
    assert melody.draws(may_hold=True)
    melody.plan([Draw(VOCABULARY.id("62"), 0.0, 1.0, 1.0)])
    assert not melody.draws(may_hold=False)
