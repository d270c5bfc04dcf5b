"""The steps of the recipe: filter, transpose, encode, single file, mapping, integers, windows."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.symbols import decode
from antiphon.events import GridNote
from antiphon.listen.key import Key
from antiphon_training.corpus.songs import ParsedSong, Sound
from antiphon_training.data.gridding import (
    ACCEPTABLE_DURATIONS,
    LONGEST_QUARTERS,
    RefusedError,
    has_acceptable_durations,
)
from antiphon_training.data.preprocess import (
    convert_songs_to_int,
    create_mapping,
    create_single_file_dataset,
    encode_song,
    generate_training_sequences,
    key_of,
    transpose,
)

SCALE = (67, 69, 71, 72, 74, 76, 78, 79)


def song(*sounds, key="G major", pickup=0.0):
    """A song of (quarters, pitch or None), one after another."""
    onset, found = 0.0, []
    for duration, pitch in sounds:
        found.append(Sound(onset, duration, (duration,), pitch))
        onset += duration
    return ParsedSong("t", "s", tuple(found), ("4/4",), pickup, key)


def scale(**changes):
    return song(*((1.0, pitch) for pitch in SCALE), **changes)


def test_durations_are_checked_as_written_in_notes_and_rests():
    assert has_acceptable_durations(song((0.25, 60), (4.0, None)), ACCEPTABLE_DURATIONS)
    assert not has_acceptable_durations(song((0.5, 60), (1.25, None)), ACCEPTABLE_DURATIONS)
    tied = ParsedSong("t", "s", (Sound(0.0, 2.5, (2.0, 0.5), 60),), (), 0.0, None)
    assert has_acceptable_durations(tied, ACCEPTABLE_DURATIONS)
    assert not has_acceptable_durations(tied, (2.0, 2.5))


def test_a_song_becomes_symbols_in_c_with_its_rests_and_its_key():
    encoded = encode_song(song((0.5, None), *((1.0, p) for p in SCALE), (0.5, None), pickup=0.5))
    assert encoded.stream[:8] == ("r", "_", "72", "_", "_", "_", "74", "_")
    assert encoded.stream[-6:] == ("84", "_", "_", "_", "r", "_")
    assert (encoded.key, encoded.key_from, encoded.pickup_steps, encoded.notes) == (
        Key(7, "major"),
        "score",
        2,
        8,
    )


@pytest.mark.parametrize(
    ("broken", "reason", "detail"),
    [
        (song((1.0, None), (2.0, None)), "no notes", "no notes"),
        (song((1 / 3, 60), (1.0, 62)), "durations", "1/3"),
        (song((1.0, 60), (1.0, 62)), "too few notes", "2 notes"),
        (song(*[(4.0, 60)] * 300), "too long", "quarters"),
        (song(*[(1.0, 128)] * 8), "pitch out of range", "128"),
    ],
)
def test_a_song_is_refused_with_its_reason(broken, reason, detail):
    with pytest.raises(RefusedError, match=detail) as refused:
        encode_song(broken)
    assert refused.value.reason == reason


def test_notes_off_the_grid_or_over_each_other_are_refused():
    late = tuple(replace(sound, onset=sound.onset + 1 / 3) for sound in scale().sounds)
    with pytest.raises(RefusedError) as refused:
        encode_song(replace(scale(), sounds=late))
    assert refused.value.reason == "off the grid"
    crowded = tuple(replace(sound, onset=sound.onset / 2) for sound in scale().sounds)
    with pytest.raises(RefusedError, match="two notes") as refused:
        encode_song(replace(scale(), sounds=crowded))
    assert refused.value.reason == "overlapping notes"


def test_the_longest_song_is_4096_steps():
    assert len(encode_song(song(*[(4.0, 60)] * 256)).stream) == 4 * LONGEST_QUARTERS


NOTES = tuple(GridNote(4 * i, 4, pitch) for i, pitch in enumerate((57, 60, 64, 69, 68, 69, 57, 57)))


@pytest.mark.parametrize(
    ("written", "key", "key_from"),
    [
        ("D mixolydian", Key(2, "major"), "score"),
        ("F lydian", Key(5, "major"), "score"),
        ("C ionian", Key(0, "major"), "score"),
        ("A dorian", Key(9, "minor"), "score"),
        ("E phrygian", Key(4, "minor"), "score"),
        ("B locrian", Key(11, "minor"), "score"),
        ("Bb aeolian", Key(10, "minor"), "score"),
        ("A", Key(9, "minor"), "tonic"),
        (None, Key(9, "minor"), "estimate"),
        ("E## major", Key(9, "minor"), "estimate"),
    ],
)
def test_the_key_is_the_written_one_else_the_notes_say_it(written, key, key_from):
    assert key_of(written, NOTES) == (key, key_from)


def in_quarters(*pitches):
    return tuple(GridNote(4 * place, 4, pitch) for place, pitch in enumerate(pitches))


@pytest.mark.parametrize(
    ("signature", "notes", "key"),
    [
        (1, in_quarters(67, 69, 71, 72, 74, 72, 71, 69, 67), Key(7, "major")),
        (-2, in_quarters(67, 69, 70, 72, 74, 70, 69, 66, 67), Key(7, "minor")),
        # The notes alone speak for C; a signature of one sharp makes them G.
        (1, in_quarters(67, 72, 71, 69, 67, 69, 71, 67), Key(7, "major")),
        # A section in D major stays there, whatever the signature.
        (-3, in_quarters(62, 66, 69, 67, 66, 64, 61, 62, 66, 69, 74, 69, 66, 62), Key(2, "major")),
    ],
)
def test_a_signature_speaks_for_its_two_keys_and_the_notes_decide(signature, notes, key):
    assert key_of(f"signature {signature}", notes) == (key, "signature")


@given(
    st.lists(
        st.tuples(st.sampled_from(ACCEPTABLE_DURATIONS), st.integers(6, 121) | st.none()),
        min_size=8,
        max_size=40,
    ),
    st.integers(0, 11),
    st.sampled_from(["major", "minor"]),
)
def test_a_song_comes_back_from_its_symbols_but_for_the_key(sounds, tonic, mode):
    key = Key(tonic, mode)
    given_song = song(*sounds, key=str(key))
    wanted = [
        (s.onset * 4, s.duration * 4, s.pitch + key.shift) for s in given_song.sounds if s.pitch is not None
    ]
    if len(wanted) < 8:
        with pytest.raises(RefusedError):
            encode_song(given_song)
        return
    encoded = encode_song(given_song)
    assert [(n.onset_steps, n.duration_steps, n.pitch) for n in decode(encoded.stream)] == wanted
    assert len(encoded.stream) == sum(duration for duration, _ in sounds) * 4


@given(st.integers(0, 11), st.sampled_from(["major", "minor"]))
def test_every_key_is_brought_home_by_half_an_octave_at_most(tonic, mode):
    moved = transpose([GridNote(0, 1, 60 + tonic)], Key(tonic, mode))
    assert moved[0].pitch % 12 == (0 if mode == "major" else 9)
    assert -6 <= moved[0].pitch - 60 - tonic <= 5


def test_the_single_file_joins_the_chosen_songs_in_the_order_of_their_numbers(tmp_path):
    for index, text in ((0, "60 _\n"), (2, "62 _\n"), (10, "64 r\n")):
        (tmp_path / str(index)).write_text(text)
    assert create_single_file_dataset(tmp_path, 3) == "60 _ / / / 62 _ / / / 64 r / / /"
    assert create_single_file_dataset(tmp_path, 1, [10, 0]) == "60 _ / 64 r /"


def test_the_mapping_is_in_the_order_of_the_vocabulary_whatever_the_order_of_songs():
    mapping = create_mapping([["100", "_"], ["60", "r"], ["7"]])
    assert list(mapping.items()) == [("7", 0), ("60", 1), ("100", 2), ("/", 3), ("_", 4), ("r", 5)]
    assert mapping == create_mapping([["7"], ["60"], ["100"]])


def test_songs_become_integers_and_an_unknown_symbol_is_named():
    mapping = create_mapping([["60"]])
    assert convert_songs_to_int("60 _ /", mapping).tolist() == [0, 2, 1]
    with pytest.raises(ValueError, match="61"):
        convert_songs_to_int("61", mapping)


@given(st.lists(st.integers(0, 40), min_size=2, max_size=60), st.integers(1, 20))
def test_windows_are_the_naive_ones_and_share_the_memory_of_the_song(numbers, length):
    integers = np.array(numbers, np.uint8)
    if len(integers) <= length:
        with pytest.raises(ValueError, match="too few"):
            generate_training_sequences(integers, length)
        return
    inputs, targets = generate_training_sequences(integers, length)
    assert inputs.tolist() == [numbers[i : i + length] for i in range(len(numbers) - length)]
    assert targets.tolist() == numbers[length:]
    assert np.shares_memory(inputs, integers)
    assert np.shares_memory(targets, integers)
