"""Golden vectors of a count-in: where the bars are, when the answer sounds, and what is clicked meanwhile."""

import pytest

from antiphon.events import Clocked, ClockSignal, ControlChange, NoteOff, NoteOn, Turned
from antiphon.perform.answer_reports import Heard
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.reports import Followed, SettingChanged
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import AnswerSettings, ClickSettings, ClockSettings, TempoSettings
from antiphon.timebase import Meter
from playing import FIXED, play, rows, session

# One bar of 4/4 at 120 bpm: asked for at 0, it is heard from 0.25 to 2.25.
ONE_BAR = ClickSettings("count-in", bars=1)
FOLLOW = TempoSettings("follow", 120.0)


def counted(*, click=ONE_BAR, **changes):
    made = session(click=click, **changes)
    made.ask("count_in", 0.0)
    return made


def melody(at_s, pickup_s=0.0):
    """Four quarters from a moment on, with a pickup of a quarter before them where `pickup_s` says so."""
    before = [(at_s - pickup_s, NoteOn(60)), (at_s - 0.05, NoteOff(60))] if pickup_s else []
    after = [(at_s + 0.5 * n, at_s + 0.5 * n + 0.4, 62 + n) for n in range(4)]
    return [
        *before,
        *(one for on, off, pitch in after for one in ((on, NoteOn(pitch)), (off, NoteOff(pitch)))),
    ]


def heard_in(made):
    return [report for report in made.take_reports() if isinstance(report, Heard)]


def placed(made, events, until_s=12.0):
    """Steps of the phrase, of its answer, and when the answer's first note sounds."""
    sent = rows(play(made, events, until_s))
    (heard,) = heard_in(made)
    first_on_s = next(at_s for at_s, kind, _ in sent if kind == "on")
    steps = [note.onset_steps for note in heard.notes]
    return steps, heard.answer_start_steps, heard.answer_steps, first_on_s


@pytest.mark.parametrize("tempo", [FIXED, FOLLOW])
def test_a_pickup_after_a_count_in_is_a_pickup(tempo):
    """The bars are known, so the first note need not be the downbeat: one bar is answered by one bar."""
    assert placed(counted(tempo=tempo), melody(2.25, pickup_s=0.5)) == ([12, 16, 20, 24, 28], 48, 16, 6.25)


def test_who_is_a_little_late_and_slower_is_followed_from_the_bars_that_were_counted():
    """20 ms late, at 117.6 bpm."""
    events = [(2.27 + (at_s - 2.25) * 1.02, event) for at_s, event in melody(2.25)]
    steps, start, length, first_on_s = placed(counted(tempo=FOLLOW), events)
    assert (steps, start, length) == ([16, 20, 24, 28], 48, 16)
    assert first_on_s == pytest.approx(2.27 + 8 * 0.51, abs=0.001)


def test_an_estimate_of_half_the_tempo_is_not_believed_after_a_count_in():
    slow = [(2.25 + n, NoteOn(62 + n)) for n in range(4)]
    events = [one for at_s, on in slow for one in ((at_s, on), (at_s + 0.9, NoteOff(on.pitch)))]
    made = counted(tempo=TempoSettings("follow", 120.0))
    play(made, events, 12.0)
    (heard,) = heard_in(made)
    assert (round(heard.grid.bpm), [note.onset_steps for note in heard.notes]) == (120, [16, 24, 32, 40])


def test_trading_begins_at_the_bar_that_was_counted_to():
    """Two bars each; the pickup does not count."""
    trade = AnswerSettings("trade")
    steps, start, length, first_on_s = placed(counted(answer=trade), melody(2.25, pickup_s=0.5))
    assert (steps, start, length, first_on_s) == ([12, 16, 20, 24, 28], 48, 32, 6.25)


def test_who_does_not_heed_the_count_in_begins_bars_of_their_own():
    made = counted(tempo=FIXED)
    made.take_reports()
    play(made, melody(5.1), 12.0)
    reports = made.take_reports()
    (moved,) = [report for report in reports if isinstance(report, Followed)]
    (heard,) = [report for report in reports if isinstance(report, Heard)]
    assert (moved.at_s, moved.jumped, moved.grid.steps_at(5.1)) == (5.1, True, 48.0)
    assert [note.onset_steps for note in heard.notes] == [48, 52, 56, 60]


