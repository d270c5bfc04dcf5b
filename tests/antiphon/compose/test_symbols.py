from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose import symbols
from antiphon.compose.symbols import END, HOLD, REST, Vocabulary, decode, encode, parse, regridded
from antiphon.events import GridNote


@st.composite
def melodies(draw):
    notes, step = [], 0
    for gap, duration, pitch in draw(
        st.lists(st.tuples(st.integers(0, 9), st.integers(1, 20), st.integers(0, 127)), max_size=30)
    ):
        notes.append(GridNote(step + gap, duration, pitch))
        step += gap + duration
    return tuple(notes)


@given(melodies(), st.integers(0, 40))
def test_decoding_what_was_encoded_gives_the_melody(notes, extra):
    length = (notes[-1].end_steps if notes else 0) + extra
    stream = encode(notes, length)
    assert len(stream) == length
    assert decode(stream) == notes


@given(st.lists(st.sampled_from([*"_r/", "0", "60", "61", "127"])))
def test_any_stream_decodes_to_one_voice(stream):
    notes = decode(stream)
    assert all(a.end_steps <= b.onset_steps for a, b in pairwise(notes))
    assert decode(encode(notes)) == notes


def test_golden():
    assert " ".join(encode([GridNote(0, 4, 63), GridNote(6, 1, 60)], 8)) == "63 _ _ _ r _ 60 r"
    assert decode(parse("_ 63 _ r _ 63 63 _")) == (GridNote(1, 2, 63), GridNote(5, 1, 63), GridNote(6, 2, 63))


def test_the_end_of_the_song_ends_it_and_leading_ends_are_padding():
    assert decode(parse("/ / 60 _ / 62 _")) == (GridNote(0, 2, 60),)


def test_two_voices_are_refused():
    with pytest.raises(ValueError, match="two notes sound at step 3"):
        encode([GridNote(0, 4, 60), GridNote(3, 1, 62)])


@pytest.mark.parametrize("text", ["128", "-1", "x", "R", "6.0", "²"])
def test_a_symbol_outside_the_alphabet_is_named(text):
    with pytest.raises(ValueError, match='symbol 2 must be a MIDI number 0–127, r, _ or /, got "'):
        parse(f"60 {text}")
    with pytest.raises(ValueError, match="must be a MIDI number"):
        decode(["60", text])


def test_leading_zeros_are_the_same_note():
    assert parse("060 _") == ("60", "_")


def test_a_vocabulary_is_sorted_and_whole():
    vocabulary = Vocabulary.of([["100", "60", "_"], ["7"]])
    assert vocabulary.symbols == ("7", "60", "100", END, HOLD, REST)
    assert vocabulary.pitches == (7, 60, 100)
    assert [vocabulary.id(symbol) for symbol in vocabulary.symbols] == list(range(6))
    assert "60" in vocabulary
    assert "61" not in vocabulary


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("60", "7", "/", "_"), "sorted"),
        (("60", "60", "/", "_"), "sorted"),
        (("60", "_"), 'must hold "/"'),
        (("60", "/"), 'must hold "_"'),
        (("/", "_", "r"), "at least one pitch"),
    ],
)
def test_a_vocabulary_that_cannot_be(names, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary(names)


@pytest.mark.parametrize(
    ("unknown", "known"), [("48", "60"), ("84", "72"), ("61", "60"), ("63", "62"), ("62", "62"), ("r", "_")]
)
def test_what_the_model_never_saw_is_heard_as_the_nearest(unknown, known):
    vocabulary = Vocabulary(("60", "62", "64", "72", "/", "_"))
    assert vocabulary.nearest(unknown) == known


def test_an_unknown_symbol_has_no_id():
    with pytest.raises(ValueError, match='does not know the symbol "48"'):
        Vocabulary(("60", "/", "_")).id("48")


@given(st.sets(st.integers(0, 127), min_size=1), st.lists(st.sampled_from([*map(str, range(128)), *"/_r"])))
def test_every_stream_has_ids(pitches, stream):
    vocabulary = Vocabulary.of([map(str, pitches)])
    ids = vocabulary.ids(stream)
    assert len(ids) == len(stream)
    assert all(vocabulary.symbols[i] == s for i, s in zip(ids, stream, strict=True) if s in vocabulary)
    assert symbols.is_pitch(vocabulary.nearest("64"))


@pytest.mark.parametrize("symbol", ["no", "128", "060", "6" * 5000, "", "٣", "²", "-1"])
def test_a_vocabulary_holds_nothing_but_symbols(symbol):
    with pytest.raises(ValueError, match="must be a MIDI number 0–127, r, _ or /"):
        Vocabulary(("60", "/", "_", symbol))


@given(st.lists(st.sampled_from(["60", "62", "r", "_", ""]), max_size=30), st.sampled_from([1, 2, 3, 6]))
def test_a_finer_grid_says_the_same_and_the_way_back_gives_the_stream(stream, finer):
    there = regridded(stream, 4, 4 * finer)
    assert len(there) == finer * len(stream)
    assert regridded(there, 4 * finer, 4) == tuple(stream)


def test_on_a_coarser_grid_a_note_goes_to_the_nearest_step():
    triplets = [symbol for pitch in ("60", "62", "64") for symbol in (pitch, *["_"] * 7)]
    assert regridded(triplets, 24, 4) == ("60", "62", "_", "64")
