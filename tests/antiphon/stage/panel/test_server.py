"""The server over real HTTP messages in memory: what is served, and who is turned away."""

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from antiphon.stage.panel.gate import Gate
from antiphon.stage.panel.hub import Hub
from antiphon.stage.panel.order import HELLO
from antiphon.stage.panel.server import application
from antiphon.stage.panel.takes import Takes

HOST = "127.0.0.1:8317"
OURS = {"Origin": f"http://{HOST}"}


def client_of(tmp_path: Path, asked=None, token=""):
    hub = Hub([].append if asked is None else asked.append, lambda: 5.0)
    hub.take(HELLO + b'{"type": "hello"}')
    app = application(Gate(8317, bool(token), token), hub, Takes(tmp_path / "takes"))
    return TestClient(app, base_url=f"http://{HOST}")


def test_the_page_is_served_strictly(tmp_path):
    answer = client_of(tmp_path).get("/")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == "default-src 'self'"
    assert "<title>Antiphon" in answer.text


def test_it_says_that_it_is_well(tmp_path):
    assert client_of(tmp_path).get("/health").json() == {"ok": True, "playing": False}


@pytest.mark.parametrize("headers", [{"Host": "evil.com:8317"}, {"Origin": "http://evil.com"}])
def test_another_page_and_another_name_are_turned_away(tmp_path, headers):
    assert client_of(tmp_path).get("/health", headers=headers).status_code == 403


def test_a_page_can_only_post_from_here(tmp_path):
    client = client_of(tmp_path)
    assert client.post("/takes/x/replay", json={}).status_code == 403
    assert client.post("/takes/x/replay", content="{}", headers=OURS).status_code == 415
    assert client.post("/takes/x/replay", json={}, headers=OURS).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/takes/..%2f..%2fetc%2fpasswd.mid",
        "/takes/.hidden.mid",
        "/takes/none.json",
        "/../order.py",
        "/%2e%2e/order.py",
        "/samples/../../config.py",
    ],
)
def test_nothing_of_the_disk_is_read_but_by_name(tmp_path, path):
    assert client_of(tmp_path).get(path).status_code == 404


def test_samples_are_served(tmp_path):
    assert "instruments" in client_of(tmp_path).get("/samples/samples.json").json()


def test_without_a_folder_there_are_no_takes(tmp_path):
    assert client_of(tmp_path).get("/takes.json").json() == {"takes": []}


def test_a_page_is_greeted_and_heard(tmp_path):
    asked = []
    with client_of(tmp_path, asked).websocket_connect(f"ws://{HOST}/ws", headers=OURS) as socket:
        assert socket.receive_json() == {"type": "hello", "history": []}
        socket.send_json({"type": "note", "pitch": 60, "velocity": 80, "at_s": 4.9})
        socket.send_json({"type": "ping", "id": 1, "page_s": 0.5})
        assert socket.receive_json()["daemon_s"] == 5.0
    assert [json.loads(one)["velocity"] for one in asked] == [80, 0]


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://evil.com"}, {"Host": "evil.com:8317", **OURS}])
def test_a_socket_of_another_page_is_refused(tmp_path, headers):
    client = client_of(tmp_path)
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(f"ws://{HOST}/ws", headers=headers):
        pass


def read_to_the_end(socket):
    while True:
        socket.receive_json()


def test_a_flood_is_cut_off(tmp_path):
    client = client_of(tmp_path)
    with client.websocket_connect(f"ws://{HOST}/ws", headers=OURS) as socket:
        for _ in range(300):
            socket.send_text("[")
        with pytest.raises(WebSocketDisconnect):
            read_to_the_end(socket)


def test_on_the_network_the_token_is_asked_for_once(tmp_path):
    client = client_of(tmp_path, token="secret")
    assert client.get("/health").status_code == 403
    assert client.get("/?token=wrong").status_code == 403
    assert client.get("/?token=secret").status_code == 200
    assert client.get("/health").status_code == 200
