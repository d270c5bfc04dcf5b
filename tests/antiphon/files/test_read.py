"""A file is read whole or refused in one line, whatever it is; nothing is waited for."""

import contextlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import Failure
from antiphon.files.read import parse_json, read_file


def test_a_file_is_read_up_to_its_limit(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"12345")
    assert read_file(path, 5) == b"12345"
    with pytest.raises(Failure, match="x: is larger than 0 KiB"):
        read_file(path, 4)
    path.write_bytes(bytes((2 << 20) + 1))
    with pytest.raises(Failure, match="x: is larger than 2 MiB"):
        read_file(path, 2 << 20)


def test_what_is_no_plain_file_is_neither_waited_for_nor_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "link", "folder"):
        with pytest.raises(Failure, match=rf"{name}: is not a regular file"):
            read_file(tmp_path / name, 100)


def test_a_link_to_a_file_is_that_file_and_one_to_nothing_is_away(tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "loop").symlink_to("loop")
    assert read_file(tmp_path / "link", 1) == b"x"
    for name in ("loop", "none", "n" * 300, "a\0b"):
        with pytest.raises(Failure):
            read_file(tmp_path / name, 1)


@pytest.mark.parametrize("text", ["NaN", "[-Infinity]", "[" * 100_000, "9" * 5000, "{", "", "\ud800"])
def test_json_that_no_program_should_meet(text):
    with pytest.raises(ValueError, match=r"."):
        parse_json(text.encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=60))
def test_any_bytes_are_json_or_a_value_error(data):
    with contextlib.suppress(ValueError):
        parse_json(data)
