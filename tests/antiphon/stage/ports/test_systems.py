"""Looking at the ports there are: what is seen, and that looking leaves nothing behind."""

import sys

import pytest

from antiphon.errors import Failure
from antiphon.stage.ports import systems
from antiphon.stage.ports.system import Listing, MissingError
from antiphon.stage.ports.systems import LOOK, candidates, listings
from fake_jack import FakeJack
from fake_rtmidi import FakeRtMidi


def test_every_system_that_answers_is_listed():
    library = FakeRtMidi([2, 4, 5], dead=[4], sources=["keys 24:0"], sinks=["synth 28:0"])
    ports = (("keys 24:0",), ("synth 28:0",))
    assert listings(library=library) == [Listing("alsa", *ports), Listing("coremidi", *ports)]
    assert listings("coremidi", library) == [Listing("coremidi", *ports)]
    with pytest.raises(Failure, match=r"no MIDI system answers .*winmm: no server"):
        listings("winmm", library)


def test_jack_is_listed_last_by_its_own_client_which_is_gone_afterwards():
    jack = FakeJack(["keys:out"], ["synth:in"])
    found = listings(library=FakeRtMidi([2, 3]), start_jack=jack)
    assert found == [Listing("alsa", (), ()), Listing("jack", ("keys:out",), ("synth:in",))]
    assert jack.closed


def test_two_hundred_looks_leave_no_client():
    library = FakeRtMidi([2, 5], sources=["keys 24:0"])
    for _ in range(200):
        listings(library=library)
    assert len(library.made) == 800
    assert library.alive == []


def test_a_look_that_fails_leaves_no_client():
    library = FakeRtMidi([2])
    library.sinks = None  # listing it raises
    with pytest.raises(TypeError):
        listings(library=library)
    assert library.alive == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="JACK is used on Linux only")
def test_what_is_not_installed_is_told_with_the_command_that_installs_it(monkeypatch):
    def none():
        raise MissingError("no MIDI library can be loaded", "pip install one")

    monkeypatch.setattr(systems, "load_binding", none)
    monkeypatch.setattr(systems, "jack_installed", lambda: False)
    with pytest.raises(Failure) as failure:
        listings()
    assert failure.value.message.startswith(
        "no MIDI system answers (ALSA: no MIDI library can be loaded: pip install one; "
        "JACK: JACK-Client is not installed: pip install JACK-Client); "
    )
    assert [one.api for one in candidates("auto", LOOK)] == ["alsa", "jack"]
