"""The growing file: readable and whole at any moment, whatever the disk does."""

import errno
import os
import subprocess

import mido
import pytest

from antiphon.midi import smf as chunks
from antiphon.stage.takes import growing_file as file
from antiphon.stage.takes.growing_file import GrowingFile

HEAD = (
    chunks.header(2, 480)
    + chunks.chunk(chunks.TRACK, b"\x00" + chunks.meta(chunks.END_OF_TRACK, b""))
    + chunks.chunk(chunks.TRACK, b"\x00" + chunks.meta(chunks.TRACK_NAME, b"Both"))
)
ON, OFF = b"\x00\x90\x3c\x40", b"\x60\x80\x3c\x40"


def notes(path):
    return [message.type for message in mido.MidiFile(path).tracks[1] if not message.is_meta]


def test_it_is_a_midi_file_from_the_start_and_after_each_event(tmp_path):
    one = GrowingFile(tmp_path / "new" / "takes", "a", HEAD)
    assert notes(one.path) == []
    one.append(ON)
    assert notes(one.path) == ["note_on"]
    one.append(OFF)
    one.sync()
    assert notes(one.path) == ["note_on", "note_off"]
    assert one.size == len(HEAD) + 8 == one.path.stat().st_size
    assert list(one.path.parent.iterdir()) == [one.path]


def test_two_of_one_name_have_names_of_their_own(tmp_path):
    assert [GrowingFile(tmp_path, "a", HEAD).path.name for _ in range(3)] == ["a.mid", "a-2.mid", "a-3.mid"]


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_short_write_harms_neither_what_came_before_nor_what_comes_after(tmp_path, monkeypatch, call):
    """The system writes two bytes, then is full: while appending, or as the track's end is moved."""
    one = GrowingFile(tmp_path, "a", HEAD)
    one.append(ON)
    write, calls = os.write, []

    def short(descriptor, data):
        calls.append(data)
        if len(calls) == call:
            return write(descriptor, data[:2])
        if len(calls) > call:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", short)
    with pytest.raises(OSError, match="No space left"):
        one.append(OFF * 2) if call < 3 else [one.append(OFF), one.append(OFF)]
    monkeypatch.undo()
    one.append(OFF)
    assert notes(one.path) == ["note_on", "note_off", *(["note_off"] if call == 3 else [])]


def test_a_folder_that_is_gone_is_made_again_with_all_that_was_written(tmp_path):
    one = GrowingFile(tmp_path / "takes", "a", HEAD)
    one.append(ON)
    assert one.is_there()
    one.path.unlink()
    one.path.parent.rmdir()
    assert not one.is_there()
    one.append(OFF)
    one.make_again()
    assert one.is_there()
    one.append(ON)
    assert notes(one.path) == ["note_on", "note_off", "note_on"]


def test_a_file_that_lies_in_its_place_is_left_alone(tmp_path):
    one = GrowingFile(tmp_path, "a", HEAD)
    one.path.unlink()
    one.path.write_text("somebody else's")
    assert not one.is_there()
    one.make_again()
    assert (one.path.name, (tmp_path / "a.mid").read_text()) == ("a-2.mid", "somebody else's")


@pytest.mark.skipif(not file.locks_hold(), reason="this system has no such locks")
def test_nobody_else_takes_it_while_it_is_open(tmp_path):
    one = GrowingFile(tmp_path, "a", HEAD)
    other = os.open(one.path, os.O_RDONLY)
    assert not file.lock(other)
    one.close()
    assert file.lock(other)
    os.close(other)


def test_without_links_it_gets_its_name_all_the_same(tmp_path, monkeypatch):
    def no_links(*_):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    made = [GrowingFile(tmp_path, "a", HEAD) for _ in range(2)]
    made[1].append(ON)
    assert [one.path.name for one in made] == ["a.mid", "a-2.mid"]
    assert notes(made[1].path) == ["note_on"]


def fill(one):
    """Append until the disk is full; gives how often it could be done."""
    for written in range(100_000):
        try:
            one.append(ON)
        except OSError:
            return written
    raise AssertionError("the disk does not fill")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs to mount a small disk")
def test_on_a_disk_that_is_full(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        one = GrowingFile(disk, "a", HEAD)
        (disk / "filler").write_bytes(b"x" * 40_000)
        written = fill(one)
        assert notes(one.path) == ["note_on"] * written
        (disk / "filler").unlink()
        one.append(OFF)
        assert notes(one.path) == ["note_on"] * written + ["note_off"]
        one.close()
    finally:
        subprocess.run(["umount", disk], check=True)
