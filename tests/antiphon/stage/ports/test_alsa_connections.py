"""ALSA's connections: read from lists as kernels print them, and made through a pretended libasound."""

import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.stage.ports.alsa import AlsaPorts, address_in, join, read_ports

# Linux 6.1: keyboards of the same name, our output on our own input, and a name meant to mislead.
LIST = """Client info
  cur  clients : 9
  peak clients : 10
  max  clients : 192

Client   0 : "System" [Kernel Legacy]
  Port   0 : "Timer" (Rwe-)
  Port   1 : "Announce" (R-e-)
Client  14 : "Midi Through" [Kernel Legacy]
  Port   0 : "Midi Through Port-0" (RWe-)
    Connecting To: 128:0
    Connected From: 129:0[real:0]
Client  20 : "nanoKEY2" [Kernel Legacy]
  Port   0 : "nanoKEY2 MIDI 1" (RWeX)
    Connecting To: 14:0
Client  24 : "nanoKEY2" [Kernel Legacy]
  Port   0 : "nanoKEY2 MIDI 1" (RWeX)
    Connecting To: 128:0[real:0][ex]
Client 128 : "antiphon" [User Legacy]
  Port   0 : "in" (-We-)
    Connected From: 14:0, 24:0[real:0][ex], 129:0, 130:0
  Output pool :
    Pool size          : 500
    Cells in use       : 0
Client 129 : "antiphon-out" [User Legacy]
  Port   0 : "out" (R-e-)
    Connecting To: 14:0[real:0], 128:0
Client 130 : "a "b": Client 3 : "x" [y]" [User Legacy]
  Port   0 : "p" (RWeX) q:1" (R-e-)
    Connecting To: 128:0
"""
OLDER = 'Client 128 : "antiphon" [User]\n  Port   0 : "in" (-We-)\n    Connected From: 20:0\n'
NEWER = 'Client 128 : "antiphon" [User UMP MIDI1]\n  Port   0 : "in" (-We-) [In/Out]\n'
ODD = 'a "b": Client 3 : "x" [y]:p" (RWeX) q:1'
THROUGH, KEYS = "Midi Through:Midi Through Port-0", "nanoKEY2:nanoKEY2 MIDI 1"


def test_the_connections_of_our_ports_are_told_once_each_by_lasting_names():
    assert read_ports(LIST).connections(["antiphon:in", "antiphon-out:out"]) == (
        (THROUGH, "antiphon:in"),
        ("antiphon-out:out", THROUGH),
        (f"{KEYS} #2", "antiphon:in"),
        ("antiphon-out:out", "antiphon:in"),
        (ODD, "antiphon:in"),
    )


def test_those_of_others_are_not_ours():
    assert read_ports(LIST).connections(["nobody:in"]) == ()
    assert read_ports("").connections(["antiphon:in"]) == ()


def test_every_name_leads_back_to_its_address():
    names = read_ports(LIST).names
    assert (names[KEYS], names[f"{KEYS} #2"], names[ODD]) == ((20, 0), (24, 0), (130, 0))
    assert names["antiphon-out:out"] == (129, 0)


def test_a_number_that_is_part_of_a_name_is_not_given_twice():
    ports = AlsaPorts({(1, 0): "a", (2, 0): "a #2", (3, 0): "a"})
    assert ports.names == {"a": (1, 0), "a #2": (2, 0), "a #3": (3, 0)}


@pytest.mark.parametrize("text", [OLDER, NEWER])
def test_older_and_newer_kernels_say_more_or_less(text):
    assert read_ports(text).names == {"antiphon:in": (128, 0)}


def test_whether_ours_still_hangs_on_a_port():
    ports = read_ports(LIST)
    assert ports.joined("antiphon:in", (24, 0))
    assert ports.joined("antiphon-out:out", (14, 0))
    assert not ports.joined("antiphon:in", (20, 0))
    assert not ports.joined("antiphon:in", None)
    assert read_ports(OLDER).joined("antiphon:in", (20, 0))


