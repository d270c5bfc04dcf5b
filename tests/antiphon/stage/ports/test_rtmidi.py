"""Looking at the ports there are: what is seen, and that looking leaves nothing behind."""

import pytest

from antiphon.errors import Failure
from antiphon.stage.ports.rtmidi import Listing, listings
from fake_rtmidi import FakeRtMidi


def test_every_system_that_answers_is_listed():
    library = FakeRtMidi([2, 3, 5], dead=[3], sources=["keys 24:0"], sinks=["synth 28:0"])
    ports = (("keys 24:0",), ("synth 28:0",))
    assert listings(backend=library) == [Listing("alsa", *ports), Listing("coremidi", *ports)]
    assert listings("coremidi", library) == [Listing("coremidi", *ports)]
    with pytest.raises(Failure, match=r"no MIDI system answers .*jack: no server"):
        listings("jack", library)


def test_two_hundred_looks_leave_no_client():
    library = FakeRtMidi([2, 3], sources=["keys 24:0"])
    for _ in range(200):
        listings(backend=library)
    assert len(library.made) == 800
    assert library.alive == []


def test_a_look_that_fails_leaves_no_client():
    library = FakeRtMidi([2])
    library.sinks = None  # listing it raises
    with pytest.raises(TypeError):
        listings(backend=library)
    assert library.alive == []
