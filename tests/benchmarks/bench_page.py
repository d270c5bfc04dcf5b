"""How evenly the panel's page plays: keys on their way to the session, and answers on their way to Web Audio.

    .venv/bin/python tests/benchmarks/bench_page.py [PHRASES]

A script in Chromium plays phrases of 8 eighths and notes the moment of each key by the page's clock; the
session's `heard` says when it heard it. The moments of an answer's notes in Web Audio are held against its
plan. Wanted: keys within ±5 ms (p99), answers within ±2 ms. Between two clocks only what changes can be
measured, so each is the distance from the median of its phrase.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from browser import LISTEN, chromium

KEYS = "ASDFGFDS"
PLAY = """async (codes) => {
  const moments = [];
  const begins = performance.now() + 300;
  const key = (kind, code) => {
    moments.push([kind, performance.now() / 1000]);
    document.body.dispatchEvent(new KeyboardEvent(kind, { code, key: "", bubbles: true }));
  };
  for (const [at, code] of codes.entries()) {
    for (const [kind, after] of [["keydown", 0], ["keyup", 220]]) {
      await new Promise((done) => setTimeout(done, begins + at * 272 + after - performance.now()));
      key(kind, code);
    }
  }
  return moments.filter(([kind]) => kind === "keydown").map(([, atS]) => atS);
}"""


def start(folder):
    """The process of a panel, and its address."""
    command = [sys.executable, "-m", "antiphon", "panel", "--no-browser", "--port", "0", "--take-dir", folder]
    environment = {**os.environ, "XDG_RUNTIME_DIR": folder}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    return process, json.loads(process.stdout.readline())["address"]


def said(messages, kind):
    return [one for one in messages if one["type"] == kind]


def phrase(page, messages):
    """Plays one and waits for its answer; gives the distances of keys and of notes."""
    messages.clear()
    page.evaluate("window.given.length = 0")
    played = page.evaluate(PLAY, [f"Key{key}" for key in KEYS])
    page.evaluate("window.given.length = 0")
    heard = [one["at_s"] for one in said(messages, "heard") if one["on"]]
    keys = [at - moment for at, moment in zip(heard, played, strict=False)]
    page.locator("#state", has_text="answering").wait_for()
    page.locator("#state", has_text="idle").wait_for()
    newest = said(messages, "plan")[-1]
    planned = sorted(one["at_s"] for one in newest["notes"])
    given = sorted(one["startS"] for one in page.evaluate("window.given"))
    return keys, [at - moment for at, moment in zip(given[-len(planned) :], planned, strict=False)]


def off_ms(distances):
    middle = statistics.median(distances)
    return [1000 * abs(one - middle) for one in distances]


def shown(name, values):
    values = sorted(values)
    p99 = values[min(len(values) - 1, int(0.99 * len(values)))]
    print(f"{name}: {len(values)} moments, median {statistics.median(values):.2f} ms, p99 {p99:.2f} ms")


def main(phrases):
    with tempfile.TemporaryDirectory(prefix="page-") as folder, chromium() as browser:
        process, address = start(folder)
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(120_000)
            messages = []
            page.on(
                "websocket",
                lambda socket: socket.on("framereceived", lambda it: messages.append(json.loads(it))),
            )
            page.add_init_script(LISTEN)
            page.goto(address)
            page.locator("#voices select").first.wait_for(state="attached")
            page.keyboard.press("KeyA", delay=100)
            page.locator("#state", has_text="answering").wait_for()
            page.locator("#state", has_text="idle").wait_for()
            keys, notes = [], []
            for _ in range(phrases):
                played, given = phrase(page, messages)
                keys += off_ms(played)
                notes += off_ms(given)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    shown("keys to the session", keys)
    shown("notes to Web Audio", notes)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
