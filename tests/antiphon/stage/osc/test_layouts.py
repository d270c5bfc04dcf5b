"""Every address of the documentation and of the layouts is understood, or told."""

import json
import re
from pathlib import Path

import pytest

from antiphon.changes import changed
from antiphon.config import Config
from antiphon.errors import WrongUse
from antiphon.stage.control.protocol import SetOne
from antiphon.stage.osc.packets import Message
from antiphon.stage.osc.requests import BUTTONS, request_of

DOCS = Path(__file__).parents[4] / "docs"
TOLD = {
    "state",
    "key",
    "key_sure",
    "meter",
    "model",
    "tempo",
    "recording",
    "bar",
    "beat",
    "plan",
    "entropy",
    "error",
    "guess",
}
TOLD |= {f"{who}/{what}" for who in ("phrase", "answer") for what in ("begin", "end", "note")} | {"plan/note"}

TOLD |= {f"answer/{part}/note" for part in ("bass", "chords", "second_voice")}


def understood(address):
    """Whether a request with this address can be one; the value may not fit."""
    try:
        request = request_of(Message(f"/antiphon/{address}", (60, 1) if address == "note" else (1,)))
        if isinstance(request, SetOne):
            changed(Config(), {request.name: request.value})
    except WrongUse as refused:
        return "not a setting" not in refused.message and "no button" not in refused.message
    return True


@pytest.mark.parametrize("name", ["osc.md", "osc/open-stage-control.json", "osc/antiphon.scd"])
def test_each_address_is_one(name):
    found = set(re.findall(r"/antiphon/([a-z_/]+[a-z_])", (DOCS / name).read_text(encoding="utf-8")))
    assert found
    assert {one for one in found if one not in TOLD and not understood(one)} == set()


def test_each_address_of_the_patch_is_one():
    patch = (DOCS / "osc/antiphon.pd").read_text(encoding="utf-8")
    found = [one.strip().replace(" ", "/") for one in re.findall(r"oscformat antiphon ([a-z_ ]+);", patch)]
    assert found
    assert [one for one in found if not understood(one)] == []


def test_each_button_and_all_that_is_told_is_in_the_documentation():
    page = (DOCS / "osc.md").read_text(encoding="utf-8")
    assert [name for name in {*BUTTONS, *TOLD} if f"`/antiphon/{name}`" not in page] == []


def test_the_code_of_the_page_is_that_of_the_file():
    page, code = (DOCS / "osc.md").read_text(), (DOCS / "osc/antiphon.scd").read_text()
    assert code.partition("\n")[2] in page


def test_no_two_widgets_of_the_layout_have_one_name():
    layout = json.loads((DOCS / "osc/open-stage-control.json").read_text())
    names = [widget["id"] for widget in layout["content"]["widgets"]]
    assert len(names) == len(set(names)) > 20
