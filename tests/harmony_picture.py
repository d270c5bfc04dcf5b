"""Makes docs/harmony.png: the panel's roll with an answer with parts over chords, after a phrase with chords.

    .venv/bin/python tests/harmony_picture.py [FOLDER]

FOLDER is docs if it is not given. The parts are what the program plays under the melody of the picture.
"""

import sys
from pathlib import Path

from antiphon.compose.harmony.plan import ChordPlan
from antiphon.events import GridNote, PlayedNote
from antiphon.harmony.chord import Chord
from antiphon.harmony.progression import Progression
from antiphon.listen.feel_grid import FeelGrid
from antiphon.perform.answer.parts import Parts
from antiphon.perform.answer.touch import Touch
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.timebase import Grid, Meter
from browser import chromium
from fake_panel import ORIGIN, FakePanel
from panel_pictures import ANSWER, BAR_S, PHRASE, QUARTER_S, keys, plan, state, timed

G, C, D, EM = Chord(7), Chord(0), Chord(2), Chord(4, True)
PLAYED = ("G", "C", "D7", "G")  # with the phrase, a half bar each
PLANNED = (G, C, G, D, EM, C, D, G)
BARS = 4


def parts(begins_s):
    """The notes of bass, chords and second voice under the answer, as messages have them."""
    grid = Grid(60 / QUARTER_S, begins_s)
    chords = ChordPlan(Progression.of_slots(0.0, 2.0, PLANNED))
    touch = Touch(FeelGrid.of(grid, Meter()), 84, 0.9)
    harmony = HarmonySettings(bass=True, chords=True, second_voice=True, pattern="boom-chick")
    made, melody, at = Parts(harmony, chords, touch, 0, 16 * BARS), [], 0
    for note, (pitch, quarters) in zip(timed(ANSWER, begins_s), ANSWER, strict=True):
        steps = round(4 * quarters)
        played = PlayedNote(pitch, note["velocity"], note["at_s"], note["ends_s"])
        melody.append((GridNote(at, steps, pitch), played))
        at += steps
    for part, note in made.foreseen(melody, 16 * BARS, grid, float("-inf")):
        span = {"at_s": note.onset_s, "ends_s": note.release_s}
        yield {"pitch": note.pitch, "velocity": note.velocity, **span, "quoted": False, "part": part}


def named(names, begins_s):
    return [{"at_s": begins_s + 0.5 * BAR_S * at, "name": name} for at, name in enumerate(names)]


def scene(now_s):
    """A phrase of two bars with chords, and an answer that plays."""
    bar_s = now_s - 2.6 * BAR_S
    answer_s = bar_s + 2 * BAR_S
    answer, under = timed(ANSWER, answer_s), sorted(parts(answer_s), key=lambda note: note["at_s"])
    yield "state", state(bar_s)
    for part in ("bass", "chords", "second_voice"):
        yield "setting", {"name": f"harmony.{part}", "value": True}
    yield "phrase", {"begins_s": bar_s, "ends_s": answer_s}
    yield from keys("heard", timed(PHRASE, bar_s), now_s)
    yield "chords", {"chords": named(PLAYED, bar_s), "ends_s": answer_s}
    kind, fields = plan(2, [*answer, *under])
    chords = named([chord.name for chord in PLANNED], answer_s)
    yield kind, {**fields, "ends_s": answer_s + BARS * BAR_S, "chords": chords}
    for note in [*answer, *under]:
        for _, told in keys("sounded", [note], now_s):
            yield "sounded", {**told, "part": note.get("part", "")}


def main(folder):
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
        panel = FakePanel(page)
        page.goto(ORIGIN)
        page.wait_for_timeout(1000)  # the clocks are compared
        for kind, fields in scene(panel.now_s):
            panel.say(kind, **fields)
        page.wait_for_timeout(1500)  # the roll has moved to the end of the plan
        page.locator("#music").screenshot(path=Path(folder) / "harmony.png")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent / "docs")
