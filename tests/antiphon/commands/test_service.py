"""`antiphon service` as a person meets it."""

import sys

import pytest

from antiphon import cli
from antiphon.commands import service
from antiphon.errors import WrongUse

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="systemd's")


@pytest.fixture
def antiphon(capsys, tmp_path, monkeypatch):
    """Runs a command as a user who plays; gives exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setattr(service, "_uid", lambda: 1000)

    def run(*arguments):
        with pytest.raises(SystemExit) as end:
            cli.main(["service", *arguments])
        said = capsys.readouterr()
        return end.value.code or 0, said.out, said.err

    return run


def test_it_is_written_and_removed(antiphon, tmp_path):
    path = tmp_path / "settings" / "systemd" / "user" / "antiphon.service"
    shown = antiphon("show")[1]
    code, out, err = antiphon("install")
    assert (code, err, path.read_text()) == (0, "", shown)
    assert str(path) in out
    assert "  systemctl --user enable --now antiphon\n" in out
    wanted = path.parent / "default.target.wants" / path.name
    wanted.parent.mkdir()
    wanted.symlink_to(path)
    code, out, _ = antiphon("uninstall")
    assert (code, "systemctl --user stop antiphon" in out) == (0, True)
    assert not path.exists()
    assert not wanted.is_symlink()
    assert antiphon("uninstall") == (0, f"{path} does not exist; nothing was removed.\n", "")


def test_it_starts_with_this_interpreter_and_these_settings(antiphon, tmp_path):
    (tmp_path / "mine.toml").write_text("[tempo]\nbpm = 90\n")
    shown = antiphon("show", "--config", "mine.toml", "--client-name", "mine")[1]
    start = next(line for line in shown.splitlines() if line.startswith("ExecStart="))
    assert sys.executable in start
    assert start.endswith(f"play --quiet --config {tmp_path}/mine.toml --client-name mine")


def test_a_mistake_in_the_settings_is_told_before_anything_is_written(antiphon, tmp_path):
    (tmp_path / "mine.toml").write_text("[tempo]\nbpm = 9\n")
    code, out, err = antiphon("install", "--config", "mine.toml")
    assert (code, out) == (2, "")
    assert "mine.toml: tempo.bpm must be greater than or equal to 20" in err
    assert antiphon("show", "--client-name", "a:b")[0] == 2
    assert not (tmp_path / "settings").exists()


def test_root_is_refused():
    service.refuse_root(1000)
    with pytest.raises(WrongUse, match="Antiphon does not need root: run this as the user who plays"):
        service.refuse_root(0)
