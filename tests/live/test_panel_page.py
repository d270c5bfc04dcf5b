"""The whole way of somebody without a MIDI system: `antiphon panel`, a browser, the computer's keyboard.

The pictures lie in the folder that SCREENSHOTS names, or in build/panel.
"""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from browser import LISTEN
from live.house import wait_for

pytestmark = pytest.mark.live
ROOT = Path(__file__).parent.parent.parent
PICTURES = Path(os.environ.get("SCREENSHOTS", ROOT / "build" / "panel"))
SIZES = {"desk": (1280, 800), "phone": (360, 740)}
PHRASE = ("KeyA", "KeyS", "KeyD", "KeyF", "KeyG", "KeyF", "KeyD", "KeyS")
EIGHTH_MS = 270
WAIT_MS = 60_000
# Keeps each text of the state and of what a screen reader is told: a busy machine would miss the short ones.
KEEP_TEXTS = """() => {
  window.said = [];
  for (const id of ["state", "told"]) {
    const element = document.getElementById(id);
    const keep = () => window.said.push(element.textContent);
    new MutationObserver(keep).observe(element, { childList: true, characterData: true, subtree: true });
  }
}"""

# How many of the notes that were given have begun, by the clock of the sound.
SOUNDING = """() => window.given.filter(
  (one) => one.startS < one.nowS + performance.now() / 1000 - one.pageS
).length"""


@pytest.fixture
def panel(tmp_path):
    """A panel on a free port, with its daemon; gives its address."""
    command = [sys.executable, "-m", "antiphon", "panel", "--no-browser", "--port", "0"]
    command += ["--take-dir", str(tmp_path / "takes")]
    surroundings = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    surroundings.pop("JACK_DEFAULT_SERVER", None)
    log = (tmp_path / "panel.log").open("w")
    process = subprocess.Popen(
        command, env=surroundings, cwd=tmp_path, stdout=subprocess.PIPE, stderr=log, text=True
    )
    try:
        line = process.stdout.readline()
        assert line, (tmp_path / "panel.log").read_text()
        yield json.loads(line)["address"]
        assert process.poll() is None, (tmp_path / "panel.log").read_text()
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


@pytest.fixture(params=SIZES)
def page(browser, panel, request):
    """The page of the panel, on a desk and on a phone; `shoot` takes a picture."""
    width, height = SIZES[request.param]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(WAIT_MS)
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.add_init_script(LISTEN)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.shoot = lambda name: page.screenshot(path=PICTURES / f"{name}-{request.param}.png")
    page.goto(panel)
    page.locator("#voices select").first.wait_for(state="attached")
    page.locator("#state", has_text="idle").wait_for()
    keep_texts(page)
    yield page
    assert page.troubles == []
    page.close()


def until(page, condition, what):
    wait_for(lambda: page.wait_for_timeout(30) or condition(), what)


def keep_texts(page):
    """What the page says from now on is kept for `said`."""
    page.evaluate(KEEP_TEXTS)


def said(page, text):
    until(page, lambda: any(text in one for one in page.evaluate("window.said")), f"the page to say: {text}")


def given(page):
    return page.evaluate("window.given")


def play_phrase(page):
    for key in PHRASE:
        page.keyboard.press(key, delay=EIGHTH_MS * 0.8)
        page.wait_for_timeout(EIGHTH_MS * 0.2)


def answered(page):
    """Plays a phrase until its answer sounds; what was given to Web Audio since is the answer's.

    Notes are given ahead: before the first sounds, playing on would only take the phrase up again. The answer
    is long, so that a busy machine still meets it.
    """
    page.get_by_label("Length", exact=True).fill("8")
    play_phrase(page)
    page.evaluate("window.given.length = 0")
    said(page, "answering")
    until(page, lambda: page.evaluate(SOUNDING) >= 2, "notes of the answer that sound")


def test_a_phrase_is_answered_seen_and_heard(page):
    answered(page)
    page.shoot("answering")
    notes = given(page)
    assert all(one["stopS"] > one["startS"] for one in notes)
    assert [one["startS"] for one in notes] == sorted(one["startS"] for one in notes)
    said(page, "planned")


def test_playing_on_cuts_the_answer_off(page):
    answered(page)
    keep_texts(page)
    page.keyboard.press("KeyA", delay=200)
    said(page, "listening")
    said(page, "cut off")
    page.shoot("cut")


def test_a_knob_turns_a_setting_that_a_reload_shows(page):
    knob = page.get_by_label("Temperature", exact=True)
    before = float(knob.input_value())
    knob.focus()
    page.keyboard.press("ArrowRight")
    turned = float(knob.input_value())
    assert turned > before
    page.wait_for_timeout(500)
    page.reload()
    page.locator("#state", has_text="idle").wait_for()
    until(page, lambda: float(knob.input_value()) == turned, "the knob where it was turned to")


def test_a_take_is_listed_and_played_with_both_voices(page):
    answered(page)
    page.keyboard.press("Backspace")
    said(page, "idle")
    page.get_by_role("button", name="New take", exact=True).click()
    play = page.get_by_role("button", name=re.compile("^Play ")).last
    play.wait_for(state="attached")
    until(page, lambda: "answer" in page.locator("#takes li").last.text_content(), "the facts of the take")
    page.evaluate("window.given.length = 0")
    play.click()
    until(page, lambda: len(given(page)) > len(PHRASE), "the notes of the take")
    page.shoot("take")


def test_a_reload_shows_what_was_played_and_holds_no_key(page):
    play_phrase(page)
    page.keyboard.down("KeyA")
    page.reload()
    # A key that stayed down would keep the phrase, and so the session, from ending.
    until(page, lambda: page.locator("#state").text_content() == "idle", "the session to be idle")
    page.shoot("reloaded")


def test_a_lost_connection_is_said_and_found_again(browser, panel):
    page = browser.new_page()
    sockets = []

    def between(socket):
        sockets.append(socket)
        if len(sockets) == 2:
            socket.close()
        else:
            socket.connect_to_server()

    page.route_web_socket(re.compile(r"/ws$"), between)
    page.goto(panel)
    page.locator("#state", has_text="idle").wait_for()
    sockets[0].close()
    notice = page.get_by_role("alert")
    notice.wait_for()
    assert "lost" in notice.text_content()
    notice.wait_for(state="hidden")
    keep_texts(page)
    page.keyboard.press("KeyA", delay=200)
    said(page, "answering")
    page.close()
