from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from antiphon.events import GridNote, PlayedNote
from antiphon.listen.quantise import CHORD_S, _without_inner_voices, one_voice, one_voice_in_slices
from antiphon.slices import finish
from antiphon.timebase import Grid

GRID = Grid(120, origin_s=1.0)  # a step is 0.125 s: binary, so that what is exact stays exact


def played(*rows):
    return [
        PlayedNote(pitch, 80, 1.0 + onset * 0.125, 1.0 + release * 0.125) for onset, release, pitch in rows
    ]


def onsets(*places, grid=GRID):
    """The steps of notes struck at these places, each a semitone higher, and released at the next."""
    ends = [*places[1:], places[-1] + 1]
    rows = [(a, b, 40 + i) for i, (a, b) in enumerate(zip(places, ends, strict=True))]
    return [note.onset_steps for note in one_voice(played(*rows), grid)]


def test_a_little_early_and_a_little_late_are_on_the_grid():
    assert one_voice(played((0.2, 3.7, 60), (3.8, 8.3, 62)), GRID) == (GridNote(0, 4, 60), GridNote(4, 4, 62))


@pytest.mark.parametrize(("voice", "pitch"), [("highest", 67), ("lowest", 60), ("latest", 64)])
def test_of_a_chord_one_note_stays(voice, pitch):
    chord = played((0, 4, 60), (0.1, 4, 67), (0.2, 4, 64))
    assert one_voice(chord, GRID, voice) == (GridNote(0, 4, pitch),)


def test_a_note_gives_way_to_the_next():
    assert one_voice(played((0, 9, 60), (4, 8, 62)), GRID) == (GridNote(0, 4, 60), GridNote(4, 4, 62))


ACCOMPANIED = played((0, 8, 72), (0, 2, 48), (2, 4, 52), (4, 6, 55), (8, 12, 71), (8, 14, 47))


def test_what_is_played_under_a_held_note_is_another_voice():
    assert one_voice(ACCOMPANIED, GRID) == (GridNote(0, 8, 72), GridNote(8, 4, 71))
    assert [n.pitch for n in one_voice(ACCOMPANIED, GRID, "lowest")] == [48, 52, 55, 47]
    assert [n.pitch for n in one_voice(ACCOMPANIED, GRID, "latest")] == [72, 52, 55, 71]


def test_a_legato_that_descends_is_one_voice():
    assert [n.pitch for n in one_voice(played((0, 4.4, 64), (4, 8.4, 62), (8, 12, 60)), GRID)] == [64, 62, 60]


def test_keys_that_are_all_held_to_the_end_are_one_voice():
    assert [n.pitch for n in one_voice(played((0, 12, 64), (4, 12, 62), (8, 12, 60)), GRID)] == [64, 62, 60]


def test_a_triplet_of_eighths_is_three_steps_and_as_long_in_all():
    assert onsets(0, 4 / 3, 8 / 3, 4, 16 / 3, 20 / 3, 8) == [0, 1, 3, 4, 5, 7, 8]


def test_a_triplet_of_quarters_is_as_long_in_all():
    assert onsets(0, 8 / 3, 16 / 3, 8) == [0, 3, 5, 8]


def test_a_late_note_does_not_push_the_next():
    assert onsets(0, 2, 4.9, 6, 8) == [0, 2, 5, 6, 8]


def test_two_notes_nearest_one_step_are_kept_apart_where_it_moves_them_least():
    assert onsets(0, 3.6, 4.2, 8) == [0, 3, 4, 8]
    assert onsets(0, 3.8, 4.4, 8) == [0, 4, 5, 8]
    assert onsets(0, 3, 4, 4.4, 5.8, 8) == [0, 3, 4, 5, 6, 8]


def test_a_trill_too_fast_for_the_grid_does_not_push_the_next_note_away():
    steps = onsets(0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4, 8)
    assert steps == sorted(set(steps))
    assert steps[-2:] == [4, 8]


def test_detached_notes_are_not_rests_and_rests_are():
    assert one_voice(played((0, 1.4, 60), (4, 8, 62)), GRID)[0] == GridNote(0, 1, 60)
    assert one_voice(played((0, 2.1, 60), (4, 8, 62)), GRID)[0] == GridNote(0, 4, 60)
    assert one_voice(played((0, 4, 60), (12, 16, 62)), GRID)[0] == GridNote(0, 4, 60)


@pytest.mark.parametrize(("gap", "duration"), [(1, 2), (2, 3), (3, 1)])
def test_after_a_short_note_a_silence_of_up_to_two_steps_is_no_rest(gap, duration):
    assert one_voice(played((0, 1, 60), (1 + gap, 8, 62)), GRID)[0] == GridNote(0, duration, 60)


def test_what_came_before_the_grid_is_moved_onto_it():
    assert one_voice(played((-3, -1, 60)), GRID)[0].onset_steps == 0


def test_nothing_played_is_no_voice():
    assert one_voice([], GRID) == ()


def test_notes_too_fast_for_the_grid_do_not_push_the_next_one_away():
    """Three notes in two steps, then quarters: one of the three goes."""
    steps = onsets(0, 2 / 3, 4 / 3, 2, 6, 10)
    assert steps == [0, 1, 2, 6, 10]
    assert onsets(0, 0.7, 1.3, 2.05, 6, 10) == steps


# Places that a binary fraction says exactly, so that shifting them does not change a tie.
places = st.integers(0, 60 * 32).map(lambda n: n / 32)
gates = st.integers(1, 30 * 32).map(lambda n: n / 32)
voices = st.sampled_from(["highest", "lowest", "latest"])
some_rows = st.lists(st.tuples(places, gates, st.integers(0, 127)), min_size=1, max_size=40)


