"""Who is let through: by Host, Origin and token."""

import pytest

from antiphon.stage.panel.gate import Gate, tokens

PORT = 8317


@pytest.mark.parametrize("host", ["127.0.0.1:8317", "localhost:8317", "[::1]:8317"])
def test_this_machine_is_known_and_so_is_its_own_page(host):
    assert Gate(PORT).knows_host(host)
    assert Gate(PORT).knows_origin(f"http://{host}", host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.com:8317",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1.evil.com:8317",
        "a@127.0.0.1:8317",
        "[::1",
        "192.168.0.9:8317",
        "127.0.0.1:8317/x",
    ],
)
def test_other_names_and_ports_are_not(host):
    assert not Gate(PORT).knows_host(host)


@pytest.mark.parametrize(
    "origin", ["", "null", "http://evil.com", "https://127.0.0.1:8317", "http://localhost:8317"]
)
def test_another_page_is_not_ours(origin):
    assert not Gate(PORT).knows_origin(origin, "127.0.0.1:8317")


def test_on_the_network_an_address_is_known_but_no_name():
    gate = Gate(PORT, lan=True, token="secret")
    assert gate.knows_host("192.168.0.9:8317")
    assert not gate.knows_host("panel.evil.com:8317")


def test_the_token_is_in_the_address_or_in_the_cookie():
    gate = Gate(PORT, lan=True, token="secret")
    assert gate.has_token("token=secret", {})
    assert gate.has_token("", {gate.cookie: "secret"})
    assert not gate.has_token("", {})
    assert not gate.has_token("token=secre", {gate.cookie: "secrets"})
    assert not gate.has_token("token=\udcff", {})
    assert Gate(PORT).has_token("", {})


def test_a_query_with_too_many_fields_has_no_token():
    assert tokens("&".join(f"token={number}" for number in range(100))) == []