def test_a_click_that_goes_on_keeps_its_bars_whenever_the_player_comes_in():
    """And its tempo: with a click nobody follows the player."""
    made = counted(tempo=FOLLOW, click=ClickSettings("always", bars=1))
    steps, start, *_ = placed(made, melody(10.25, pickup_s=0.5), 16.0)
    assert (steps, start) == ([76, 80, 84, 88, 92], 112)
    made = counted(tempo=FOLLOW, click=ClickSettings("always", bars=1))
    slower = [(2.25 + (at_s - 2.25) * 1.04, event) for at_s, event in melody(2.25)]
    play(made, slower, 8.0)
    assert heard_in(made)[0].grid.bpm == 120.0


def test_notes_before_the_count_in_has_begun_count_as_at_its_beginning():
    made = counted(tempo=FIXED)
    play(made, [(0.02, NoteOn(60)), (0.1, NoteOff(60)), (0.8, NoteOn(62)), (1.2, NoteOff(62))], 6.0)
    (heard,) = heard_in(made)
    assert [note.onset_steps for note in heard.notes] == [0, 4]


def test_another_count_in_ends_what_is_under_way_and_begins_new_bars():
    """In the meter and at the tempo of the bars so far."""
    made = counted(tempo=TempoSettings("fixed", 120.0, "3/4"))
    sent = play(made, melody(1.75), 6.0)
    assert rows(sent)[-1][1] == "on"
    made.ask("count_in", 6.1)
    assert [row[1] for row in rows(made.advance(6.1))] == ["off"]
    assert made.state == "idle"
    (moved,) = [report for report in made.take_reports() if isinstance(report, Followed) and report.jumped]
    assert moved.grid.steps_at(6.35) % 12 == 0
    assert moved.ahead_steps == moved.grid.steps_at(6.35) + 12
    play(made, melody(7.85, pickup_s=0.5), 14.0)
    (heard,) = heard_in(made)
    assert (heard.notes[0].onset_steps % 12, heard.meter) == (8, Meter(3, 4))


def test_an_external_clock_counts_by_itself():
    made = session(click=ONE_BAR, clock=ClockSettings(source="midi"))
    made.ask("count_in", 0.0)
    assert (made.transport, made.requests.clicked, made.state) == (None, None, "waiting")
    for number in range(40):
        signal = "start" if number == 0 else "pulse"
        made.hear_clock(Clocked(0.5 + number / 48, ClockSignal(signal)), 0.5 + number / 48)
    assert made.requests.clicked is None
    made.ask((SettingChange("click.when", "always"),), 1.5)
    assert made.requests.clicked.transport is made.transport


def test_what_is_clicked():
    made = session(click=ONE_BAR)
    assert made.requests.clicked is None
    made.ask("count_in", 1.0)
    assert (made.requests.clicked.until_steps, made.requests.clicked.transport.grid.origin_s) == (16, 1.25)
    made.ask("panic", 1.5)
    assert made.requests.clicked is None


def test_a_click_that_was_silenced_comes_back_with_the_next_note():
    made = counted(click=ClickSettings("always"))
    for button in ("panic", "stop"):
        made.ask(button, 3.0)
        assert made.requests.clicked is None
        play(made, [(3.5, NoteOn(60)), (3.7, NoteOff(60))], 3.8)
        assert made.requests.clicked is not None


def test_the_click_is_set_by_a_button_and_by_a_setting():
    made = session(control=ControlSettings(click=37, count_in=38))
    made.turn(Turned(1.0, ControlChange(37, 127)))
    assert made.settings.click.when == "always"
    assert made.requests.clicked.until_steps == float("inf")  # there were no bars, so a count-in began
    assert made.transport.grid.origin_s == 1.25
    made.turn(Turned(2.0, ControlChange(37, 127)))
    assert made.requests.clicked is None
    changed = [r for r in made.take_reports() if isinstance(r, SettingChanged) and r.name == "click.when"]
    assert [report.value for report in changed] == ["always", "never"]
    made.turn(Turned(9.0, ControlChange(38, 127)))
    first = made.transport
    made.ask((SettingChange("click.when", "count-in"),), 12.0)
    assert made.transport != first  # who asks for a count-in gets one
