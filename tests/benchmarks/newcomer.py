"""A newcomer's way: from a clone to the first answer that is heard, in seconds for each stage.

    .venv/bin/python tests/benchmarks/newcomer.py

Clones this repository into an empty folder, installs it with the README's own command, starts `antiphon
panel` there, and opens its page in Chromium without a screen. A phrase of 8 eighths is played on the keys of
the computer; the last stage ends when the first note of the answer begins in Web Audio. pip takes packages
from where it is set up to; where that is the internet, downloading is part of the second stage.

Wanted: an answer within a minute, and within 10 s from `antiphon panel` on.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from browser import LISTEN, chromium  # noqa: E402

KEYS, EIGHTH_MS = "ASDFGFDS", 272
BEGUN = """() => window.given.some((one) => one.startS < one.nowS + performance.now() / 1000 - one.pageS)"""


class Stages:
    """The time of each stage, and what the whole way took."""

    def __init__(self):
        self.begun_s = self.since_s = time.perf_counter()

    def over(self, name):
        now_s = time.perf_counter()
        print(f"{name:<40} {now_s - self.since_s:6.1f} s")
        self.since_s = now_s


def readme_command():
    """The first command of the README, but for what it runs at the end."""
    text = (ROOT / "README.md").read_text("utf-8")
    (command,) = re.findall(
        r"^(python3 -m venv .* && \S+pip install \.) && \S+antiphon demo$", text, re.MULTILINE
    )
    return command


@contextmanager
def panel(folder):
    """Gives the address of the panel of the clone."""
    words = ["panel", "--no-browser", "--port", "0", "--client-name", "antiphon-newcomer"]
    process = subprocess.Popen(
        [folder / ".venv" / "bin" / "antiphon", *words],
        cwd=folder,
        env={**os.environ, "XDG_RUNTIME_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield json.loads(process.stdout.readline())["address"]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def play(page):
    for key in KEYS:
        page.keyboard.press(f"Key{key}", delay=EIGHTH_MS * 0.8)
        page.wait_for_timeout(EIGHTH_MS * 0.2)
    page.evaluate("window.given.length = 0")


def main():
    print(f"load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as place, chromium() as browser:
        stages, folder = Stages(), Path(place) / "antiphon"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
        stages.over("git clone (from this disk)")
        subprocess.run(readme_command(), shell=True, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        stages.over("python3 -m venv … && pip install .")
        with panel(folder) as address:
            stages.over("antiphon panel, until its address is said")
            page = browser.new_page()
            page.add_init_script(LISTEN)
            page.goto(address)
            page.locator("#state", has_text="idle").wait_for(timeout=120_000)
            stages.over("the page, until it is ready")
            play(page)
            stages.over("a phrase of 8 eighths")
            page.wait_for_function(BEGUN, timeout=120_000)
            stages.over("until the answer sounds")
        print(f"{'all':<40} {stages.since_s - stages.begun_s:6.1f} s")


if __name__ == "__main__":
    main()