def test_the_numbers_behind_a_name():
    assert address_in("nanoKEY2:nanoKEY2 MIDI 1 24:3") == (24, 3)
    assert address_in("Synth:in") is None


name = st.text(st.characters(blacklist_characters="\n", blacklist_categories=("Cs",)), max_size=20)
names = st.lists(st.tuples(name, st.lists(name, min_size=1, max_size=3)), max_size=6)


@given(names, st.data())
def test_whatever_the_names_are_what_was_printed_is_read(clients, data):
    there = [(c, p) for c, (_, titles) in enumerate(clients) for p in range(len(titles))]
    port = st.sampled_from(there)
    leads = data.draw(st.lists(st.tuples(port, port), unique=True, max_size=5)) if there else []
    read = read_ports(printed(clients, leads))
    assert read.titles == {(c, p): f"{clients[c][0]}:{clients[c][1][p]}" for c, p in there}
    assert set(read.leads) == set(leads)
    assert sorted(read.names.values()) == there


def printed(clients, leads):
    """As the kernel prints."""
    lines = []
    for client, (title, ports) in enumerate(clients):
        lines.append(f'Client {client:3d} : "{title}" [User Legacy]')
        for port, called in enumerate(ports):
            lines.append(f'  Port {port:3d} : "{called}" (RWeX)')
            for way, one, other in (("Connecting To", 0, 1), ("Connected From", 1, 0)):
                others = [lead[other] for lead in leads if lead[one] == (client, port)]
                if others:
                    lines.append(f"    {way}: {', '.join(f'{c}:{p}' for c, p in others)}")
    return "\n".join(lines) + "\n"


@given(st.text())
def test_nonsense_is_no_ports(text):
    assert read_ports(text).titles == {}


class FakeLibasound:
    """Counts the clients and the forms that are there; `refused` is what it says to a connection."""

    def __init__(self, opened=0, allocated=0, refused=0):
        self.opened, self.allocated, self.refused = opened, allocated, refused
        self.clients = self.forms = 0
        self.ends, self.made = {}, []

    def snd_seq_open(self, client, name, streams, mode):
        assert (name, streams, mode) == (b"default", 3, 1)
        if self.opened == 0:
            self.clients += 1
            client._obj.value = 7
        return self.opened

    def snd_seq_close(self, client):
        assert client.value == 7
        self.clients -= 1

    def snd_seq_port_subscribe_malloc(self, form):
        if self.allocated == 0:
            self.forms += 1
            form._obj.value = 8
        return self.allocated

    def snd_seq_port_subscribe_free(self, form):
        assert form.value == 8
        self.forms -= 1

    def snd_seq_port_subscribe_set_sender(self, form, address):
        assert form.value == 8
        self.ends["from"] = (address._obj.client, address._obj.port)

    def snd_seq_port_subscribe_set_dest(self, form, address):
        assert form.value == 8
        self.ends["to"] = (address._obj.client, address._obj.port)

    def snd_seq_subscribe_port(self, client, form):
        assert (client.value, form.value) == (7, 8)
        self.made.append((self.ends["from"], self.ends["to"]))
        return self.refused


@pytest.mark.parametrize(
    ("library", "joined"),
    [
        (FakeLibasound(), True),
        (FakeLibasound(refused=-errno.EBUSY), True),
        (FakeLibasound(refused=-errno.EPERM), False),
        (FakeLibasound(opened=-errno.ENOENT), False),
        (FakeLibasound(allocated=-errno.ENOMEM), False),
    ],
)
def test_two_ports_are_connected_and_nothing_is_left_behind(library, joined):
    assert join((129, 1), (14, 0), lambda: library) == joined
    assert library.made in ([], [((129, 1), (14, 0))])
    assert bool(library.made) or not joined
    assert (library.clients, library.forms) == (0, 0)


def test_without_libasound_nothing_is_connected():
    def load():
        raise OSError("libasound.so.2: cannot open shared object file")

    assert not join((129, 0), (14, 0), load)
