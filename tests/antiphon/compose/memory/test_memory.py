import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.compose.memory.experience import DISTANCES, MOST_SIXTEENTHS, RUNS, TASTE, Experience
from antiphon.compose.memory.memory import Memory
from antiphon.compose.place import NO_BARS, Bars

V, HOLD = 6, 5
BAR = Bars("3/8")  # six steps
EVEN = np.full(V, 1 / V)
# A step with a run weighs as much as its run's class; one that is whole bars away ten times as much.
EXPERIENCE = Experience(
    (tuple(map(float, range(RUNS))), *[tuple(10.0 * run for run in range(RUNS))] * (DISTANCES - 1))
)
streams = st.lists(st.integers(0, V - 1), max_size=60)


def memory_of(*songs, bars=BAR):
    memory = Memory(EXPERIENCE, V, HOLD)
    for song in songs:
        memory.begin(bars)
        for symbol in song:
            memory.hear(symbol)
        memory.keep()
    return memory


def textbook(song, bar_steps):
    """What each earlier step says and the weight it has, by looking back from every one of them."""
    weights = np.zeros(V)
    for there, symbol in enumerate(song):
        run, back = 0, 1
        while back <= there and song[there - back] == song[len(song) - back]:
            run += song[there - back] != HOLD
            back += 1
        of_run = [0, 1, 2, 3, 4, 5, 5, 6, 6, 6, 7, 7, 7, 7, 7, 7][run] if run < 16 else 8
        bars_away = (len(song) - there) % bar_steps == 0
        weights[symbol] += of_run * (10.0 if bars_away else 1.0)
    return weights


@settings(deadline=None)
@given(streams)
def test_earlier_steps_weigh_by_their_run_and_by_bars(song):
    mixed = memory_of(song).mix(EVEN)
    wanted = EVEN + textbook(song, 6) * EVEN**TASTE
    assert mixed == pytest.approx(wanted / wanted.sum())


def test_an_earlier_step_weighs_by_the_fifth_root_of_what_the_network_expects():
    memory = Memory(Experience(((1.0,) * RUNS,) * DISTANCES), V, HOLD)
    memory.begin(BAR)
    for symbol in (0, 1, 1):
        memory.hear(symbol)
    expected = np.array([1 / 32, 1 / 1024, 0.25, 0.25, 0.25, 0.0])
    expected[5] = 1 - expected.sum()
    mixed = memory.mix(expected)
    wanted = expected + np.array([1 * 1 / 2, 2 * 1 / 4, 0, 0, 0, 0])
    assert mixed == pytest.approx(wanted / wanted.sum())


@given(streams, st.floats(0, 10))
def test_what_comes_out_is_a_distribution_that_rules_nothing_out(song, strength):
    expected = np.linspace(1, 2, V) / np.linspace(1, 2, V).sum()
    mixed = memory_of(song).mix(expected, strength)
    assert mixed.sum() == pytest.approx(1.0)
    assert (mixed > 0).all()


def test_a_figure_that_was_heard_comes_back():
    figure = [0, HOLD, 1, 2, HOLD, 3]
    memory = memory_of(figure)
    memory.begin(BAR)
    for symbol in figure[:4]:
        memory.hear(symbol)
    assert memory.mix(EVEN).argmax() == HOLD
    memory.hear(HOLD)
    assert memory.mix(EVEN).argmax() == 3
    assert memory.mix(EVEN, strength=0.0) is EVEN


def test_a_phrase_lies_on_its_bars_behind_the_last_one():
    memory = memory_of([0, 1, 2, 3], [0])
    memory.begin(Bars("3/8", -2))
    memory.keep()
    assert memory.kept == (V, V, V, V, V, V, 0, 1, 2, 3, V, V, 0, V, V, V)
    assert memory.steps % 6 == 4


def test_runs_do_not_cross_from_one_song_into_the_next():
    memory = memory_of([0, 1], [2])
    memory.begin(BAR)
    assert (memory.predictions().classes % RUNS == 0).all()


def test_what_is_not_kept_is_forgotten():
    memory = memory_of([0, 1, 2])
    before = memory.kept
    memory.begin(BAR)
    for symbol in (3, 3, 3):
        memory.hear(symbol)
    memory.begin(BAR)
    assert memory.kept == before
    assert memory.predictions().others[3] == 0
    memory.clear()
    assert memory.kept == ()
    assert memory.mix(EVEN) is EVEN


@settings(deadline=None)
@given(st.lists(streams, max_size=4), streams)
def test_what_was_kept_can_be_given_to_another(songs, played):
    one, other = memory_of(*songs), Memory(EXPERIENCE, V, HOLD)
    other.restore(one.kept)
    for memory in (one, other):
        memory.begin(BAR)
        for symbol in played:
            memory.hear(symbol)
    assert other.mix(EVEN) == pytest.approx(one.mix(EVEN))


def test_what_is_no_id_is_not_restored():
    with pytest.raises(ValueError, match="0–6"):
        Memory(EXPERIENCE, V, HOLD).restore([7])


@pytest.mark.parametrize("bars", [BAR, NO_BARS])
def test_a_long_night_fits_and_stays_on_its_bars(bars):
    generator = np.random.default_rng(0)
    memory = Memory(EXPERIENCE, V, HOLD)
    for _ in range(40):
        memory.begin(bars)
        for symbol in generator.integers(0, V, 300):
            memory.hear(int(symbol))
            assert memory.steps < MOST_SIXTEENTHS
        memory.keep()
    memory.begin(bars)
    assert memory.steps % (bars.steps or 1) == 0
    assert memory.mix(EVEN).sum() == pytest.approx(1.0)


def test_one_song_longer_than_the_memory_goes_on():
    memory = memory_of([0, 1, 2, 3, 4, HOLD] * 1000)
    assert memory.mix(EVEN).argmax() == 0


@settings(deadline=None)
@given(streams, st.integers(0, 3 * MOST_SIXTEENTHS), streams)
def test_so_many_holds_at_once_are_heard_as_one_after_another(before, holds, after):
    together, each = memory_of(before), memory_of(before)
    for memory in (together, each):
        memory.begin(BAR)
    together.hold(holds)
    for _ in range(holds):
        each.hear(HOLD)
    for memory in (together, each):
        for symbol in after:
            memory.hear(symbol)
    assert (together.steps, together.mix(EVEN).tolist()) == (each.steps, each.mix(EVEN).tolist())
