"""Everyone who is connected: what each is told, and what the daemon is asked."""

import json

from antiphon.stage.panel.hub import MOST_CLIENTS, Hub
from antiphon.stage.panel.order import FORGET, HELLO, NOW, OLD, ONE, PAST, STATE


def hub_of(asked=None):
    hub = Hub([].append if asked is None else asked.append, lambda: 5.0)
    hub.take(HELLO + b'{"type": "hello", "version": 1}')
    return hub


def told(client):
    return [json.loads(client.waiting.get_nowait()) for _ in range(client.waiting.qsize())]


def test_who_comes_is_told_hello_with_the_past_and_the_state():
    hub = hub_of()
    hub.take(OLD + b'{"type": "heard", "pitch": 60}')
    hub.take(PAST + b'{"type": "heard", "pitch": 62}')
    hub.take(STATE + b'{"type": "state"}')
    hello, state = told(hub.join())
    assert [one.get("pitch") for one in hello["history"]] == [60, 62, None]
    assert hello["version"] == 1
    assert state == {"type": "state"}


def test_what_happens_is_told_to_all_and_what_was_to_nobody():
    hub = hub_of()
    clients = [hub.join(), hub.join()]
    for client in clients:
        told(client)
    hub.take(OLD + b'{"type": "heard"}')
    hub.take(NOW + b'{"type": "back"}')
    assert [told(client) for client in clients] == [[{"type": "back"}]] * 2


def test_an_answer_goes_to_the_one_who_asked_where_it_is_still_there():
    hub = hub_of()
    first, second = hub.join(), hub.join()
    told(first), told(second)
    hub.take(ONE + f'{second.number} {{"type": "error"}}'.encode())
    hub.take(ONE + b'99 {"type": "error"}')
    assert (told(first), told(second)) == ([], [{"type": "error"}])


def test_what_was_is_forgotten_where_all_is_told_anew():
    hub = hub_of()
    hub.take(PAST + b'{"type": "heard"}')
    hub.take(FORGET)
    assert told(hub.join())[0]["history"] == []


def test_a_mistake_is_told_to_the_page_and_not_to_the_daemon():
    asked = []
    hub = hub_of(asked)
    client = hub.join()
    told(client)
    hub.hear(client, "[")
    assert told(client) == [{"type": "error", "message": "not JSON"}]
    assert asked == []


def test_the_keys_of_who_leaves_are_let_go():
    asked = []
    hub = hub_of(asked)
    client = hub.join()
    hub.hear(client, '{"type": "note", "pitch": 60, "velocity": 9, "at_s": 5.0}')
    hub.leave(client)
    assert [json.loads(one)["velocity"] for one in asked] == [9, 0]


def test_there_is_room_for_so_many():
    hub = hub_of()
    clients = [hub.join() for _ in range(MOST_CLIENTS)]
    assert hub.full
    hub.leave(clients[0])
    assert not hub.full
