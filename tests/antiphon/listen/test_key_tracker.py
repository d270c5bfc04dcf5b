from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import GridNote
from antiphon.listen.key import ALL_KEYS, Key, chances, estimate
from antiphon.listen.key_tracker import KeyTracker, distance

# Both with the leading note, so that they say their key alone.
C_MAJOR_TUNE = [60, 62, 64, 65, 67, 67, 69, 67, 65, 64, 62, 59, 60, 62, 64, 60]
A_MINOR_TUNE = [57, 60, 64, 60, 59, 57, 56, 57, 64, 62, 60, 59, 57, 56, 57, 57]
TUNES = {"C major": C_MAJOR_TUNE, "A minor": A_MINOR_TUNE}
tunes = pytest.mark.parametrize(("name", "pitches"), TUNES.items(), ids=TUNES)


def tune(pitches, semitones=0, duration=2):
    return [GridNote(i * duration, duration, pitch + semitones) for i, pitch in enumerate(pitches)]


def heard(tracker, *phrases):
    """The key after each phrase."""
    return [tracker.hear(tune(phrase)) for phrase in phrases]


def turned(key, semitones):
    return Key((key.tonic + semitones) % 12, key.mode)


phrases = st.lists(st.lists(st.integers(40, 80), min_size=1, max_size=12), min_size=1, max_size=4)


@given(phrases, st.integers(-12, 12))
def test_what_is_heard_turns_with_the_music(played, semitones):
    one, other = KeyTracker(), KeyTracker()
    for phrase in played:
        one.hear(tune(phrase))
        other.hear(tune(phrase, semitones))
    assert sum(one.chances.values()) == pytest.approx(1.0)
    for key in ALL_KEYS:
        assert other.chances[turned(key, semitones)] == pytest.approx(one.chances[key], abs=1e-9)


@tunes
def test_a_tune_repeated_stays_in_its_key_and_grows_surer(name, pitches):
    tracker, key, surer = KeyTracker(), Key.parse(name), []
    for _ in range(6):
        assert tracker.hear(tune(pitches)) == key
        surer.append(tracker.chances[key])
    assert surer[1] > surer[0]
    assert all(later >= before - 1e-3 for before, later in pairwise(surer))


@tunes
@pytest.mark.parametrize(
    "phrase", [[67], [67, 67, 67], [64, 67], [62, 65, 69], [69, 67, 65, 64], [61, 61], [66]]
)
def test_a_short_phrase_does_not_turn_the_key(name, pitches, phrase):
    tracker = KeyTracker()
    assert heard(tracker, pitches, pitches, phrase) == [Key.parse(name)] * 3


@pytest.mark.parametrize("phrase", [[60], [60, 60], [60, 72], [48, 60, 60]])
def test_one_pitch_class_alone_is_taken_for_the_tonic(phrase):
    tracker = KeyTracker()
    assert heard(tracker, phrase, phrase) == [Key(0, "major")] * 2
    assert estimate(tune(phrase)) == Key(0, "major")
    assert heard(KeyTracker(), [pitch + 7 for pitch in phrase]) == [Key(7, "major")]


def test_one_pitch_class_alone_says_nothing_once_a_key_was_heard():
    tracker = KeyTracker()
    heard(tracker, A_MINOR_TUNE)
    before = tracker.chances
    assert heard(tracker, [60, 60], [61], [66, 66]) == [Key(9, "minor")] * 3
    assert tracker.chances == before


def test_what_follows_a_lone_tonic_is_heard_as_usual():
    tracker = KeyTracker()
    assert heard(tracker, [66], A_MINOR_TUNE) == [Key(6, "major"), Key(9, "minor")]


def test_alone_such_a_phrase_is_heard_otherwise():
    assert estimate(tune([69, 67, 65, 64])) != Key(0, "major")


@tunes
@pytest.mark.parametrize("place", range(16))
def test_a_wrong_note_never_moves_it(name, pitches, place):
    for wrong in range(-6, 7):
        tracker = KeyTracker()
        heard(tracker, pitches)
        slipped = [*pitches[:place], pitches[place] + wrong, *pitches[place + 1 :]]
        assert heard(tracker, slipped, pitches) == [Key.parse(name)] * 2


@tunes
@pytest.mark.parametrize("semitones", range(1, 12))
def test_a_modulation_is_followed_within_two_phrases(name, pitches, semitones):
    tracker = KeyTracker()
    heard(tracker, pitches, pitches, pitches)
    there = [pitch + semitones for pitch in pitches]
    assert heard(tracker, there, there)[-1] == turned(Key.parse(name), semitones)


def test_to_the_relative_and_back():
    tracker = KeyTracker()
    heard(tracker, C_MAJOR_TUNE, C_MAJOR_TUNE)
    assert heard(tracker, A_MINOR_TUNE, A_MINOR_TUNE)[-1] == Key(9, "minor")
    # A major tune says less against its relative minor than the other way round.
    assert heard(tracker, *[C_MAJOR_TUNE] * 3)[-1] == Key(0, "major")


def test_before_anything_is_played():
    tracker = KeyTracker()
    assert tracker.key == Key(0, "major")
    assert tracker.chances == chances([])
    before = tracker.chances
    tracker.hear([])
    assert tracker.chances == before


@given(phrases)
def test_silence_says_nothing(played):
    tracker, with_silence = KeyTracker(), KeyTracker()
    for phrase in played:
        tracker.hear(tune(phrase))
        with_silence.hear(tune(phrase))
        with_silence.hear([])
    assert with_silence.chances == tracker.chances


def test_a_key_by_hand_holds_until_it_is_taken_back():
    tracker = KeyTracker()
    tracker.set(Key.parse("F# minor"))
    assert heard(tracker, C_MAJOR_TUNE, C_MAJOR_TUNE) == [Key.parse("F# minor")] * 2
    tracker.set(None)
    assert tracker.key == Key(0, "major")
    assert heard(tracker, [62, 65, 69]) == [Key(0, "major")]


def test_how_sure_it_is():
    tracker = KeyTracker()
    heard(tracker, C_MAJOR_TUNE)
    first = tracker.sure
    heard(tracker, C_MAJOR_TUNE)
    assert 1 / 24 < first < tracker.sure <= 1
    assert tracker.sure == tracker.chances[tracker.key]
    tracker.set(Key.parse("F# minor"))
    assert tracker.sure is None


def test_of_one_pitch_class_alone_it_is_not_sure():
    tracker = KeyTracker()
    heard(tracker, [67, 67])
    assert tracker.sure < 0.1


def test_reset_forgets_all():
    tracker = KeyTracker()
    heard(tracker, A_MINOR_TUNE, A_MINOR_TUNE)
    tracker.set(Key.parse("Eb"))
    tracker.reset()
    assert (tracker.key, tracker.chances) == (Key(0, "major"), chances([]))


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("C", "C", 0),
        ("C", "G", 1),
        ("C", "F", 1),
        ("C", "Am", 1),
        ("C", "Em", 2),
        ("C", "Cm", 4),
        ("C", "F#", 6),
        ("Am", "Eb", 4),
    ],
)
def test_how_far_keys_are_apart(one, other, steps):
    assert distance(Key.parse(one), Key.parse(other)) == steps
    assert distance(Key.parse(other), Key.parse(one)) == steps
