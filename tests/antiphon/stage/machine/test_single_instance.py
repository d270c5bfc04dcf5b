"""One process to a client name, in a folder that nobody else may enter."""

import os
import signal
import subprocess
import sys

import pytest

from antiphon.errors import Failure
from antiphon.stage.machine.single_instance import Instance, made, runtime_folder, socket_of

posix = pytest.mark.skipif(sys.platform == "win32", reason="owners and modes as on Unix")
HOLDER = """
import sys
from pathlib import Path
from antiphon.stage.machine.single_instance import Instance
with Instance("antiphon", Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run"


@pytest.fixture
def holder(folder):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_of_the_same_name_is_told_who_is_there(folder, holder):
    told = (
        rf"^Only one instance can use a client name, and process {holder.pid} uses antiphon; "
        r"antiphon stop ends it, --client-name NAME starts another$"
    )
    with pytest.raises(Failure, match=told), Instance("antiphon", folder):
        pass
    with Instance("another", folder):
        pass


@posix
def test_the_lock_ends_with_a_process_that_is_killed(folder, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with Instance("antiphon", folder):
        assert (folder / "antiphon.lock").read_text() == f"{os.getpid()}\n"


def test_the_lock_is_given_back(folder):
    for _ in range(2):
        with (
            Instance("antiphon", folder),
            pytest.raises(Failure, match=f"process {os.getpid()}"),
            Instance("antiphon", folder),
        ):
            pass


def test_the_lock_is_not_handed_to_the_processes_that_are_started(folder):
    script = "import sys; print('up', flush=True); sys.stdin.read()"
    with Instance("antiphon", folder):
        child = subprocess.Popen(
            [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False
        )
        child.stdout.readline()
    with child, Instance("antiphon", folder):
        child.stdin.close()


@posix
def test_what_is_made_is_for_the_user_alone(folder):
    with Instance("antiphon", folder) as instance:
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "antiphon.lock").stat().st_mode & 0o777 == 0o600
        assert instance.socket_path == socket_of("antiphon", folder) == folder / "antiphon.sock"


@posix
def test_a_folder_that_others_may_enter_is_refused(folder):
    folder.mkdir()
    folder.chmod(0o750)
    with pytest.raises(Failure, match=r"run: must be for you alone \(700\), but is 750; chmod 700 "):
        Instance("antiphon", folder)


@posix
def test_a_folder_of_someone_else_a_link_and_a_file_are_refused(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(Failure, match=r"run: must be yours \(user 12345\), but is of user"):
        made(folder)
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(Failure, match="link: must be a folder, and no link"):
        made(tmp_path / "link")
    (tmp_path / "file").write_text("")
    with pytest.raises(Failure, match="file: cannot be created: File exists"):
        made(tmp_path / "file")


@posix
def test_the_systems_own_folder_comes_first(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert runtime_folder() == tmp_path / "antiphon"
    for given in ("", "relative", str(tmp_path / "nowhere")):
        monkeypatch.setenv("XDG_RUNTIME_DIR", given)
        assert runtime_folder().name == f"antiphon-{os.geteuid()}"


@pytest.mark.parametrize("name", ["../../etc", "a/b", "..", "ä" * 32, "a b", "\0", "\ud800", "~"])
def test_any_name_is_one_short_file(name, folder):
    path = socket_of(name, folder)
    assert path.parent == folder
    assert len(path.name.encode()) < 40
    with Instance(name, folder) as instance:
        assert instance.socket_path == path != socket_of("antiphon", folder)
