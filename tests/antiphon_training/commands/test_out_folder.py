"""A command's folder is made or used again, and nobody else's files are touched."""

from pathlib import Path

import pytest

from antiphon.errors import WrongUse
from antiphon_training.commands.out_folder import claim


def test_a_new_folder_is_made_and_its_own_files_may_be_there(tmp_path: Path) -> None:
    folder = tmp_path / "a/b"
    claim(folder, r"page\.html")
    (folder / "page.html").write_text("mine")
    claim(folder, r"page\.html")
    assert (folder / "page.html").read_text() == "mine"


@pytest.mark.parametrize("name", ["pageXhtml", "page.html.old", "other"])
def test_a_folder_of_something_else_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("theirs")
    with pytest.raises(WrongUse, match=f"holds something else \\({name}\\)"):
        claim(tmp_path, r"page\.html")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WrongUse, match="is not a folder"):
        claim(tmp_path / "file", ".*")
