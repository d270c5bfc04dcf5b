"""The browser of the tests: Debian's Chromium without a screen, driven by playwright."""

import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent / "daemon" / "antiphon" / "stage" / "panel" / "page"
NAMES = ("chromium", "chromium-browser", "google-chrome")
# Sound goes nowhere, but its clock runs; no user has to touch the page before it does, save where a test says so.
OPTIONS = ["--no-sandbox", "--mute-audio"]


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
