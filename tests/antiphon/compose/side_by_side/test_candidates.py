"""Candidates: each is what the melody would say step by step with the same source of chance."""

import numpy as np
import pytest

from antiphon.compose.events_model import EventModel
from antiphon.compose.form import NO_FORM
from antiphon.compose.melody import Melody
from antiphon.compose.memory.experience import DISTANCES, RUNS, Experience
from antiphon.compose.memory.memory import Memory
from antiphon.compose.place import Bars
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.side_by_side.candidates import Wanted
from antiphon.compose.side_by_side.copies import Beats
from antiphon.compose.symbols import END, HOLD, is_pitch
from fakes import VOCABULARY, random_event_weights

STEPS = 40
HOLD_ID, END_ID = VOCABULARY.id(HOLD), VOCABULARY.id(END)
PHRASE = ("60", "_", "62", "_", "64", "_", "_", "_", "60", "_", "62", "_", "64", "_", "r", "_")


def melody_of(**settings):
    memory = Memory(Experience(((0.5,) * RUNS,) * DISTANCES), len(VOCABULARY), HOLD_ID)
    model = EventModel(random_event_weights(len(VOCABULARY), seed=5), HOLD_ID, END_ID)
    sampling = SamplingSettings(**settings)
    melody = Melody(model, VOCABULARY, sampling, np.random.default_rng(0), memory)
    for _ in range(2):
        melody.hear(PHRASE, Bars("4/4"))
        melody.keep()
    melody.hear(PHRASE, Bars("4/4"))
    return melody


def factors(step, last_pitch):
    """No end before step 30, a note at first, and no leap of more than an octave."""
    found = np.ones(len(VOCABULARY))
    if step < 30:
        found[END_ID] = 0.0
    if step == 0:
        found[HOLD_ID] = 0.0
    for symbol_id, symbol in enumerate(VOCABULARY.symbols):
        if is_pitch(symbol) and last_pitch is not None and abs(int(symbol) - last_pitch) > 12:
            found[symbol_id] = 0.0
    return found


def backwards(answers, weights):  # noqa: ARG001 - of copies
    yield
    return list(range(len(answers)))[::-1]


def candidates_of(melody, count, ready=0, beats=None):
    wanted = Wanted(count, STEPS, factors, chance, backwards, NO_FORM, beats=beats)
    return melody.candidates(wanted, ready)


def chance(candidate):
    return np.random.default_rng((3, candidate))


def stepped(melody, candidate):
    """The same without candidates."""
    melody.begin(chance(candidate))
    drawn, last = [], None
    for step in range(STEPS):
        symbol, how = melody.next(factors(step, last))
        drawn.append(how)
        if symbol == END:
            break
        last = int(symbol) if is_pitch(symbol) else last
    return drawn


SETTINGS = [
    {},
    {"memory": 0.0},
    {"temperature": 1.8, "min_p": 0.05},
    {"longest_steps": 3, "most_repeats": 0},
    {"weights": {"_": 0.0}, "most_repeats": 0},
]


@pytest.mark.parametrize("how", SETTINGS)
def test_each_candidate_is_what_the_melody_would_say_step_by_step(how):
    found = candidates_of(melody_of(**how), 3)
    assert found.finish() == 2
    for candidate in range(3):
        alone = stepped(melody_of(**how), candidate)
        draws = found.draws(candidate)
        assert [draw.symbol_id for draw in draws] == [draw.symbol_id for draw in alone]
        assert found.ids(candidate).tolist() == [draw.symbol_id for draw in draws]
        for draw, wanted in zip(draws, alone, strict=True):
            if draw.symbol_id == HOLD_ID:  # where it was not asked, this is the least that it can be
                assert draw.probability <= wanted.probability + 1e-5
            else:
                numbers = wanted.entropy, wanted.temperature, wanted.probability
                assert (draw.entropy, draw.temperature, draw.probability) == pytest.approx(numbers, abs=1e-5)


def test_a_candidate_does_not_depend_on_how_many_there_are():
    many, few = (candidates_of(melody_of(temperature=1.5), count) for count in (40, 2))
    many.finish(), few.finish()
    for candidate in range(2):
        assert many.ids(candidate).tolist() == few.ids(candidate).tolist()
    assert len({tuple(many.ids(candidate).tolist()) for candidate in range(40)}) > 30


def test_no_figure_comes_too_often():
    found = candidates_of(melody_of(temperature=0.1, most_repeats=2, longest_steps=2), 2)
    found.finish()
    for candidate in range(2):
        ids = [symbol_id for symbol_id in found.ids(candidate).tolist() if symbol_id != HOLD_ID]
        assert all(len(set(ids[at : at + 3])) > 1 for at in range(len(ids) - 2))


