"""The process that serves the panel: without real-time priority, MIDI ports and the music's state.

Light: it imports neither numpy nor pydantic. What happens is told to it as text, which it hands on.
"""

import asyncio
import os
import socket
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any

from antiphon.stage.machine.clock import SystemClock
from antiphon.stage.machine.priority import call_this_process
from antiphon.stage.machine.terminal import leave_the_terminal
from antiphon.stage.panel.order import PanelOrder

UP = b'{"type": "up"}'
_LOOK_S = 0.02
_MOST_AT_ONCE = 64
_PING_S = 10.0


def serve(
    listening: socket.socket,
    told: "Connection[Any, Any]",
    asked: "Connection[Any, Any]",
    order: PanelOrder,
) -> None:
    """Serve on a socket until `told` closes. What pages ask for goes to `asked`, `UP` first."""
    leave_the_terminal()
    call_this_process("antiphon-panel")
    asyncio.run(_serve(listening, told, asked, order))


async def _serve(
    listening: socket.socket, told: "Connection[Any, Any]", asked: "Connection[Any, Any]", order: PanelOrder
) -> None:
    import uvicorn

    from antiphon.stage.panel.gate import Gate
    from antiphon.stage.panel.hub import Hub
    from antiphon.stage.panel.server import LONGEST_BYTES, application
    from antiphon.stage.panel.takes import Takes

    hub = Hub(asked.send_bytes, SystemClock().now_s)
    app = application(Gate(order.port, order.lan, order.token), hub, Takes(Path(order.takes)))
    config = uvicorn.Config(
        app,
        http="h11",
        ws_max_size=LONGEST_BYTES,
        ws_ping_interval=_PING_S,
        ws_ping_timeout=_PING_S,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        limit_concurrency=_MOST_AT_ONCE,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    loop = asyncio.get_running_loop()
    Thread(target=_listen, args=(told, hub, loop, server), name="told", daemon=True).start()
    starting = asyncio.create_task(_say_up(server, asked))
    await server.serve(sockets=[listening])
    starting.cancel()


async def _say_up(server: Any, asked: "Connection[Any, Any]") -> None:
    from antiphon.stage.panel.takes import lower_priority

    while not server.started:
        await asyncio.sleep(_LOOK_S)
    asked.send_bytes(UP)
    lower_priority()  # from here on: it is to be there soon


def _listen(told: "Connection[Any, Any]", hub: Any, loop: asyncio.AbstractEventLoop, server: Any) -> None:
    """Until the daemon ends: nobody is left to serve then."""
    with suppress(EOFError, OSError, RuntimeError):
        while True:
            loop.call_soon_threadsafe(hub.take, told.recv_bytes())
    server.should_exit = True
    Thread(target=_leave, name="leave", daemon=True).start()


def _leave() -> None:
    """At once where an open connection keeps the server from its end."""
    SystemClock().wait_until_s(SystemClock().now_s() + 2, exactly=False)
    os._exit(0)
