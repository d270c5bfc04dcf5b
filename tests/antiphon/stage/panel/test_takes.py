"""The takes of a folder by name: listed once, read, replayed by a command of our own."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from antiphon.listen.key import Key
from antiphon.stage.panel import takes as panel_takes
from antiphon.stage.panel.takes import Refused, Takes
from toy_takes import phrase, take


def finished(coroutine):
    """What it gives. In a thread of its own: a browser of other tests keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(asyncio.run, coroutine).result()


@pytest.fixture
def folder(tmp_path):
    heard = phrase([(0, 4, 60), (4, 4, 62)], Key(0, "major"))
    for name in ("one", "two"):
        (tmp_path / f"{name}.mid").write_bytes(take([heard], "4/4"))
    return tmp_path


class Command:
    """Stands in for a command of ours: keeps how it was asked, and what it `says` or refuses."""

    def __init__(self, says, makes=None):
        self.says, self.makes, self.asked = says, makes, []

    async def __call__(self, *words):
        self.asked.append(words)
        if self.makes is not None:
            self.makes.write_bytes(b"")
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


def listing(folder, names=("one", "two")):
    row = {"begun": None, "model": "toy", "recording": False, "wrong": None, "summary": {"seconds": 3.0}}
    return json.dumps([{"path": str(folder / f"{name}.mid"), **row} for name in names]).encode()


@pytest.fixture
def listed(folder, monkeypatch):
    command = Command(listing(folder))
    monkeypatch.setattr(panel_takes, "_run", command)
    return command


def test_the_newest_comes_first_and_is_asked_for_again_only_after_a_change(folder, listed):
    async def look():
        takes = Takes(folder)
        first, again = await takes.listed(), await takes.listed()
        (folder / "three.mid").write_bytes(b"")
        await takes.listed()
        return first, again

    first, again = finished(look())
    assert [one["name"] for one in first] == ["two", "one"]
    assert first[0] == {
        **{"name": "two", "begun": None, "model": "toy", "recording": False, "wrong": None},
        **{"seconds": 3.0, "phrases": None, "answers": None, "keys": None},
    }
    assert first is again
    assert listed.asked == [("takes", "--json", str(folder))] * 2


def test_our_own_command_lists_a_real_take(folder):
    rows = finished(Takes(folder).listed())
    assert sorted(row["name"] for row in rows) == ["one", "two"]


@pytest.mark.usefixtures("listed")
def test_a_take_is_known_by_its_name_alone(folder):
    assert finished(Takes(folder).path("one")) == folder / "one.mid"
    for name in ("three", "../one", "", ".one", "one.mid"):
        with pytest.raises(Refused) as refused:
            finished(Takes(folder).path(name))
        assert refused.value.status == 404


def test_a_take_may_have_any_name_that_a_player_gives_it(tmp_path, monkeypatch):
    names = ("20261129-193025+0100", "Übung am Abend, #2", "a.b", "x" * 240)
    for name in names:
        (tmp_path / f"{name}.mid").write_bytes(b"")
    monkeypatch.setattr(panel_takes, "_run", Command(listing(tmp_path, names)))
    assert [finished(Takes(tmp_path).path(name)).stem for name in names] == list(names)


@pytest.mark.usefixtures("listed")
def test_a_take_that_is_damaged_is_refused_in_one_line(folder):
    (folder / "one.mid").write_bytes(b"MThd")
    with pytest.raises(Refused, match="one cannot be read") as refused:
        finished(Takes(folder).notes("one"))
    assert refused.value.status == 422


def replayed(folder, monkeypatch, body, says=b"identical\n", makes=None):
    async def replay():
        takes = Takes(folder)
        monkeypatch.setattr(panel_takes, "_run", Command(listing(folder)))
        await takes.listed()
        command = Command(says, makes)
        monkeypatch.setattr(panel_takes, "_run", command)
        return await takes.replay("one", body), command.asked

    return finished(replay())


def test_a_replay_says_whether_it_is_the_same(folder, monkeypatch):
    said, asked = replayed(folder, monkeypatch, b"{}")
    assert said == {"text": "identical", "take": None}
    assert asked == [("replay", str(folder / "one.mid"))]


def test_answered_anew_it_names_the_new_take(folder, monkeypatch):
    body = b'{"set": {"sampling.temperature": 1.5, "answer.mode": "trade", "sampling.weights": {"r": 0.5}}}'
    said, asked = replayed(folder, monkeypatch, body, makes=folder / "one-again.mid")
    assert said["take"] == "one-again"
    assert asked[0][2:] == (
        *("--set", "sampling.temperature=1.5"),
        *("--set", 'answer.mode="trade"'),
        *("--set", 'sampling.weights={"r" = 0.5}'),
    )


@pytest.mark.parametrize(
    "body", [b"[", b"[]", b'{"set": 1}', b'{"set": {"--out": 1}}', b'{"set": {"a.b=1": 1}}']
)
def test_what_is_no_request_for_a_replay_is_refused(folder, body):
    with pytest.raises(Refused):
        finished(Takes(folder).replay("one", body))


def test_what_a_command_refuses_is_told(folder):
    with pytest.raises(Refused) as refused:
        finished(panel_takes._run("replay", str(folder / "none.mid")))
    assert refused.value.status == 422
    assert "none.mid" in str(refused.value)
