"""What others have connected to our ports is told, and made again as soon as it can be."""

from hypothesis import given
from hypothesis import strategies as st

from antiphon.stage.ports.connections import Connections

OURS = ("antiphon:in", "antiphon:out")
KEYS, SYNTH = ("keys:out", "antiphon:in"), ("antiphon:out", "synth:in")


class Bay:
    """A patch bay; `there` are the ports of others."""

    def __init__(self, *there):
        self.there, self.made = set(there), []

    def connections(self, ours):
        return tuple(pair for pair in self.made if set(pair) & set(ours))

    def connect(self, output, into):
        if {output, into} & self.there and (output, into) not in self.made:
            self.made.append((output, into))

    def unplug(self, port):
        self.there.discard(port)
        self.made = [pair for pair in self.made if port not in pair]


def watched(bay, wanted=()):
    told = []
    return Connections(bay, OURS, wanted, told.append), told


def test_what_others_connect_and_part_is_told_once():
    bay = Bay("keys:out", "synth:in")
    connections, told = watched(bay)
    connections.look()
    bay.connect(*KEYS)
    connections.look()
    connections.look()
    bay.connect(*SYNTH)
    connections.look()
    bay.unplug("keys:out")
    connections.look()
    assert told == [(KEYS,), (KEYS, SYNTH), (SYNTH,)]


def test_what_is_wanted_is_made_at_the_first_look_and_not_told_as_news():
    bay = Bay("keys:out", "synth:in")
    connections, told = watched(bay, [KEYS, SYNTH])
    assert [connections.look() for _ in range(3)] == [False, True, False]
    assert bay.made == [KEYS, SYNTH]
    assert told == []


def test_what_is_not_there_yet_is_made_when_it_returns_and_never_forgotten():
    bay = Bay("synth:in")
    connections, told = watched(bay, [KEYS, SYNTH])
    connections.look()
    assert bay.made == [SYNTH]
    assert told == []
    bay.there.add("keys:out")
    connections.look()
    assert bay.made == [SYNTH, KEYS]
    assert told == []


def test_what_was_made_again_and_is_parted_on_purpose_stays_parted():
    bay = Bay("keys:out")
    connections, told = watched(bay, [KEYS])
    connections.look()
    connections.look()  # sees that it is made
    bay.made.clear()
    connections.look()
    connections.look()
    assert bay.made == []
    assert told == [()]


@given(st.lists(st.sampled_from(["keys:out", "synth:in"])), st.sets(st.sampled_from([KEYS, SYNTH])))
def test_the_last_told_is_what_there_is_or_is_waited_for(toggled, wanted):
    bay = Bay()
    connections, told = watched(bay, sorted(wanted))
    for port in toggled:
        if port in bay.there:
            bay.unplug(port)
        else:
            bay.there.add(port)
        connections.look()
        last = told[-1] if told else tuple(sorted(wanted))
        assert set(bay.made) <= set(last) <= wanted
