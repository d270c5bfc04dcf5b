"""The panel's server as the page sees it, scripted: its files, its takes, and a WebSocket.

It keeps what it is told. It has no port: it answers what the browser of the tests asks for.
"""

import io
import json
import math
import struct
import time
import wave

from browser import PAGE

ORIGIN = "http://panel.test/"
HEADERS = {"Content-Security-Policy": "default-src 'self'"}
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
SETTINGS = {
    "sampling.temperature": 1.0,
    "sampling.memory": 1.5,
    "shape.closeness": 0.25,
    "shape.cadence": 0.7,
    "answer.candidates": 16,
    "answer.bars": 0,
    "feel.timing": 1.0,
    "feel.dynamics": 1.0,
    "answer.mode": "answer",
    "answer.start": "bar",
    "model.name": "essen",
    "clock.source": "internal",
    "tempo.mode": "follow",
}
CONTROLS = {"temperature": 20, "memory": None, "closeness": None, "answer_now": 25}
SAMPLE = {"file": "tone.wav", "root": 69, "lowest": 0, "highest": 127, "release_s": 0.2}
INSTRUMENTS = {name: {"title": name.title(), "notes": [SAMPLE]} for name in ("piano", "flute")}
TAKE = {
    "player": [{"pitch": 60, "velocity": 80, "at_s": 0.0, "ends_s": 0.3}],
    "answer": [{"pitch": 67, "velocity": 80, "at_s": 0.4, "ends_s": 0.7}],
}
LIST = {"takes": [{"name": "first", "phrases": 1, "answers": 1, "seconds": 2.0, "model": "essen"}]}


def tone():
    """A second of A4, as a WAV file."""
    rate = 8000
    samples = [int(8000 * math.sin(2 * math.pi * 440 * at / rate)) for at in range(rate)]
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setparams((1, 2, rate, 0, "NONE", ""))
        written.writeframes(struct.pack(f"<{rate}h", *samples))
    return file.getvalue()


class FakePanel:
    """`told` are the messages of the page but for pings; `asked` its requests that change something."""

    def __init__(self, page):
        self.told = []
        self.asked = []
        self.history = []
        self.away = False
        self.take = TAKE
        self._socket = None
        page.route(f"{ORIGIN}**", self._serve)
        page.route_web_socket(ORIGIN.replace("http", "ws") + "ws", self._open)

    @property
    def now_s(self):
        return time.monotonic()

    def say(self, kind, **fields):
        self._socket.send(json.dumps({"type": kind, **fields}))

    def lose(self):
        """The connection ends, and each new one is refused until `away` is False."""
        self.away = True
        self._socket.close()

    def of(self, kind):
        return [one for one in self.told if one["type"] == kind]

    def _open(self, socket):
        if self.away:
            socket.close()
            return
        self._socket = socket
        socket.on_message(self._hear)
        fields = {"settings": SETTINGS, "controls": CONTROLS, "models": ["essen", "irish"], "ranges": {}}
        self.say("hello", version=1, history=self.history, **fields)

    def _hear(self, text):
        message = json.loads(text)
        if message["type"] == "ping":
            self.say("pong", id=message["id"], page_s=message["page_s"], daemon_s=self.now_s)
        else:
            self.told.append(message)

    def _serve(self, route):
        path = route.request.url.removeprefix(ORIGIN)
        if route.request.method == "POST":
            self.asked.append((path, route.request.post_data_json))
            route.fulfill(json={"text": "identical: 1 answer", "take": None}, headers=HEADERS)
        elif path == "takes/first.json":
            route.fulfill(json=self.take, headers=HEADERS)
        elif path in JSON:
            route.fulfill(json=JSON[path], headers=HEADERS)
        elif path == "samples/tone.wav":
            route.fulfill(body=tone(), content_type="audio/wav", headers=HEADERS)
        else:
            self._serve_file(route, {"": "index.html", "stage": "stage.html"}.get(path, path))

    def _serve_file(self, route, name):
        file = PAGE / name
        if file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix], headers=HEADERS)
        else:
            route.fulfill(status=404, body=f"there is no {name}")


JSON = {"takes.json": LIST, "samples/samples.json": {"instruments": INSTRUMENTS}}


def plan(begins_s, pitches, answer=1, note_s=0.25):
    """The fields of a plan of notes of the same length."""
    notes = [
        {
            "pitch": pitch,
            "velocity": 80,
            "at_s": begins_s + at * note_s,
            "ends_s": begins_s + (at + 0.9) * note_s,
        }
        for at, pitch in enumerate(pitches)
    ]
    symbols = [{"at_s": one["at_s"], "entropy": 1.2, "temperature": 1.0} for one in notes]
    notes = [{**one, "quoted": False} for one in notes]
    ends_s = begins_s + len(pitches) * note_s
    return {"answer": answer, "begins_s": begins_s, "ends_s": ends_s, "notes": notes, "symbols": symbols}
