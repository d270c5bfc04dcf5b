"""The language of the control socket: what may be asked, and that nothing else is understood."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import WrongUse
from antiphon.stage.control.protocol import (
    Command,
    Done,
    Refused,
    SetOne,
    read_reply,
    read_request,
    write_reply,
    write_request,
)

scalars = st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
scalars |= st.text(max_size=20)
values = scalars | st.lists(scalars, max_size=4) | st.dictionaries(st.text(max_size=4), scalars, max_size=4)
requests = st.builds(
    Command, st.sampled_from(["status", "panic", "again", "motif", "reload", "stop"])
) | st.builds(SetOne, st.text(max_size=40), values)


@given(requests)
def test_what_is_asked_is_what_is_understood(request):
    line = write_request(request)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    understood = read_request(line)
    assert understood == request
    if isinstance(request, SetOne):
        assert type(understood.value) is type(request.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_a_told_mistake(line):
    with contextlib.suppress(WrongUse):
        assert isinstance(read_request(line), Command | SetOne)


anything = st.recursive(
    st.none() | scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner)
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("command", "name", "value", "x"), anything)))
def test_any_object_is_a_request_or_a_told_mistake(given_one):
    line = json.dumps(given_one).encode()
    try:
        understood = read_request(line)
    except WrongUse:
        return
    assert {key: getattr(understood, key) for key in given_one} == given_one


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        (b"", "Invalid JSON"),
        (b"[" * 60_000, "recursion limit exceeded"),
        (b"[]", "an object"),
        (b"{}", "command must be status, set, panic, again, motif, reload or stop"),
        (b'{"command": "dance"}', "command must be status, set, panic, again, motif, reload or stop"),
        (b'{"command": "stop", "x": 1}', "x: Unexpected keyword argument"),
        (b'{"command": "set", "name": "a"}', "value: Field required"),
        (b'{"command": "set", "name": 1, "value": 1}', "name: a valid string"),
        (b'{"command": "set", "name": "a", "value": null}', "value must be true or false, a number"),
        (b'{"command": "set", "name": "a", "value": NaN}', "value must be true or false, a number"),
        (b'{"command": "set", "name": "a", "value": [[1]]}', "value must be true or false, a number"),
        (b'{"command": "set", "name": "a", "value": ' + b"9" * 6000 + b"}", "number out of range"),
    ],
)
def test_what_is_no_request_is_told(line, mistake):
    with pytest.raises(WrongUse) as told:
        read_request(line)
    assert mistake in told.value.message


def test_replies():
    for reply in (Done(), Done({"status": {"pid": 1}}), Refused("tempo.bpm must be less")):
        line = write_reply(reply)
        assert line.count(b"\n") == 1
        assert read_reply(line) == reply
    assert json.loads(write_reply(Refused("two\nlines"))) == {"ok": False, "error": "two lines"}
    assert len(write_reply(Refused("x" * 70_000))) < 600


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b'{"ok": 1}', b"\xff", b"null"])
def test_what_is_no_reply_is_a_value_error(line):
    with pytest.raises(ValueError):  # noqa: PT011 - three kinds of it
        read_reply(line)
