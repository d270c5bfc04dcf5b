"""Links to ports of others: when they are looked at, and which port of many they take up."""

import pytest

from antiphon.stage.ports.open import Names, open_ports
from antiphon.stage.ports.reconnect import PortWatch
from antiphon.stage.ports.rtmidi import BindingSystem
from fake_rtmidi import FakeRtMidi


def stage(sources, names, api=2):
    library = FakeRtMidi([api], sources=sources)
    sockets = open_ports(Names("antiphon", tuple(names)), BindingSystem(library, api))
    links = [socket.link for socket in sockets.inputs]
    return library, links, PortWatch(links)


@pytest.mark.parametrize(
    ("now_s", "next_send_s", "due"),
    [(0.2, None, False), (0.41, None, True), (0.41, 0.42, False), (0.41, 0.40, False), (0.41, 0.5, True)],
)
def test_a_look_waits_for_its_time_and_for_notes_that_are_near(now_s, next_send_s, due):
    watch = stage(["keys 24:0"], ["keys"])[2]
    assert watch.due(0.0, None)
    assert watch.due(now_s, next_send_s) == due


def test_with_virtual_ports_no_list_is_looked_at_but_others_look_as_often():
    watch = PortWatch([], [])
    assert watch.due(0.0, None)
    assert not watch.due(0.2, None)


def test_a_look_is_one_list_however_many_ports():
    library, _, watch = stage(["a 1:0", "b 2:0", "c 3:0"], ["*"])
    before = library.looks
    watch.look()
    assert library.looks == before + 1


def test_twin_devices_are_told_apart():
    library, links, watch = stage(["keys 24:0", "keys 28:0"], ["keys"])
    assert [device.tied for device in library.ins] == ["keys 24:0", "keys 28:0"]
    library.sources.remove("keys 24:0")
    assert watch.look() == [links[0]]
    assert watch.look() == []
    library.sources.append("keys 32:0")
    assert watch.look() == [links[0]]
    assert [device.tied for device in library.ins] == ["keys 32:0", "keys 28:0"]


def test_a_device_plugged_in_anew_between_two_looks_is_lost_and_then_found():
    library, links, watch = stage(["keys 24:0"], ["keys"])
    library.sources[:] = ["keys 28:0"]
    assert watch.look() == links
    assert not links[0].present
    assert watch.look() == links
    assert links[0].present


def test_where_the_ports_are_not_known_yet_the_next_turn_asks_again():
    known = iter([False, False, True])
    watch = PortWatch([], know=lambda: next(known))
    assert [watch.due(0.0, None) for _ in range(4)] == [False, False, True, False]
