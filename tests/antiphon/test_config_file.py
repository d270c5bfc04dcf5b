"""A config.toml of another program in the folder is ignored; one of ours is read or refused."""

import pytest

from antiphon import config
from antiphon.config import Config
from antiphon.config_file import lay_over, usual_places
from antiphon.errors import WrongUse

HUGO = 'baseURL = "https://example.org/"\ntitle = "A site"\n[params]\nlog = 3\n[[menu.main]]\nname = "a"\n'
CARGO = '[build]\njobs = 1\n[target.x86_64-unknown-linux-gnu]\nlinker = "clang"\n'


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Loads the configuration of a folder whose config.toml holds a text; gives it and what was said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    def loaded(content):
        (tmp_path / "config.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
        said = []
        return config.load(None, say=said.append), said

    return loaded


@pytest.mark.parametrize("text", [CARGO, "[build\n", "\x00\x01", b"\xff\xfe[\0t\0]\0", "x = 1\n" * 40_000])
def test_a_file_without_a_section_of_ours_is_ignored_with_one_line(load, text):
    assert load(text) == (Config(), ["config.toml: has no section of Antiphon's and is ignored"])


def test_a_setting_below_another_programs_section_is_not_a_section_of_ours(load):
    assert load(HUGO) == (
        Config(),
        ["config.toml: has no section of Antiphon's and is ignored"],
    )


def test_after_a_foreign_file_the_users_own_is_read(load):
    own = usual_places()[1]
    own.parent.mkdir(parents=True)
    own.write_text("[tempo]\nbpm = 70\n")
    assert load(CARGO)[0].tempo.bpm == 70


def test_a_section_that_is_nearly_one_of_ours_is_asked_about(load):
    (line,) = load("[smapling]\ntemperature = 1\n")[1]
    assert line.endswith('is ignored; did you mean [sampling] by "smapling"?')


@pytest.mark.parametrize(
    "text",
    [
        "[tempo]\nbpm = 1\n",
        "title = 1\n[answer]\n",
        "[tempo\n",
        "log.level = 3\n",
        "['key']\nname = 3\n",
        "log = {level = 3}",
    ],
)
def test_a_file_with_a_section_of_ours_is_refused_for_its_mistakes(load, text):
    with pytest.raises(WrongUse, match=r"^config\.toml: "):
        load(text)


@pytest.mark.parametrize("text", ["", "\n# nothing yet\n"])
def test_a_file_that_says_nothing_is_not_complained_about(load, text):
    assert load(text) == (Config(), [])


def test_a_foreign_file_that_is_named_is_an_error(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(CARGO)
    with pytest.raises(WrongUse, match="build is not a setting"):
        config.load(path)


def test_a_section_that_is_no_table_stays_to_be_told_of():
    raw = {"model": 1}
    lay_over(raw, "model.name", "essen")
    assert raw == {"model": 1}
