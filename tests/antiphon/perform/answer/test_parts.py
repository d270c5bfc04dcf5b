"""Parts by themselves: what they put into a scheduler; sessions play them in `test_session_harmony`."""

from antiphon.compose.harmony.plan import ChordPlan
from antiphon.events import NoteOn
from antiphon.harmony.chord import Chord
from antiphon.harmony.progression import Progression
from antiphon.listen.feel_grid import FeelGrid
from antiphon.perform.answer.parts import Parts, bar_grid
from antiphon.perform.answer.touch import Touch
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.timebase import Grid, Meter

GRID = Grid(120.0, 0.0)
PLACES = FeelGrid.of(GRID, Meter())
PLAN = ChordPlan(Progression(((0.0, Chord(0)), (2.0, Chord(5))), 4.0))
NO_LIMIT_S = float("-inf")


class Out:
    def __init__(self):
        self.told = []

    def add(self, timed, part):
        self.told.append((timed.at_s, part, type(timed.event).__name__, timed.event))

    def put_off(self, off, part, until_s):  # noqa: ARG002 - as `Scheduler` has it
        return False

    def onsets(self, part):
        return sorted(
            {at_s for at_s, one, _, event in self.told if one == part and isinstance(event, NoteOn)}
        )


def parts(plan=PLAN, swing=1.0, end=16, **settings):
    harmony = HarmonySettings(**{"bass": True, "chords": True, "second_voice": True, **settings})
    return Parts(harmony, plan, Touch(PLACES, 80, 0.9, swing=swing), 0, end)


def test_what_begins_up_to_a_step_is_scheduled_once():
    made, out = parts(), Out()
    made.until(0, False, GRID, out, NO_LIMIT_S)
    assert (out.onsets("bass"), out.onsets("chords")) == ([0.0], [0.0])
    before = len(out.told)
    made.until(7, True, GRID, out, NO_LIMIT_S)
    assert len(out.told) == before
    made.until(15, True, GRID, out, NO_LIMIT_S)
    assert out.onsets("bass") == [0.0, 1.0]


def test_nothing_sounds_before_it_can_and_what_would_be_over_does_not():
    made, out = parts(), Out()
    made.until(15, True, GRID, out, 0.5)
    assert out.onsets("bass") == [0.5, 1.0]
    late = Out()
    parts().until(15, True, GRID, late, 1.2)
    assert late.onsets("bass") == [1.2]


def test_eighths_swing_with_the_answer():
    made, out = parts(swing=2.0, pattern="arpeggio"), Out()
    made.until(4, True, GRID, out, NO_LIMIT_S)
    assert [round(at_s, 4) for at_s in out.onsets("chords")] == [0.0, 0.3333, 0.5]


def test_the_second_voice_moves_where_the_chord_changes_under_a_held_note():
    """D flat is under neither chord; E is a note of C only, so that A or C follow over F."""
    made, out = parts(bass=False, chords=False), Out()
    made.strike(69, 80, 0, 0.0, out)  # A over C: E below
    made.until(0, False, GRID, out, NO_LIMIT_S)
    made.until(15, True, GRID, out, NO_LIMIT_S)
    made.lift(2.0, out)
    told = [(at_s, kind, event.pitch) for at_s, _, kind, event in out.told]
    assert told == [(0.0, "NoteOn", 64), (1.0, "NoteOff", 64), (1.0, "NoteOn", 65), (2.0, "NoteOff", 65)]


def test_without_a_plan_all_are_silent():
    made, out = parts(plan=None), Out()
    made.strike(72, 80, 0, 0.0, out)
    made.until(15, True, GRID, out, NO_LIMIT_S)
    made.lift(2.0, out)
    assert out.told == []


def test_a_copy_leaves_the_first_as_it_is():
    made, out, other = parts(), Out(), Out()
    made.copied().until(15, True, GRID, other, NO_LIMIT_S)
    made.until(15, True, GRID, out, NO_LIMIT_S)
    assert out.told == other.told


def test_they_say_whether_a_change_is_one():
    made = parts()
    assert not made.set(HarmonySettings(bass=True, chords=True, second_voice=True), PLAN)
    assert made.set(HarmonySettings(bass=True), PLAN)


def test_the_places_of_a_bar():
    six = bar_grid(FeelGrid.of(GRID, Meter(6, 8)))
    assert (six.bar, six.beat, six.eighth, six.dotted) == (12, 6, 2, True)
    assert (bar_grid(PLACES).eighth, bar_grid(PLACES).dotted) == (2, False)
