"""The page as a hand uses it, with a server that is scripted."""

from itertools import pairwise

import pytest

from browser import LISTEN
from fake_panel import ORIGIN, FakePanel, plan

pytestmark = pytest.mark.live
SIZES = {"desk": (1280, 800), "phone": (360, 740)}


@pytest.fixture(params=SIZES)
def page(browser, request):
    width, height = SIZES[request.param]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("console", lambda said: keep_error(page, said))
    page.add_init_script(LISTEN)
    yield page
    assert page.troubles == []
    page.close()


@pytest.fixture
def panel(page):
    """The server of a page that is connected and has compared the clocks."""
    panel = FakePanel(page)
    page.goto(ORIGIN)
    page.locator("[data-pitch='60']").wait_for()
    page.locator("#voices select").first.wait_for(state="attached")
    page.locator("#takes li").wait_for(state="attached")
    return panel


def keep_error(page, said):
    """A refused connection is what a test asked for."""
    if said.type == "error" and "WebSocket" not in said.text:
        page.troubles.append(said.text)


def until(page, condition):
    """Waits until something holds here; the page goes on meanwhile."""
    for _ in range(400):
        if condition():
            return
        page.wait_for_timeout(25)
    raise AssertionError("waited 10 s in vain")


def given(page):
    return page.evaluate("window.given")


def sound_runs(page, panel):
    """After the first key of somebody there is sound, once its samples are loaded."""
    for _ in range(200):
        page.keyboard.press("KeyA", delay=30)
        if given(page):
            break
    assert given(page)
    page.wait_for_timeout(100)
    page.evaluate("window.given.length = 0")
    panel.told.clear()


def test_a_key_of_the_computer_is_a_note_with_its_moment(page, panel):
    before_s = panel.now_s
    page.keyboard.press("KeyA", delay=60)
    page.keyboard.press("KeyW", delay=60)
    until(page, lambda: len(panel.of("note")) == 4)
    notes = panel.of("note")
    assert [(one["pitch"], one["velocity"] > 0) for one in notes] == [
        (60, True),
        (60, False),
        (61, True),
        (61, False),
    ]
    moments = [one["at_s"] for one in notes]
    assert moments == sorted(moments)
    assert before_s - 0.5 < moments[0] < moments[-1] < panel.now_s + 0.5


def test_a_key_that_repeats_itself_is_one_note(page, panel):
    page.keyboard.down("KeyD")
    page.keyboard.down("KeyD")
    page.keyboard.up("KeyD")
    until(page, lambda: len(panel.of("note")) == 2)
    assert [one["velocity"] > 0 for one in panel.of("note")] == [True, False]


def test_z_and_x_change_the_octave_and_a_held_key_ends_its_own_note(page, panel):
    page.keyboard.down("KeyA")
    page.keyboard.press("KeyX")
    page.keyboard.up("KeyA")
    page.keyboard.press("KeyA")
    until(page, lambda: len(panel.of("note")) == 4)
    assert [one["pitch"] for one in panel.of("note")] == [60, 60, 72, 72]


def test_the_mouse_slides_over_the_piano(page, panel):
    page.locator("[data-pitch='60']").scroll_into_view_if_needed()
    first, second = (page.locator(f"[data-pitch='{pitch}']").bounding_box() for pitch in (60, 62))
    page.mouse.move(first["x"] + 5, first["y"] + first["height"] - 8)
    page.mouse.down()
    page.mouse.move(second["x"] + second["width"] / 2, second["y"] + second["height"] - 8)
    page.mouse.up()
    until(page, lambda: len(panel.of("note")) == 4)
    assert [(one["pitch"], one["velocity"] > 0) for one in panel.of("note")] == [
        (60, True),
        (60, False),
        (62, True),
        (62, False),
    ]


def test_a_page_that_loses_the_keyboard_lets_go_of_its_keys(page, panel):
    page.keyboard.down("KeyA")
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    until(page, lambda: len(panel.of("note")) == 2)
    page.keyboard.up("KeyA")
    page.keyboard.press("KeyS")
    until(page, lambda: len(panel.of("note")) == 4)
    assert [one["pitch"] for one in panel.of("note")] == [60, 60, 62, 62]


def test_a_key_sounds_at_once_and_ends(page, panel):
    sound_runs(page, panel)
    page.keyboard.press("KeyJ", delay=80)  # B4, two semitones above the sample
    until(page, lambda: given(page) and given(page)[0]["stopS"] is not None)
    (note,) = given(page)
    assert note["rate"] == pytest.approx(2 ** (2 / 12))
    assert note["startS"] == pytest.approx(note["nowS"], abs=0.05)
    assert note["stopS"] > note["startS"]


def test_an_answer_is_given_to_the_sound_ahead_of_its_moments(page, panel):
    sound_runs(page, panel)
    page.wait_for_timeout(500)
    begins_s = panel.now_s + 0.8
    panel.say("plan", **plan(begins_s, [60, 62, 64, 65]))
    until(page, lambda: len(given(page)) == 4)
    notes = given(page)
    gaps = [after["startS"] - before["startS"] for before, after in pairwise(notes)]
    assert gaps == pytest.approx([0.25] * 3, abs=0.02)
    assert all(one["stopS"] > one["startS"] > one["nowS"] for one in notes)


