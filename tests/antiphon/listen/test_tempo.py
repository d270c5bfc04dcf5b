import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.compose.symbols import decode
from antiphon.events import GridNote, PlayedNote
from antiphon.listen.quantise import one_voice
from antiphon.listen.tempo import Beats, Expected, TempoReader, infer
from antiphon.timebase import Grid, Meter
from performer import EXACT, Manner, perform

TUNES = {
    "quarters and halves": "60 _ _ _ 60 _ _ _ 67 _ _ _ 67 _ _ _ 69 _ _ _ 69 _ _ _ 67 _ _ _ _ _ _ _ "
    "65 _ _ _ 65 _ _ _ 64 _ _ _ 64 _ _ _ 62 _ _ _ 62 _ _ _ 60 _ _ _ _ _ _ _",
    "dotted": "64 _ _ 62 60 _ _ _ 62 _ _ 64 65 _ _ _ 67 _ 65 _ 64 _ 62 _ 60 _ _ _ _ _ _ _ "
    "67 _ _ 65 64 _ _ _ 62 _ 64 _ 62 _ _ _ 60 _ _ _ _ _ _ _",
    "eighths and sixteenths": "60 _ 62 _ 64 65 67 _ 69 _ 67 _ 65 64 62 _ 60 _ _ _ "
    "67 _ _ _ 69 _ 67 _ 65 64 62 _ 64 _ 62 _ 60 _ _ _",
    "in three, with a rest": "67 _ _ _ 64 _ _ _ 60 _ _ _ r _ _ _ 62 _ _ _ 64 _ _ _ 65 _ _ _ _ _ _ _ "
    "64 _ 62 _ 60 _ _ _ _ _ _ _ _ _ _ _",
}


def tune(name):
    return decode(TUNES[name].split())


def octave(estimate, bpm, within=0.04):
    """0.5, 1 or 2: how many times the true tempo was inferred."""
    return next(x for x in (1.0, 0.5, 2.0) if abs(estimate.bpm / bpm / x - 1) <= within)


def test_an_uneven_player_is_followed():
    played = [
        perform(tune(name), bpm, seed)
        for name in TUNES
        for bpm in (60, 90, 120, 150, 180)
        for seed in range(5)
    ]
    ratios = [infer(one.notes).bpm / one.mean_bpm for one in played]
    right = [any(abs(ratio / x - 1) <= 0.04 for x in (0.5, 1.0, 2.0)) for ratio in ratios]
    assert sum(right) >= 0.95 * len(right)


@pytest.mark.parametrize("name", TUNES)
@given(bpm=st.floats(50, 200))
@settings(deadline=None, max_examples=25)
def test_exact_playing_gives_the_exact_tempo(name, bpm):
    estimate = infer(perform(tune(name), bpm, manner=EXACT).notes)
    octave(estimate, bpm, within=1e-6)
    # Where the guess lies midway between the tempo and its double, it is sure of it by a half.
    assert estimate.confidence > 0.4


def test_it_is_certain_of_an_even_phrase_near_the_guess_and_not_of_one_that_fits_no_tempo():
    def confidence(*onsets):
        return infer([PlayedNote(60, 80, at_s, at_s + 0.1) for at_s in onsets], Expected(120.0)).confidence

    assert confidence(*(0.5 * n for n in range(8))) > 0.9
    assert confidence(0.0, 0.87, 1.08, 1.2, 2.1, 2.35, 2.55) < 0.5


@pytest.mark.parametrize("seed", range(5))
def test_the_steps_follow_the_drift(seed):
    song = tune("dotted")
    played = perform(song, 100, seed, Manner(noise_s=0.008))
    estimate = infer(played.notes)
    assert octave(estimate, played.mean_bpm) == 1.0
    heard = one_voice(played.notes, estimate.beats)
    assert [(n.onset_steps, n.pitch) for n in heard] == [(n.onset_steps, n.pitch) for n in song]


@pytest.mark.parametrize(("guess_bpm", "expected"), [(60.0, 60.0), (120.0, 120.0)])
def test_a_guess_decides_between_a_tempo_and_its_double(guess_bpm, expected):
    quarters = tune("quarters and halves")
    estimate = infer(perform(quarters, 120, manner=EXACT).notes, Expected(guess_bpm))
    assert estimate.bpm == pytest.approx(expected)


