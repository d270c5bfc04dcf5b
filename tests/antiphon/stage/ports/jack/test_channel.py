"""Values between two processes: whole ones, however they are cut, and the end of the other side."""

import os
import socket

import pytest

from antiphon.stage.ports.jack.channel import Channel


@pytest.fixture
def ends():
    """Two channels of one socket; whoever closes one does it through `Channel`."""
    one, other = socket.socketpair()
    return Channel(one.detach()), Channel(other.detach())


def test_values_arrive_whole_and_in_order(ends):
    one, other = ends
    values = [("survey", "a:in"), (None, "no such port", 3), ("x" * 100_000, 1.5, True)]
    for value in values:
        one.send(value)
    assert [other.receive(1) for _ in values] == values
    assert other.receive(0) is None


def test_half_a_value_is_not_there_yet(ends):
    one, other = ends
    one.send(("a", "b"))
    data = os.read(other._descriptor, 100)
    os.write(one._descriptor, data[:3])
    assert other.receive(0) is None
    os.write(one._descriptor, data[3:])
    assert other.receive(0) == ("a", "b")


def test_the_end_of_the_other_side_is_told(ends):
    one, other = ends
    one.send(("last",))
    one.close()
    assert other.receive() == ("last",)
    with pytest.raises(EOFError):
        other.receive()
