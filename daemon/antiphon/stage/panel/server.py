"""The panel's server: the page, its WebSocket, the takes and the samples. Runs in a process of its own."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from antiphon.stage.panel.client import Client, Hostile
from antiphon.stage.panel.gate import Gate, tokens
from antiphon.stage.panel.hub import Hub
from antiphon.stage.panel.takes import Refused, Takes

PAGE = Path(__file__).parent / "page"
SAMPLES = Path(__file__).parents[1] / "sound" / "samples"
LONGEST_BYTES = 4096
_POLICY = 1008
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-cache",
}

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def application(gate: Gate, hub: Hub, takes: Takes) -> "Guarded":
    """Everything that is served, behind the gate."""
    web = _Web(gate, hub, takes)
    routes = [
        Route("/", web.page),
        Route("/stage", web.stage),
        Route("/health", web.health),
        Route("/takes.json", web.takes_list),
        Route("/takes/{name}.mid", web.take_file),
        Route("/takes/{name}.json", web.take_notes),
        Route("/takes/{name}/replay", web.replay, methods=["POST"]),
        WebSocketRoute("/ws", web.socket),
        Mount("/samples", StaticFiles(directory=SAMPLES)),
        Mount("/", StaticFiles(directory=PAGE)),
    ]
    return Guarded(Starlette(routes=routes, exception_handlers={Refused: _refused}), gate)


class Guarded:
    """Lets nothing through that the gate does not know, and adds the headers that keep a browser strict."""

    def __init__(self, app: Starlette, gate: Gate) -> None:
        self._app, self._gate = app, gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif (why := self._refused(scope)) is None:
            await self._app(scope, receive, self._strict(scope, send))
        elif scope["type"] == "websocket":
            await WebSocket(scope, receive, send).close(_POLICY)
        else:
            await PlainTextResponse(why, 403, _HEADERS)(scope, receive, send)

    def _refused(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin", "")
        if not self._gate.knows_host(host):
            return "open the panel at the address that Antiphon shows"
        asks = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        if (origin or not asks) and not self._gate.knows_origin(origin, host):
            return "only the panel's own page may ask this"
        if not self._gate.has_token(scope["query_string"].decode("latin-1"), _cookies(headers)):
            return "the address needs the token that Antiphon shows"
        return None

    def _strict(self, scope: Scope, send: Send) -> Send:
        given = tokens(scope["query_string"].decode("latin-1"))

        async def strict(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                if given:
                    cookie = f"{self._gate.cookie}={given[0]}; Path=/; HttpOnly; SameSite=Strict"
                    headers.append("Set-Cookie", cookie)
            await send(message)

        return strict


def _cookies(headers: Headers) -> dict[str, str]:
    cookies: SimpleCookie = SimpleCookie()
    with suppress(CookieError):
        cookies.load(headers.get("cookie", ""))
    return {name: one.value for name, one in cookies.items()}


async def _refused(_: Request, refused: Exception) -> Response:
    return JSONResponse({"error": str(refused)}, getattr(refused, "status", 400))


class _Web:
    def __init__(self, gate: Gate, hub: Hub, takes: Takes) -> None:
        self._gate, self._hub, self._takes = gate, hub, takes

    async def page(self, _: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    async def stage(self, _: Request) -> Response:
        return FileResponse(PAGE / "stage.html")

    async def health(self, _: Request) -> Response:
        return JSONResponse({"ok": True, "playing": self._hub.playing})

    async def takes_list(self, _: Request) -> Response:
        return JSONResponse({"takes": await self._takes.listed()})

    async def take_file(self, request: Request) -> Response:
        path = await self._takes.path(request.path_params["name"])
        return FileResponse(path, media_type="audio/midi", filename=path.name)

    async def take_notes(self, request: Request) -> Response:
        return JSONResponse(await self._takes.notes(request.path_params["name"]))

    async def replay(self, request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            raise Refused("Content-Type must be application/json", 415)
        asked = await _short_body(request)
        return JSONResponse(await self._takes.replay(request.path_params["name"], asked))

    async def socket(self, socket: WebSocket) -> None:
        if self._hub.full:
            await socket.close(_POLICY)
            return
        await socket.accept()
        client = self._hub.join()
        sending = asyncio.create_task(_send(socket, client))
        hearing = asyncio.create_task(self._hear(socket, client))
        try:
            await asyncio.wait((sending, hearing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.leave(client)
            for task in (sending, hearing):
                task.cancel()
            with suppress(Exception):
                await asyncio.wait_for(socket.close(_POLICY if client.stuck else 1000), 1)

    async def _hear(self, socket: WebSocket, client: Client) -> None:
        with suppress(WebSocketDisconnect, Hostile, KeyError, RuntimeError):  # KeyError: it sent bytes
            while not client.stuck:
                self._hub.hear(client, await socket.receive_text())


async def _send(socket: WebSocket, client: Client) -> None:
    with suppress(WebSocketDisconnect, RuntimeError, OSError):
        while not client.stuck and (text := await client.waiting.get()) is not None:
            await socket.send_text(text)


async def _short_body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_BYTES:
            raise Refused(f"a request is at most {LONGEST_BYTES} bytes long", 413)
    return body
