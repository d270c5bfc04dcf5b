"""Of a take the player's phrases are read, in their key and bars, and none of Antiphon's answers."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.place import Bars
from antiphon.compose.symbols import decode
from antiphon.listen.key import Key
from antiphon.timebase import Meter
from antiphon_training.corpus.songs import UnreadableError
from antiphon_training.corpus.take_phrases import phrases_of_take
from antiphon_training.data.preprocess import ACCEPTABLE_DURATIONS, encode_song
from toy_takes import phrase, take

D_MINOR = Key(2, "minor")
NOTES = [(0, 4, 62), (4, 2, 64), (8, 5, 65), (13, 7, 69)]


@pytest.mark.parametrize("finished", [True, False])
def test_phrases_are_read_and_answers_are_not(finished: bool) -> None:
    data = take([phrase(NOTES, D_MINOR), phrase(NOTES[:2], Key(0, "major"))], "3/4", finished)
    first, second = phrases_of_take(data, "a.mid") or []
    assert (first.key, first.meters, first.source) == ("D minor", ("3/4",), "a.mid#phrase 1")
    assert second.key == "C major"
    assert [sound.pitch for sound in first.sounds] == [62, 64, None, 65, 69]
    song = encode_song(first, fewest=1)
    moved = [note.pitch + D_MINOR.shift for note in decode(song.stream)]
    assert [note.pitch for note in decode(song.stream)] == [pitch + D_MINOR.shift for *_, pitch in NOTES]
    assert len(moved) == len(NOTES)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 40), st.integers(40, 90)), min_size=1, max_size=20)
)
def test_lengths_and_places_are_those_of_the_phrase(notes: list[tuple[int, int, int]]) -> None:
    onset, played = 0, []
    for gap, length, pitch in notes:
        played.append((onset + gap, length, pitch))
        onset += gap + length
    (found,) = phrases_of_take(take([phrase(played, Key(0, "major"))], "4/4"), "a.mid") or []
    song = encode_song(found, fewest=1)
    first = played[0][0]
    decoded = [(note.onset_steps + first, note.duration_steps, note.pitch) for note in decode(song.stream)]
    assert decoded == played
    assert all(d in ACCEPTABLE_DURATIONS for sound in found.sounds for d in sound.written)


@pytest.mark.parametrize(("begins", "meter"), [(0, "4/4"), (3, "4/4"), (8, "4/4"), (13, "4/4"), (29, "3/4")])
def test_the_bars_are_those_that_playing_would_say(begins: int, meter: str) -> None:
    (found,) = phrases_of_take(take([phrase([(begins, 4, 60)], Key(0, "major"))], meter), "a.mid") or []
    song = encode_song(found, fewest=1)
    bar = 12 if meter == "3/4" else 16
    assert Bars(meter, -song.pickup_steps) == Bars.begun_at(Meter.parse(meter), begins % bar)


def test_the_meter_is_the_one_that_was_heard() -> None:
    heard = replace(phrase([(20, 4, 60)], Key(0, "major")), meter=Meter(3, 4))
    (found,) = phrases_of_take(take([heard], "4/4"), "a.mid") or []
    assert (found.meters, found.pickup) == (("3/4",), 1.0)


def test_another_midi_file_is_no_take() -> None:
    assert phrases_of_take(write_melody_bytes(), "a.mid") is None
    assert phrases_of_take(b"RIFF....", "a.mid") is None
    assert phrases_of_take(b"", "a.mid") is None


def write_melody_bytes() -> bytes:
    return b"MThd\0\0\0\6\0\0\0\1\1\xe0MTrk\0\0\0\4\0\xff\x2f\0"


def test_a_damaged_take_is_named() -> None:
    data = bytearray(take([phrase(NOTES, D_MINOR)], "3/4"))
    place = data.index(b"\x7dZ") + 8
    data[place] ^= 0xFF
    with pytest.raises(UnreadableError, match="is a damaged take: its records are damaged"):
        phrases_of_take(bytes(data), "a.mid")