def test_an_upbeat_begins_within_a_beat():
    text = "r _ 60 _ 65 _ _ _ 65 _ 67 _ 69 _ _ _ 65 _ _ _ 70 _ _ _ 69 _ 67 _ 65 _ _ _ _ _ _ _"
    song = decode(text.split())
    estimate = infer(perform(song, 100, manner=EXACT, start_s=3.0).notes)
    assert estimate.beats.steps[0] == 2
    assert estimate.beat_s == pytest.approx(3.0 - 0.3)


def test_a_chord_is_one_onset():
    played = perform(tune("dotted"), 100, manner=EXACT).notes
    thirds = [PlayedNote(n.pitch - 4, 80, n.onset_s + 0.02, n.release_s) for n in played]
    assert infer([*played, *thirds]) == infer(played)


def test_two_notes_are_not_enough():
    played = perform(tune("dotted"), 100).notes
    assert infer([]) is None
    assert infer(played[:2]) is None
    assert infer(played[:3]) is not None


def test_a_long_silence_in_a_phrase_is_a_rest():
    played = perform(tune("quarters and halves"), 120, manner=EXACT).notes
    later = [PlayedNote(n.pitch, 80, n.onset_s + 16, n.release_s + 16) for n in played]
    assert octave(infer([*played, *later]), 120, within=0.01)


def test_beats_are_straight_between_and_go_on_outside():
    beats = Beats((1.0, 2.0, 4.0), (0, 4, 8), 0.5)
    assert [beats.steps_at(s) for s in (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0)] == [-1, 0, 2, 4, 6, 8, 10]


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0.01, 5), st.integers(0, 127)), max_size=40))
@settings(deadline=None)
def test_whatever_is_played_the_estimate_is_sane(rows):
    estimate = infer([PlayedNote(pitch, 80, onset, onset + gate) for onset, gate, pitch in rows])
    if estimate is None:
        return
    assert 0 < estimate.confidence <= 1
    assert 20 <= estimate.bpm <= 300
    assert 20 <= estimate.last_bpm <= 300
    assert len(estimate.beats.steps) == len(estimate.beats.moments_s)
    places = [estimate.beats.steps_at(onset) for onset in sorted(onset for onset, _, _ in rows)]
    assert places == sorted(places)


@given(st.floats(-100, 100), st.integers(-20, 20))
@settings(deadline=None, max_examples=20)
def test_neither_the_hour_nor_the_key_matters(later_s, semitones):
    played = perform(tune("dotted"), 100, seed=1).notes
    moved = [PlayedNote(n.pitch + semitones, 80, n.onset_s + later_s, n.release_s + later_s) for n in played]
    one, other = infer(played), infer(moved)
    assert other.bpm == pytest.approx(one.bpm)
    assert other.beats.steps == one.beats.steps


def test_the_performer_is_as_uneven_as_asked():
    song = tune("quarters and halves")
    assert perform(song, 120, seed=4) == perform(song, 120, seed=4)
    exact = perform(song, 120, manner=EXACT)
    assert [n.onset_s for n in exact.notes] == pytest.approx([1 + n.onset_steps * 0.125 for n in song])
    assert exact.mean_bpm == pytest.approx(120)
    uneven = perform(song, 120, seed=4, manner=Manner(drift=0.0))
    missed_s = [abs(a.onset_s - b.onset_s) for a, b in zip(uneven.notes, exact.notes, strict=True)]
    assert 0.005 < max(missed_s) < 0.1


def test_a_reader_may_be_asked_at_any_onset():
    played = perform(decode(["60", "_", "62", "64", "_", "_", "65", "_"] * 3), 100.0, 5).notes
    reader = TempoReader(Expected(100.0))
    for number, note in enumerate(played, start=1):
        reader.hear(note.onset_s)
        assert reader.estimate() == infer(played[:number], Expected(100.0))


