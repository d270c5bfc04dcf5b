"""What a take's file holds, whole or damaged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.files.take_file import MANY, checked, is_unfinished, read, read_texts, unpack
from antiphon.listen.key import Key
from antiphon.midi import smf
from antiphon.stage.takes import records
from toy_takes import phrase, take

HEARD = phrase([(0, 4, 60), (4, 4, 62)], Key(0, "major"))


@pytest.mark.parametrize("finished", [True, False])
def test_the_records_are_those_that_were_written(finished: bool) -> None:
    found = read(take([HEARD], "3/4", finished))
    assert found is not None
    assert found.unfinished is not finished
    assert found.texts["time"] == {"bpm": 100.0, "meter": "3/4"}
    assert records.write(HEARD) in found.lines


@given(st.integers(0, 400))
def test_of_a_take_that_was_cut_off_every_whole_record_is_read(missing: int) -> None:
    whole = take([HEARD, HEARD], "3/4", finished=False)
    all_lines = read(whole).lines
    begin = list(smf.chunks(whole))[-1].begin
    lines = read(whole[: max(begin, len(whole) - missing)]).lines
    assert lines == all_lines[: len(lines)]


def test_what_is_no_take_is_none() -> None:
    assert read(smf.header(1, 480) + smf.chunk(smf.TRACK, b"\0\xff\x2f\0")) is None
    with pytest.raises(ValueError, match="is no MIDI file"):
        read(b"hello")


def test_texts_that_are_not_ours_are_left_out() -> None:
    assert read_texts(["Made by: 3", "hello", "unfinished: true"]) == {"unfinished": True}
    assert is_unfinished(read_texts(["unfinished: true"]))


def test_damaged_records_are_named() -> None:
    with pytest.raises(ValueError, match="its records are damaged"):
        unpack(b"hello")
    packed = records.pack([b"[]"])
    with pytest.raises(ValueError, match="cut short"):
        unpack(packed[:-3])
    assert unpack(b"") == []
    assert checked(MANY, packed)[-len(packed) :] == packed
