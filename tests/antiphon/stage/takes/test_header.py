"""What a take says of itself, and back; a damaged header is refused with what is wrong."""

from dataclasses import replace

import pytest

from antiphon.files.take_file import read_texts
from antiphon.stage.machine.arithmetic import Arithmetic
from antiphon.stage.takes.header import Place, TakeHeader, UsedBundle
from antiphon.stage.takes.tempo_map import TempoMap
from antiphon.timebase import Meter

HEADER = TakeHeader(
    97.5,
    Meter(6, 8),
    {"sampling": {"temperature": 0.9}},
    UsedBundle("toy", "ab12"),
    42,
    (UsedBundle("other", "cd34", "ef56"),),
    ("60", "", "_"),
    Arithmetic("2.1.0", "openblas 0.3", "x86_64"),
)


def test_it_is_read_back():
    assert TakeHeader.of(read_texts(list(HEADER.texts()))) == HEADER


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"bundle": None}, "bundle: "),
        ({"bundle": {"name": 3, "checksum": "x"}}, "bundle.name: "),
        ({"random seed": "x"}, "random_seed: "),
        ({"time": 3}, "time is damaged"),
        ({"time": {"bpm": 100.0, "meter": "waltz"}}, "meter must look like"),
        ({"programs": 3}, "programs: "),
        ({"arithmetic": {"numpy": 2}}, "arithmetic.numpy: "),
    ],
)
def test_a_damaged_header_is_refused(change, why):
    texts = {**read_texts(list(HEADER.texts())), **change}
    with pytest.raises(ValueError, match=why):
        TakeHeader.of(texts)


def test_a_take_made_before_the_arithmetic_was_named_is_read():
    texts = read_texts(list(HEADER.texts()))
    del texts["arithmetic"]
    assert TakeHeader.of(texts) == replace(HEADER, arithmetic=None)


def test_a_missing_part_is_named():
    texts = read_texts(list(HEADER.texts()))
    del texts["remembered"]
    with pytest.raises(ValueError, match="does not tell the remembered"):
        TakeHeader.of(texts)


def test_texts_of_others_are_left_out_and_damaged_ones_refused():
    assert read_texts(["Made by: 3", "hello", "random seed: 5"]) == {"random seed": 5}
    with pytest.raises(ValueError, match="its header is damaged"):
        read_texts(["random seed: {"])


def test_a_place_tells_whether_what_was_before_is_known():
    texts = [read_texts(list(Place(TempoMap(100.0), before, "a.mid").texts())) for before in (b"", None)]
    assert [said["place"]["known"] for said in texts] == [True, False]
