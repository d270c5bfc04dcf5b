"""Makes docs/panel-light.png and docs/panel-dark.png: the page in the middle of a scripted answer.

    .venv/bin/python tests/panel_pictures.py [FOLDER]

FOLDER is docs if it is not given.
"""

import sys
from pathlib import Path

from browser import chromium
from fake_panel import ORIGIN, FakePanel

QUARTER_S = 60 / 110
BAR_S = 4 * QUARTER_S
# Pitches, and lengths in quarters.
CUT_OFF = [(67, 0.5), (69, 0.5), (71, 0.5), (72, 0.5), (74, 0.5), (72, 0.5), (71, 0.5), (69, 0.5)]
PHRASE = [(67, 1), (67, 0.5), (69, 0.5), (71, 1), (74, 1), (72, 0.5), (71, 0.5), (69, 1), (67, 2)]
ANSWER = [
    (74, 0.5),
    (72, 0.5),
    (71, 1),
    (69, 0.5),
    (71, 0.5),
    (72, 1),
    (74, 0.5),
    (76, 0.5),
    (74, 1),
    (71, 1),
]
ANSWER += [(69, 0.5), (67, 0.5), (66, 1), (67, 2), (71, 0.5), (72, 0.5), (74, 1), (67, 2)]
QUOTED = range(3, 7)
ENTROPIES = [0.6, 1.7, 1.2, 0.8, 1.9, 1.4, 0.9, 2.1, 1.6, 1.1]
TEMPERATURES = [1.1, 0.9, 1.0, 1.2, 0.8]


def timed(melody, begins_s):
    """The notes of a melody as messages have them."""
    notes, at_s = [], begins_s
    for pitch, quarters in melody:
        ends_s = at_s + 0.92 * quarters * QUARTER_S
        notes.append({"pitch": pitch, "velocity": 84, "at_s": at_s, "ends_s": ends_s, "quoted": False})
        at_s += quarters * QUARTER_S
    return notes


def keys(kind, notes, until_s):
    """The messages of notes that are played, in the order of time."""
    for note in notes:
        for on, at_s in ((True, note["at_s"]), (False, note["ends_s"])):
            if at_s < until_s:
                yield kind, {"pitch": note["pitch"], "velocity": 84 * on, "on": on, "at_s": at_s}


def plan(number, notes, symbols=()):
    fields = {"begins_s": notes[0]["at_s"], "ends_s": notes[-1]["ends_s"]}
    return "plan", {"answer": number, **fields, "notes": notes, "symbols": list(symbols)}


def scene(now_s):
    """A session up to now: an answer that was cut off, a phrase of two bars, and an answer that plays."""
    bar_s = now_s - 2.35 * BAR_S
    cut_off = timed(CUT_OFF, bar_s - 0.75 * BAR_S)
    answer = timed(ANSWER, bar_s + 2 * BAR_S)
    for at in QUOTED:
        answer[at]["quoted"] = True
    symbols = [
        {"at_s": note["at_s"], "entropy": ENTROPIES[at % 10], "temperature": TEMPERATURES[at % 5]}
        for at, note in enumerate(answer)
    ]
    yield "state", state(bar_s)
    yield plan(1, cut_off)
    yield from keys("sounded", cut_off, bar_s - 0.4 * BAR_S)
    yield "cut", {"answer": 1, "at_s": bar_s - 0.4 * BAR_S}
    yield "phrase", {"begins_s": bar_s, "ends_s": bar_s + 2 * BAR_S}
    yield from keys("heard", timed(PHRASE, bar_s), now_s)
    yield plan(2, answer, symbols)
    yield from keys("sounded", answer, now_s)


def state(bar_s):
    grid = {"bar": 5, "bar_begins_s": bar_s, "quarter_s": QUARTER_S, "quarters_a_bar": 4, "beat_quarters": 1}
    told = {"key": "G major", "key_sure": 0.83, "model": "essen", "meter": "4/4", "lateness_p99_ms": 0.4}
    clock = {"bpm": 110.0, "leader": "internal", "grid": grid}
    take = {"take": "2026-03-01-103000.mid", "recording": True, "trouble": None}
    return {"state": "answering", **clock, **told, **take}


def picture(browser, scheme, path):
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
    panel = FakePanel(page)
    panel.take = {"player": timed(PHRASE, 0.0), "answer": timed(ANSWER, 2 * BAR_S)}
    page.goto(ORIGIN)
    page.locator("#takes li").wait_for()
    page.wait_for_timeout(1000)  # the clocks are compared, the small rolls drawn
    for kind, fields in scene(panel.now_s):
        panel.say(kind, **fields)
    page.wait_for_timeout(1500)  # the roll has moved to the end of the plan
    page.screenshot(path=path)
    page.close()


def main(folder):
    with chromium() as browser:
        for scheme in ("light", "dark"):
            picture(browser, scheme, Path(folder) / f"panel-{scheme}.png")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent / "docs")
