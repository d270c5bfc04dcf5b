import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import GridNote
from antiphon.harmony.chord import Chord
from antiphon.harmony.progression import Progression, slot_quarters
from antiphon.listen.key import Key
from antiphon.listen.key_tracker import KeyTracker
from antiphon.perform.answer.chord_plans import chord_plan, wanted
from antiphon.perform.answer.transcribe import Transcription
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.transport import Transport
from antiphon.timebase import Grid, Meter
from toy_chords import flat_seven_table

C, G = Chord(0), Chord(7)
MAJOR = Key(0, "major")


def phrase(notes, meter="4/4", key=MAJOR, quarter=4):
    grid = Grid(120.0, 0.0, quarter)
    return Transcription(tuple(notes), key, Transport(grid, Meter.parse(meter)), KeyTracker())


ARPEGGIO = phrase(GridNote(4 * n, 4, pitch) for n, pitch in enumerate((60, 64, 67, 64)))


def plan(heard=None, start=16, end=48, closes=True, seed=0, of=ARPEGGIO, table=None):
    return chord_plan(of, heard, start, end, closes, np.random.default_rng(seed), table=table)


def test_the_chords_are_drawn_from_the_table_that_is_given():
    found = [plan(closes=False, seed=seed, table=flat_seven_table()) for seed in range(10)]
    assert all(Chord(10) in [chord for _, chord in one.progression.chords] for one in found)


def test_chords_are_planned_where_a_part_plays_or_the_player_played_some():
    silent, some = HarmonySettings(), Progression(((0.0, C),), 4.0)
    assert not wanted(silent, None)
    assert wanted(silent, some)
    assert wanted(HarmonySettings(second_voice=True), None)


def test_an_answer_has_a_chord_at_each_step_and_closes_on_the_tonic():
    found = [plan(seed=seed) for seed in range(20)]
    assert all(one.at(step / 4) is not None for one in found for step in range(16, 48))
    assert sum(one.at(47 / 4) == C for one in found) >= 16
    assert all(one.at(48 / 4) is None for one in found)


def test_without_end_it_loops():
    endless = plan(end=None, closes=False)
    assert endless.loops
    assert endless.at(10_000.0) is not None


def test_what_was_heard_counts_more_than_the_melody():
    """The chord before the answer leads on: from the dominant more often to the tonic."""
    dominant = Progression(((0.0, G),), 4.0)
    begins = [sum(plan(heard, seed=n).at(4.0) == C for n in range(60)) for heard in (dominant, None)]
    assert begins[0] != begins[1]


@pytest.mark.parametrize("start", [16, 20, 23])
def test_an_answer_may_begin_anywhere_in_the_bar(start):
    assert plan(start=start).at(start / 4) is not None


notes = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 127)), min_size=1, max_size=20)


@given(
    notes,
    st.integers(0, 100),
    st.sampled_from(["4/4", "3/4", "6/8", "7/8", "2/2", "1/32"]),
    st.sampled_from([4, 12, 24]),
    st.integers(0, 300),
    st.integers(1, 400) | st.none(),
    st.booleans(),
    st.sampled_from([Key(0, "major"), Key(6, "minor")]),
)
def test_whatever_was_played_there_is_a_plan(rows, first, meter, quarter, rest, length, closes, key):
    at, played = first, []
    for duration, pitch in rows:
        played.append(GridNote(at, duration, pitch))
        at += duration
    start, of = at + rest, phrase(played, meter, key, quarter)
    end = None if length is None else start + length
    made = chord_plan(of, None, start, end, closes, np.random.default_rng(1))
    last = start + 200 if end is None else end - 1
    assert made.at(start / quarter) is not None
    assert made.at(last / quarter) is not None
    begins = [at for at, _ in made.progression.chords]
    slot = slot_quarters(Meter.parse(meter))
    assert all(abs(at / slot - round(at / slot)) < 1e-6 for at in begins)