def test_a_cut_ends_the_sound_of_an_answer(page, panel):
    sound_runs(page, panel)
    begins_s = panel.now_s + 0.3
    panel.say("plan", **plan(begins_s, [60, 62, 64, 65], note_s=2.0))
    until(page, lambda: given(page))
    planned = given(page)[0]["stopS"]
    panel.say("cut", answer=1, at_s=begins_s + 0.5)
    until(page, lambda: given(page)[0]["stopS"] < planned - 0.5)
    page.wait_for_timeout(300)
    assert len(given(page)) == 1


def test_without_sound_here_nothing_is_sounded(page, panel):
    sound_runs(page, panel)
    page.evaluate("document.getElementById('sound-here').click()")
    page.keyboard.press("KeyA", delay=40)
    panel.say("plan", **plan(panel.now_s + 0.2, [60, 62]))
    until(page, lambda: len(panel.of("note")) == 2)
    page.wait_for_timeout(300)
    assert given(page) == []


def test_a_knob_asks_for_a_value_and_shows_what_others_turn(page, panel):
    knob = page.get_by_label("Temperature", exact=True)
    knob.focus()
    page.keyboard.press("ArrowRight")
    until(page, lambda: panel.of("set"))
    assert panel.of("set")[-1] == {"type": "set", "name": "sampling.temperature", "value": 1.05}
    page.wait_for_timeout(500)  # what is told while a hand turns the knob is passed over
    panel.say("setting", name="sampling.temperature", value=0.4)
    until(page, lambda: knob.input_value() == "0.4")


def test_a_choice_asks_for_a_value(page, panel):
    page.get_by_label("Model", exact=True).select_option("irish")
    until(page, lambda: panel.of("set"))
    assert panel.of("set") == [{"type": "set", "name": "model.name", "value": "irish"}]


@pytest.mark.parametrize(
    ("key", "button"),
    [("Space", "answer_now"), ("Backspace", "stop"), ("Escape", "panic"), ("Enter", "record")],
)
def test_a_key_presses_a_button(page, panel, key, button):
    page.keyboard.press(key)
    until(page, lambda: panel.of("press"))
    assert panel.of("press") == [{"type": "press", "button": button}]


def test_a_control_is_learned(page, panel):
    learn = page.get_by_role("button", name="Memory: no MIDI control, learn")
    learn.click()
    until(page, lambda: panel.of("learn"))
    assert panel.of("learn") == [{"type": "learn", "name": "memory"}]
    panel.say("learned", name="memory", number=74)
    page.get_by_role("button", name="Memory: MIDI control 74, learn").wait_for()


def test_learning_is_given_up(page, panel):
    page.get_by_role("button", name="Memory: no MIDI control, learn").click()
    page.keyboard.press("Escape")
    until(page, lambda: len(panel.of("learn")) == 2)
    assert panel.of("learn")[1] == {"type": "learn", "name": None}
    assert panel.of("press") == []


def test_a_lost_connection_is_said_and_comes_back(page, panel):
    page.keyboard.down("KeyA")
    panel.lose()
    notice = page.get_by_role("alert")
    notice.wait_for()
    assert "lost" in notice.text_content()
    panel.away = False
    notice.wait_for(state="hidden")
    panel.told.clear()
    page.keyboard.up("KeyA")
    page.keyboard.press("KeyS")
    until(page, lambda: len(panel.of("note")) == 2)
    assert [one["pitch"] for one in panel.of("note")] == [62, 62]


def test_a_reload_shows_the_roll_again(page, panel):
    now_s = panel.now_s
    panel.history.append({"type": "plan", **plan(now_s - 1, [60, 62, 64, 65, 67, 69], note_s=0.5)})
    page.reload()
    colours = """() => {
        const roll = document.getElementById('roll');
        const colour = getComputedStyle(roll).getPropertyValue('--answer');
        const [r, g, b] = colour.match(/[0-9a-f]{2}/g).map((two) => parseInt(two, 16));
        const { data } = roll.getContext('2d').getImageData(0, 0, roll.width, roll.height);
        for (let at = 0; at < data.length; at += 4) {
          if (data[at] === r && data[at + 1] === g && data[at + 2] === b) return true;
        }
        return false;
    }"""
    until(page, lambda: page.evaluate(colours))


def test_a_take_is_played_here_with_both_voices(page, panel):
    sound_runs(page, panel)
    page.get_by_role("button", name="Play first").click()
    until(page, lambda: len(given(page)) == 2)
    first, second = given(page)
    assert second["startS"] > first["startS"]
    assert second["rate"] / first["rate"] == pytest.approx(2 ** (7 / 12))


def test_a_take_is_answered_anew_with_the_settings_of_now(page, panel):
    page.get_by_role("button", name="Anew").click()
    until(page, lambda: panel.asked)
    path, asked = panel.asked[0]
    assert path == "takes/first/replay"
    assert asked["set"]["sampling.memory"] == 1.5
    page.get_by_text("identical: 1 answer").wait_for()


def test_space_means_now_while_a_knob_has_the_focus(page, panel):
    page.get_by_label("Memory", exact=True).focus()
    page.keyboard.press("Space")
    until(page, lambda: panel.of("press"))
    assert panel.of("press") == [{"type": "press", "button": "answer_now"}]


def test_an_answer_under_way_is_heard_after_a_reload(page, panel):
    panel.history.append({"type": "plan", **plan(panel.now_s - 1, [60] * 60, note_s=1.0)})
    page.reload()
    page.locator("#voices select").first.wait_for(state="attached")
    page.keyboard.press("KeyA")
    until(page, lambda: len(given(page)) >= 3)
    assert all(one["startS"] >= one["nowS"] - 0.2 for one in given(page))


@pytest.mark.usefixtures("panel")
def test_nothing_is_wider_than_the_page(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
