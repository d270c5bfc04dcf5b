"""Models that join: before the music, beside it, and in a session that takes over."""

from dataclasses import replace

import pytest

from antiphon import bundle
from antiphon.bundle import facts_of
from antiphon.perform.reports import Joined
from antiphon.stage.process import joining
from antiphon.stage.process.joining import JoinedModels
from antiphon.stage.process.messages import Join, LoadOrder
from fakes import Neighbour


def facts(name):
    folder = bundle.find(name)
    return facts_of(folder, bundle.read_card(folder))


@pytest.fixture(scope="module")
def han():
    return Join("my/han", facts("han"))


@pytest.fixture(scope="module")
def essen():
    return bundle.load(bundle.find("essen"))


def models(essen, *joined):
    order = LoadOrder(facts("essen"), (), None, 1, on_jack=False, joined=joined)
    return JoinedModels([essen], order)


class At:
    """An engine that keeps in order what it gets."""

    def __init__(self):
        self.got = []

    def join(self, voice, told):
        self.got.append((voice.name, told))

    def ask(self, what):
        self.got.append(what)


def test_what_it_tells_is_what_the_card_says(han):
    assert han.told == Joined("my/han", han.model.weights_sha256, han.model.critic_sha256)
    assert [(one.name, one.value) for one in han.change] == [("model.name", "my/han")]


def test_before_the_music_it_is_loaded_at_once_and_joins_each_session(essen, han):
    here = models(essen, han)
    ((voice, told),) = here.voices()
    assert (voice.name, voice.steps_per_quarter, told) == ("my/han", han.model.steps_per_quarter, han.told)
    engine = At()
    here.serve(engine)
    assert engine.got == [("my/han", han.told)]


def test_one_that_stands_by_loads_and_asks_nobody(essen, han):
    here = models(essen)
    assert here.voices() == []
    here.join(han)
    assert [told for _, told in here.voices()] == [han.told]


def test_beside_the_music_it_joins_and_then_answers(essen, han, monkeypatch):
    threads = []
    monkeypatch.setattr(joining, "Thread", lambda **how: threads.append(how) or Neighbour())
    monkeypatch.setattr(joining, "raise_priority", lambda: None)
    here, engine = models(essen), At()
    here.serve(engine)
    here.join(han)
    assert engine.got == []
    threads[0]["target"](*threads[0]["args"])
    assert engine.got == [("my/han", han.told), han.change]


def test_a_model_that_is_not_whole_any_more_changes_nothing(essen, han, monkeypatch):
    log, here = Neighbour(), models(essen)
    monkeypatch.setattr(joining, "LOG", log)
    here.join(replace(han, model=replace(han.model, weights_sha256="0" * 64)))
    assert here.voices() == []
    (said,) = log.told
    assert said[:3] == ("error", "%s cannot join: %s", "my/han")
