"""Where the panel of an Antiphon that runs is, and how its address is said."""

import json
import webbrowser

import pytest

from antiphon.commands.panel import shown
from antiphon.errors import Failure
from antiphon.stage.control.client import CannotBeAsked, NotRunning
from antiphon.stage.control.protocol import Done, Starting

ADDRESS = "http://127.0.0.1:8317/"


def answering(monkeypatch, answer):
    def ask(*_):
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(shown, "ask", ask)


@pytest.mark.parametrize("why", [NotRunning("antiphon"), CannotBeAsked(), Starting("ask again")])
def test_where_nobody_can_be_asked_there_is_no_panel_yet(monkeypatch, why):
    answering(monkeypatch, why)
    assert shown.running_panel("antiphon") is None


def test_one_that_runs_says_where_its_panel_is(monkeypatch):
    answering(monkeypatch, Done({"status": {"panel": ADDRESS}}))
    assert shown.running_panel("antiphon") == ADDRESS


@pytest.mark.parametrize("said", [{"status": {"panel": None}}, {"status": {}}, {}])
def test_one_that_runs_without_a_panel_is_not_replaced(monkeypatch, said):
    answering(monkeypatch, Done(said))
    with pytest.raises(Failure, match=r"antiphon runs already \(client name trio\), without a panel"):
        shown.running_panel("trio")


def test_what_else_goes_wrong_is_told(monkeypatch):
    answering(monkeypatch, Failure("antiphon does not answer"))
    with pytest.raises(Failure, match="does not answer"):
        shown.running_panel("antiphon")


def test_without_a_browser_the_address_is_one_line_of_json(capsys):
    shown.show(ADDRESS, browser=False)
    assert json.loads(capsys.readouterr().out) == {"address": ADDRESS}


def test_with_a_browser_it_is_said_and_opened(monkeypatch, capsys):
    opened = []
    monkeypatch.setattr(shown, "Thread", lambda target, args, **_: opened.append((target, args)) or Started())
    shown.show(ADDRESS, browser=True)
    assert capsys.readouterr().out == f"The panel is at {ADDRESS}\n"
    assert opened == [(shown._open, (ADDRESS,))]


class Started:
    def start(self):
        pass


@pytest.mark.parametrize("trouble", [webbrowser.Error("none"), OSError("none")])
def test_a_browser_that_does_not_come_is_no_trouble(monkeypatch, trouble):
    def fails(_):
        raise trouble

    monkeypatch.setattr(webbrowser, "open", fails)
    shown._open(ADDRESS)


def test_a_phone_reads_the_token_from_a_code(capsys):
    shown.say("http://192.168.1.5:8317/?token=abc")
    first, *code = capsys.readouterr().out.splitlines()
    assert first.endswith("?token=abc")
    assert len(code) > 10
