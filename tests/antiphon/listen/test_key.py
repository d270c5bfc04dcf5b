import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import GridNote
from antiphon.listen.key import ALL_KEYS, Evidence, Key, chances, estimate, posterior


def tune(pitches, duration=2):
    return [GridNote(i * duration, duration, pitch) for i, pitch in enumerate(pitches)]


FRERE_JACQUES = [60, 62, 64, 60, 60, 62, 64, 60, 64, 65, 67, 67, 64, 65, 67, 67]
A_MINOR_TUNE = [57, 60, 64, 60, 59, 57, 56, 57, 64, 62, 60, 59, 57, 56, 57, 57]
# The subject of Bach's fugue, Well-Tempered Clavier I: the third that says minor comes last.
C_MINOR_FUGUE = [72, 71, 72, 67, 68, 72, 71, 72, 74, 67, 72, 71, 72, 74, 65, 67, 68, 67, 65, 63]


@pytest.mark.parametrize("semitones", range(-6, 6))
def test_a_tune_is_heard_in_every_key(semitones):
    assert estimate(tune([p + semitones for p in FRERE_JACQUES])) == Key(semitones % 12, "major")
    assert estimate(tune([p + semitones for p in A_MINOR_TUNE])) == Key((9 + semitones) % 12, "minor")


def test_silence_is_c_major():
    assert estimate([]) == Key(0, "major")
    assert Evidence.of([]) is None


melodies = st.lists(
    st.builds(GridNote, st.integers(0, 64), st.integers(1, 16), st.integers(12, 100)), min_size=1, max_size=24
)


@given(melodies, st.integers(-12, 12), st.booleans())
def test_the_chances_turn_with_the_music(notes, semitones, ended):
    heard = chances(notes, ended)
    assert sum(heard.values()) == pytest.approx(1.0)
    moved = chances([note.transposed(semitones) for note in notes], ended)
    for key in ALL_KEYS:
        assert moved[Key((key.tonic + semitones) % 12, key.mode)] == pytest.approx(heard[key], abs=1e-9)


@pytest.mark.parametrize(
    ("pitches", "key"),
    [
        ([67, 67, 69, 67, 72, 71], "C major"),  # Happy birthday
        ([69, 67, 69, 67, 65, 64, 62, 61, 62], "D minor"),  # Bach, Toccata
        (C_MINOR_FUGUE, "C minor"),
        ([66, 66, 67, 69, 69, 67, 66, 64, 62, 62, 64, 66, 66, 64, 64], "D major"),  # Ode to Joy
        ([76, 75, 76, 75, 76, 71, 74, 72, 69, 60, 64, 69, 71, 64, 68, 71, 72], "A minor"),  # Für Elise
    ],
)
def test_openings_that_everybody_knows(pitches, key):
    assert estimate(tune(pitches)) == Key.parse(key)


def test_the_order_of_the_notes_counts_and_not_only_how_long_they_sound():
    one, other = [60, 62, 67, 64, 65, 60], [60, 67, 62, 65, 64, 60]
    assert sorted(one) == sorted(other)
    assert chances(tune(one)) != chances(tune(other))


def test_the_last_note_counts_where_the_melody_is_whole():
    notes = tune([67, 69, 71, 72, 71, 69, 67])
    g_major = Key(7, "major")
    assert chances(notes, ended=True)[g_major] > chances(notes)[g_major]


def test_a_key_held_for_ever_is_not_heard_for_ever():
    notes = tune(FRERE_JACQUES)
    held = GridNote(32, 4000, 66)
    assert estimate([*notes, held]) == Key(0, "major")


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_home_is_reached_by_the_shorter_way(key):
    assert -6 <= key.shift <= 5
    assert (key.tonic + key.shift) % 12 == (0 if key.mode == "major" else 9)


@given(st.lists(st.floats(0, 100), min_size=12, max_size=12), st.floats(0, 2))
def test_the_posterior_is_a_distribution_that_turns_with_the_music(durations, weight):
    chances = posterior(durations, weight)
    assert sum(chances.values()) == pytest.approx(1.0)
    turned = posterior([durations[-1], *durations[:-1]], weight)
    for key in ALL_KEYS:
        assert turned[Key((key.tonic + 1) % 12, key.mode)] == pytest.approx(chances[key], abs=1e-9)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("C", Key(0, "major")),
        ("F# minor", Key(6, "minor")),
        ("Bb", Key(10, "major")),
        ("Am", Key(9, "minor")),
        ("a", Key(9, "minor")),
        ("eb minor", Key(3, "minor")),
        ("B- major", Key(10, "major")),
    ],
)
def test_names(text, key):
    assert Key.parse(text) == key


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_a_key_reads_as_it_is_written(key):
    assert Key.parse(str(key)) == key


@pytest.mark.parametrize("text", ["", "H", "C dorian", "C#b", "C major major", "Cx"])
def test_a_key_that_is_none(text):
    with pytest.raises(ValueError, match="a key must look like"):
        Key.parse(text)


def test_there_are_twelve_pitch_classes():
    with pytest.raises(ValueError, match="12 pitch classes, got 11"):
        posterior([1.0] * 11)
    with pytest.raises(ValueError, match="pitch class 0–11, got 12"):
        Key(12, "major")