def jig(steps_per_quarter):
    """In 6/8: eighths in threes, and quarters before eighths."""
    eighth = steps_per_quarter // 2
    lengths = [1, 1, 1, 2, 1, 1, 1, 1, 2, 1, 1, 1, 1, 2, 1, 3, 1, 1, 1, 2, 1, 3]
    onsets = [sum(lengths[:number]) for number in range(len(lengths))]
    return [
        GridNote(eighth * at, eighth * length, 60 + number % 9)
        for number, (at, length) in enumerate(zip(onsets, lengths, strict=True))
    ]


@pytest.mark.parametrize("grid", [4, 12, 24])
@pytest.mark.parametrize("bpm", [135, 165, 180])
@pytest.mark.parametrize("meter", [None, Meter(6, 8), Meter(4, 4)])
def test_a_jig_has_dotted_beats_or_beats_of_a_quarter_under_four_four(grid, bpm, meter):
    """A dotted quarter at 110 is a quarter at 165 in 6/8; under 4/4 it is a quarter, at 110."""
    played = perform(jig(grid), bpm, 4, Manner(noise_s=0.01), steps_per_quarter=grid)
    heard, quarters = infer(played.notes, Expected(None, meter, grid)), 2 / 3 if meter == Meter(4, 4) else 1
    assert heard.bpm == pytest.approx(played.mean_bpm * quarters, rel=0.03)
    wanted = [note.onset_steps * quarters for note in jig(grid)]
    assert heard.beats.steps == pytest.approx(wanted)


@pytest.mark.parametrize("bpm", [160, 170])
def test_even_eighths_are_pairs_in_two_four_though_threes_would_be_nearer_to_the_guess(bpm):
    eighths = [GridNote(2 * number, 2, 60 + number % 5) for number in range(16)]
    played = perform(eighths, bpm, 3, Manner(noise_s=0.01, drift=0.02))
    heard = infer(played.notes, Expected(110.0, Meter(2, 4)))
    assert octave(heard, played.mean_bpm) == 1.0


@pytest.mark.parametrize(("at_s", "step"), [(10.0, 0), (10.52, 4), (9.75, -2), (10.25, 2)])
def test_where_the_beats_are_known_a_single_note_has_its_place(at_s, step):
    known = Expected(meter=Meter(), known=Grid(120.0, 10.0))
    heard = infer([PlayedNote(60, 80, at_s, at_s + 0.1)], known)
    assert (heard.bpm, heard.beats.steps) == (120.0, (step,))


@pytest.mark.parametrize("grid", [4, 12, 24])
def test_where_the_beats_are_known_they_stay_however_uneven_the_playing(grid):
    known = Grid(100.0, 5.0, grid)
    sixteenth = grid // 4
    song = [
        GridNote(n.onset_steps * sixteenth, n.duration_steps * sixteenth, n.pitch) for n in tune("dotted")
    ]
    played = perform(song, 100.0, 2, Manner(drift=0.0), known.time_s(4 * grid), grid)
    heard = infer(played.notes, Expected(100.0, Meter(), grid, known=known))
    assert heard.beats.steps == tuple(note.onset_steps + 4 * grid for note in song)


def test_the_performer_swings_the_second_eighth_and_slows_down_at_the_end():
    eighths = [GridNote(2 * number, 2, 60) for number in range(8)]
    swung = perform(eighths, 120, manner=Manner(0.0, 0.0, (1.0, 1.0), swing=2.0)).notes
    assert [n.onset_s for n in swung[:4]] == pytest.approx([1.0, 1 + 1 / 3, 1.5, 1.5 + 1 / 3])
    triplets = [GridNote(8 * number, 8, 60) for number in range(6)]
    manner = Manner(0.0, 0.0, (1.0, 1.0), swing=2.0)
    even = perform(triplets, 120, manner=manner, steps_per_quarter=24).notes
    assert [n.onset_s for n in even] == pytest.approx([1 + number / 6 for number in range(6)])
    slow = perform(eighths, 120, manner=Manner(0.0, 0.0, rubato=0.5)).notes
    assert slow[1].onset_s - slow[0].onset_s == pytest.approx(0.25)
    assert slow[7].onset_s - slow[6].onset_s > 0.33
