"""The browser of the tests: Debian's Chromium without a screen, driven by playwright."""

import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent / "daemon" / "antiphon" / "stage" / "panel" / "page"
NAMES = ("chromium", "chromium-browser", "google-chrome")
# What the page sounds goes nowhere, but the clock of its sound runs.
OPTIONS = ["--no-sandbox", "--mute-audio"]
# Keeps what the page gives to Web Audio: [{startS, stopS (null: not yet), rate, nowS, pageS}], times of the
# AudioContext, `nowS` and `pageS` when it was given.
LISTEN = """
    window.given = [];
    const { start, stop } = AudioBufferSourceNode.prototype;
    AudioBufferSourceNode.prototype.start = function (whenS) {
      const [nowS, pageS] = [this.context.currentTime, performance.now() / 1000];
      this.given = { startS: whenS, stopS: null, rate: this.playbackRate.value, nowS, pageS };
      window.given.push(this.given);
      return start.call(this, whenS);
    };
    AudioBufferSourceNode.prototype.stop = function (whenS) {
      this.given.stopS = whenS;
      return stop.call(this, whenS);
    };
"""


@contextmanager
def chromium():
    """A browser; the test is skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("chromium is not installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=OPTIONS, headless=True)
        try:
            yield browser
        finally:
            browser.close()