def gated(rows, later=0, higher=0):
    return played(*((onset + later, onset + later + gate, pitch + higher) for onset, gate, pitch in rows))


@given(some_rows, voices)
def test_one_voice_whatever_is_played(rows, voice):
    notes = one_voice(gated(rows), GRID, voice)
    assert notes
    assert len(notes) <= len(rows)
    assert all(a.end_steps <= b.onset_steps for a, b in pairwise(notes))


@given(some_rows, voices, st.integers(0, 100))
def test_shifting_by_whole_steps_commutes(rows, voice, later):
    rows = [(onset + 2, gate, pitch) for onset, gate, pitch in rows]  # clear of the grid's beginning
    notes, moved = one_voice(gated(rows), GRID, voice), one_voice(gated(rows, later), GRID, voice)
    assert [(n.onset_steps + later, n.pitch) for n in notes] == [(n.onset_steps, n.pitch) for n in moved]


@given(some_rows, voices, st.integers(-127, 127))
def test_transposing_commutes(rows, voice, higher):
    assume(all(0 <= pitch + higher <= 127 for _, _, pitch in rows))
    notes, moved = one_voice(gated(rows), GRID, voice), one_voice(gated(rows, 0, higher), GRID, voice)
    assert [(n.onset_steps, n.duration_steps, n.pitch + higher) for n in notes] == [
        (n.onset_steps, n.duration_steps, n.pitch) for n in moved
    ]


melodies = st.lists(st.tuples(st.integers(1, 16), st.integers(0, 127)), min_size=1, max_size=40)


@given(melodies, st.floats(40, 220), st.floats(-1000, 1000))
def test_exact_playing_is_quantised_exactly(steps, bpm, origin_s):
    grid, written, at = Grid(bpm, origin_s), [], 0
    for duration, pitch in steps:
        written.append(GridNote(at, duration, pitch))
        at += duration
    notes = [PlayedNote(n.pitch, 80, grid.time_s(n.onset_steps), grid.time_s(n.end_steps)) for n in written]
    assert one_voice(notes, grid) == tuple(written)


@given(st.lists(st.floats(0.3, 6), min_size=1, max_size=30))
def test_each_note_struck_apart_keeps_its_order_and_is_near_where_it_was(gaps):
    """And where rounding keeps all notes apart it is the nearest way, so this is as near."""
    struck, at = [], 0.0
    for gap in gaps:
        struck.append(at)
        at += gap
    notes = one_voice(played(*((at, at + 0.25, 40 + i) for i, at in enumerate(struck))), GRID)
    assert [n.pitch for n in notes] == sorted(n.pitch for n in notes)
    moved = [abs(n.onset_steps - struck[n.pitch - 40]) for n in notes]
    assert max(moved) <= 0.85
    rounded = [round(at) for at in struck]
    if len(set(rounded)) == len(rounded):
        assert len(notes) == len(struck)
        assert sum(moved) <= sum(abs(a - b) for a, b in zip(rounded, struck, strict=True)) + 1e-9


@given(st.lists(st.floats(1.3, 6), min_size=1, max_size=30))
def test_no_note_of_a_triplet_or_slower_is_lost(gaps):
    struck, at = [], 0.0
    for gap in gaps:
        struck.append(at)
        at += gap
    assert len(onsets(*struck)) == len(struck)


def inner_voices(notes, up):
    """The rule for other voices as it is told, in time that grows with the square of the notes."""
    kept = []
    for note in notes:
        beyond = [outer for outer in kept if (outer.pitch - note.pitch) * up > 0]
        before = [outer for outer in beyond if note.onset_s - outer.onset_s >= CHORD_S]
        if not any(outer.release_s - note.release_s >= CHORD_S for outer in before):
            kept.append(note)
    return kept


@given(
    st.lists(st.tuples(st.floats(0, 2), st.floats(0.01, 2), st.integers(50, 60)), max_size=40),
    st.sampled_from([("highest", 1), ("lowest", -1)]),
)
def test_other_voices_are_found_by_the_rule(rows, voice):
    notes = sorted((PlayedNote(p, 64, on, on + gate) for on, gate, p in rows), key=lambda n: n.onset_s)
    assert finish(_without_inner_voices(notes, voice[0])) == inner_voices(notes, voice[1])


def test_a_slice_does_a_few_notes_however_long_the_phrase_is():
    """The steps of the grid that are asked for between two slices."""
    asked = []

    class Counted:
        steps_per_quarter = 4

        def steps_at(self, at_s):
            asked.append(at_s)
            return at_s

    def most(notes):
        played = [PlayedNote(60, 80, float(n), n + 0.5) for n in range(notes)]
        counts = []
        for _ in one_voice_in_slices(played, Counted()):
            counts.append(len(asked))
            asked.clear()
        return len(counts), max(counts)

    (few, of_few), (many, of_many) = most(64), most(640)
    assert of_many == of_few
    assert many > 9 * few


@pytest.mark.parametrize("grid", [4, 12, 24])
def test_lengths_and_rests_are_the_same_on_a_finer_grid(grid):
    """At 60 bpm: a detached quarter, a quarter before a rest, a chord, and a last note cut short."""
    rows = [(0, 0.6, 60), (1, 1.95, 62), (4, 4.9, 60), (4.03, 4.9, 64), (5, 5.9, 65)]
    notes = [PlayedNote(pitch, 80, on, off) for on, off, pitch in rows]
    heard = one_voice(notes, Grid(60.0, 0.0, grid))
    assert [(n.onset_steps / grid, n.duration_steps / grid, n.pitch) for n in heard] == [
        (0.0, 1.0, 60),
        (1.0, 1.0, 62),
        (4.0, 1.0, 64),
        (5.0, 1.0, 65),
    ]
