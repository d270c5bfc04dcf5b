"""ALSA's ports against a fake of the library and of the kernel: their names, and what hangs on them."""

import pytest

from antiphon.stage.ports.alsa import AlsaSystem
from antiphon.stage.ports.connections import Connections
from antiphon.stage.ports.open import Names, open_ports
from antiphon.stage.ports.reconnect import PortWatch
from fake_rtmidi import FakeRtMidi

ALSA = 2
IN, OUT = "antiphon:in", "antiphon-out:out"
KEYS, SYNTH = "Keys:Keys MIDI 1", "Synth:in"


class Kernel:
    """Clients by number, of one port each, and what is joined; prints its list as Linux does."""

    def __init__(self, ports):
        self.ports, self.leads = dict(ports), []

    def __call__(self):
        lines = ["Client info"]
        for number, name in self.ports.items():
            client, _, port = name.partition(":")
            lines += [f'Client {number:3d} : "{client}" [User]', f'  Port   0 : "{port}" (RWeX)']
            lines += [f"    Connecting To: {into}:0" for start, into in self.leads if start == number]
        return "\n".join(lines)

    def join(self, output, into):
        self.leads.append((output[0], into[0]))
        return True


def alsa(kernel, **others):
    return AlsaSystem(FakeRtMidi([ALSA], **others), ALSA, kernel, kernel.join)


def test_each_port_is_a_client_that_aconnect_can_tell_from_the_others():
    system = alsa(Kernel({}))
    ports = open_ports(Names("antiphon", clock_input="", clock_output=""), system)
    clients = [(device.name, device.opened) for device in system.library.made]
    assert clients == [
        ("antiphon", "in"),
        ("antiphon-clock", "clock"),
        ("antiphon-out", "out"),
        ("antiphon-clock-out", "clock-out"),
    ]
    assert [port.name for port in ports.all][:2] == [IN, OUT]


def test_a_name_that_another_has_is_left_to_it():
    sockets = open_ports(Names("antiphon"), alsa(Kernel({128: IN, 129: "antiphon-2-out:out"})))
    assert (sockets.client, sockets.output.name) == ("antiphon-3", "antiphon-3-out:out")


def test_an_answer_never_goes_to_our_own_input():
    system = alsa(Kernel({}), sinks=[f"{IN} 128:0", "antiphon-clock:clock 129:0", "antiphon synth:x 130:0"])
    sockets = open_ports(Names("antiphon", output="antiphon", clock_input=""), system)
    assert sockets.output.name == "antiphon synth:x"


def test_what_was_connected_is_connected_again_whatever_the_numbers_are_now():
    kernel, told = Kernel({20: KEYS, 24: SYNTH, 128: IN, 129: OUT}), []
    kernel.leads = [(20, 128), (129, 24)]
    Connections(alsa(kernel), [IN, OUT], (), told.append).look()
    assert told == [((KEYS, IN), (OUT, SYNTH))]
    kernel.ports, kernel.leads = {21: KEYS, 130: IN, 131: OUT}, []
    again = Connections(alsa(kernel), [IN, OUT], told[0], told.append)
    again.look()
    assert kernel.leads == [(21, 130)]
    kernel.ports[25] = SYNTH
    again.look()
    again.look()
    assert kernel.leads == [(21, 130), (131, 25)]
    assert told[1:] == []


def test_where_the_kernel_has_no_list_nothing_is_connected():
    system = AlsaSystem(FakeRtMidi([ALSA]), ALSA, str, Kernel({}).join)
    assert system.connections([IN]) == ()
    system.connect(KEYS, IN)


@pytest.mark.parametrize("direction", ["in", "out"])
def test_a_device_that_was_away_between_two_looks_and_has_its_old_number_is_connected_anew(direction):
    kernel = Kernel({24: KEYS, 128: IN, 129: OUT})
    kernel.leads = [(24, 128), (129, 24)]
    system = alsa(kernel, sources=[f"{KEYS} 24:0"], sinks=[f"{KEYS} 24:0"])
    names = Names("other", inputs=("keys",)) if direction == "in" else Names("other", output="keys")
    kernel.ports |= {128: "other:in", 129: "other-out:out"}
    system.free_name = lambda name: name  # they are ours already
    links = [socket.link for socket in open_ports(names, system).all if socket.link]
    watch = PortWatch(links)
    assert watch.look() == []
    kernel.leads.clear()
    assert watch.look() == links
    assert not links[0].present
    assert watch.look() == links
    assert (system.library.ins if direction == "in" else system.library.outs)[-1].connections == [
        f"{KEYS} 24:0",
        f"{KEYS} 24:0",
    ]


def test_where_the_kernel_has_no_list_a_port_counts_as_connected():
    system = AlsaSystem(FakeRtMidi([ALSA]), ALSA, str)
    assert system.input("antiphon", "in", clocked=False).is_connected(f"{KEYS} 24:0")