def test_the_first_can_be_left_alone_at_any_time():
    whole = candidates_of(melody_of(), 4)
    whole.finish()
    # A take may have been played where the work had more parts.
    for parts in (0, 1, 5, 20, whole.parts, 10 * whole.parts):
        found = candidates_of(melody_of(), 4)
        found.leave_first(parts)
        assert found.finish() == 0
        assert found.ranking == (0,)
        assert found.alone
        assert found.ids(0).tolist() == whole.ids(0).tolist()


def test_it_is_told_how_far_a_candidate_is():
    found, before = candidates_of(melody_of(), 2), 0
    while not found.done:
        found.go_on()
        assert len(found.draws(0)) >= before
        before = len(found.draws(0))
    assert found.draws(0, before - 3) == found.draws(0)[-3:]


def test_what_is_composed_does_not_depend_on_what_happens_meanwhile():
    melody, other = melody_of(), candidates_of(melody_of(), 2)
    found = candidates_of(melody, 2)
    found.go_on()
    melody.sample(SamplingSettings(temperature=0.1))
    melody.begin(np.random.default_rng(9))
    melody.next()
    melody.keep()
    melody.hear(("72", "_"))
    found.finish(), other.finish()
    assert found.ids(1).tolist() == other.ids(1).tolist()


def test_they_go_on_after_what_is_planned():
    """Candidates after ten planned symbols, and candidates of a melody that has said these ten."""
    ahead, late = melody_of(), melody_of()
    for melody in (ahead, late):
        plan = candidates_of(melody, 1)
        plan.finish()
        melody.begin(np.random.default_rng(1))
        melody.plan(plan.draws(0))
    for _ in range(10):
        late.next()
    assert len(ahead.planned) == len(late.planned) + 10
    found, wanted = candidates_of(ahead, 2, ready=10), candidates_of(late, 2)
    found.finish(), wanted.finish()
    # The planned pitch is known to the first, and not told to the second: no leap is forbidden there.
    assert found.ids(0).shape == wanted.ids(0).shape
    ahead.plan([*ahead.planned[:10], *found.draws(1)])
    assert [ahead.next()[1].symbol_id for _ in range(20)][10:] == found.ids(1).tolist()[:10]


def quoting(melody):
    """Candidates whose memory quotes at two steps."""
    made = candidates_of(melody, 2)
    made.finish()
    made._rows._memory.quoted = lambda row: {2 + row, 9}
    return made


def test_what_the_memory_quotes_is_marked():
    made = quoting(melody_of())
    for row in range(2):
        marks = [step for step, draw in enumerate(made.draws(row)) if draw.quoted]
        assert marks == [2 + row, 9]
        assert [draw.quoted for draw in made.draws(row, 3)] == [draw.quoted for draw in made.draws(row)[3:]]


def test_nothing_is_quoted_where_the_memory_is_not_asked_or_there_is_no_time():
    assert not any(draw.quoted for draw in quoting(melody_of(memory=0.0)).draws(0))
    made = quoting(melody_of())
    made.leave_first(0)
    assert not any(draw.quoted for draw in made.draws(0))


def test_what_was_played_is_ranked_as_it_is_after_what_is_composed():
    melody = melody_of()
    melody.hear(PHRASE[:8] * 5, Bars("4/4"))
    candidates = candidates_of(melody, 3, beats=Beats(4, 4, 16))
    candidates.finish()
    assert len(candidates.ranking) > 3
    for number in candidates.ranking:
        if number >= 3:
            ids = candidates.ids(number)
            assert VOCABULARY.symbols[ids[0]] == "60"  # `factors` wants a note at first
            assert len(ids) == STEPS
            draws = candidates.draws(number, 2)
            assert [drawn.symbol_id for drawn in draws] == ids[2:].tolist()
            assert all(drawn.quoted == (drawn.symbol_id != HOLD_ID) for drawn in draws)


def test_what_is_forbidden_is_not_copied():
    with_weights = candidates_of(melody_of(weights={"62": 0.0}), 2, beats=Beats(4, 4, 16))
    with_weights.finish()
    assert sorted(with_weights.ranking) == [0, 1]


def test_what_is_planned_is_copied_too():
    melody = melody_of()
    first = candidates_of(melody, 1)
    first.finish()
    melody.plan(first.draws(0))
    later = candidates_of(melody, 2, ready=16, beats=Beats(4, 4, 16))
    later.finish()
    line = [*VOCABULARY.ids(PHRASE) * 3, *(drawn.symbol_id for drawn in first.draws(0)[:16])]
    lags = range(4, len(line), 4)
    copied = [later.ids(number).tolist() for number in later.ranking if number > 1]
    assert all(any(ids == np.resize(line[-lag:], STEPS).tolist() for lag in lags) for ids in copied)
