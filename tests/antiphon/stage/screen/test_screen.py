"""The screen: plain lines where there is no terminal, a picture where there is one."""

import gc
import io
import re

import pytest
from rich.console import Console

from antiphon.changes import changed
from antiphon.config import Config
from antiphon.events import GridNote, NoteOff, NoteOn, Timed
from antiphon.listen.key import Key
from antiphon.perform.answer_reports import Accompanied, Answered, Heard
from antiphon.perform.reports import (
    BarsBegun,
    ProgramChosen,
    Received,
    Released,
    Sent,
    SettingChanged,
    StateChanged,
)
from antiphon.stage.performance_state import PerformanceTracker, RecordingStatus
from antiphon.stage.screen.heard_notes import KEPT_NOTES
from antiphon.stage.screen.screen import Screen
from antiphon.timebase import Grid, Meter

PHRASE = [(0, 4, 67), (4, 4, 71), (8, 4, 71), (12, 4, 69)]
ANSWER = [(16, 8, 74), (24, 8, 67)]
GRID = Grid(120, 5.0)


class Shown:
    """A screen and the state that it reads, as the app feeds them."""

    def __init__(self, terminal, width=80, height=24, **changes):
        self.out = io.StringIO()
        console = Console(
            file=self.out, force_terminal=terminal, width=width, height=height, legacy_windows=False
        )
        self.performance = PerformanceTracker(changed(Config(), {"tempo.bpm": 120, **changes}), "chorales")
        self.performance.record(RecordingStatus("a.mid", True))
        self.screen = Screen(console, self.performance)

    def show(self, *reports):
        for report in reports:
            self.performance.hear(report)
            self.screen.show(report)

    def drawn(self, now_s, width=80):
        console = Console(file=io.StringIO(), width=width, record=True)
        console.print(self.screen.picture(now_s))
        return console.export_text()


def timed(notes):
    offs = [Timed(GRID.time_s(start + length - 0.1), NoteOff(pitch)) for start, length, pitch in notes]
    ons = [Timed(GRID.time_s(start), NoteOn(pitch)) for start, length, pitch in notes]
    return sorted(offs + ons, key=lambda one: one.at_s)


def phrase_over(shown):
    played = timed(PHRASE)
    shown.show(Received(played[0]), BarsBegun(5.0, GRID), StateChanged(5.0, "listening"))
    shown.show(*(Received(one) for one in played[1:]))
    notes = tuple(GridNote(*note) for note in PHRASE)
    shown.show(Heard(7.0, notes, Key(7, "major"), GRID, 16, 16), StateChanged(7.0, "answering"))


def answer(shown, events, late_s=0.0):
    shown.show(*(Sent(one, late_s) for one in events))


def test_off_a_terminal_one_line_is_printed_for_each_phrase_and_each_answer():
    shown = Shown(False)
    with shown.screen:
        phrase_over(shown)
        answer(shown, timed(ANSWER))
        shown.screen.tick(9.0)
        shown.show(Answered(9.0, cut=False, late_steps=0))
    assert shown.out.getvalue() == "you       G4 B4 B4 A4  (G major)\nantiphon  D5 G4\n"


def test_what_went_wrong_with_an_answer_is_said():
    shown = Shown(False)
    phrase_over(shown)
    shown.show(Answered(9.0, cut=True, late_steps=2))
    assert shown.out.getvalue().endswith("antiphon  (nothing)  (cut short, 2 too late to play)\n")


def test_a_note_that_a_dead_process_left_is_over_when_the_next_one_ends_it():
    drawings = []
    for ends in (True, False):
        shown = Shown(True, width=40)
        phrase_over(shown)
        answer(shown, timed(ANSWER)[:1])
        if ends:
            shown.show(Released(Timed(GRID.time_s(18), NoteOff(ANSWER[0][2]))))
        drawings.append([shown.drawn(GRID.time_s(step), 40).splitlines()[2:-1] for step in (20, 26)])
    ended, sounding = drawings
    assert ended[0] == ended[1]
    assert sounding[0] != sounding[1]


def test_the_picture_while_the_answer_sounds():
    shown = Shown(True, width=40)
    phrase_over(shown)
    answer(shown, timed(ANSWER)[:3], late_s=0.0004)
    assert shown.drawn(GRID.time_s(26), 40).splitlines() == [
        "answering  ·  2.3  ·  G major  ·  120 b…",
        "you ────────────────────────────────────",
        "     │               │               │  ",
        "     │               │               │  ",
        " B4  │   ▀▀▀▘▀▀▀▘    │               │  ",
        " A4  │           ▀▀▀▘│               │  ",
        " G4  ▀▀▀▘            │               │  ",
        "     │               │               │  ",
        "     1               2               3  ",
        "antiphon ───────────────────────────────",
        "     │               │               │  ",
        " D5  ▀▀▀▀▀▀▀▘        │               │  ",
        "     │               │               │  ",
        "     │               │               │  ",
        "▸G4  │       ▄▖      │               │  ",
        "     │               │               │  ",
        "     2               3               4  ",
        "late 0.4 ms, 99 of 100 within 0.4",
    ]


def test_a_note_is_seen_while_it_sounds_and_a_new_phrase_begins_an_empty_roll():
    shown = Shown(True)
    phrase_over(shown)
    shown.show(Received(Timed(GRID.time_s(32), NoteOn(60))))
    shown.show(StateChanged(GRID.time_s(32), "listening"))
    text = shown.drawn(GRID.time_s(34))
    assert "▸C4" in text
    assert "B4" not in text
    assert text.startswith("listening  ·  3.1")


def test_a_meter_that_is_heard_is_shown():
    shown = Shown(True, **{"tempo.meter": "heard", "tempo.downbeat": "heard"})
    notes = (GridNote(8, 4, 60), GridNote(12, 4, 64))
    shown.show(Heard(7.0, notes, Key(7, "major"), GRID, 24, 12, Meter(3, 4)))
    assert shown.drawn(7.0).startswith("idle  ·  1.2  ·  G major  ·  120 bpm  ·  3/4  ·  answer")


def test_a_phrase_that_was_accompanied_is_a_line_too_and_the_next_one_begins_anew():
    shown = Shown(False)
    with shown.screen:
        played = timed(PHRASE)
        shown.show(Received(played[0]), BarsBegun(5.0, GRID), StateChanged(5.0, "listening"))
        shown.show(*(Received(one) for one in played[1:]))
        shown.show(Accompanied(8.0, Key(7, "major")), StateChanged(8.0, "idle"))
        shown.show(StateChanged(10.0, "listening"))
        later = timed([(40, 4, 62)])
        shown.show(*(Received(one) for one in later), Accompanied(11.5, None), StateChanged(11.5, "idle"))
    lines = shown.out.getvalue().splitlines()
    assert lines == ["you       G4 B4 B4 A4  (G major)", "you       D4"]


def test_before_the_first_note_the_screen_asks_for_it():
    shown = Shown(True)
    assert shown.drawn(1234.5).startswith("idle  ·  play  ·  120 bpm  ·  answer  ·  chorales  ·  ● recording")


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("height", [10, 24, 60])
def test_the_picture_fits_the_terminal_whatever_is_played(width, height):
    shown = Shown(True, width, height)
    shown.show(BarsBegun(5.0, GRID))
    for step, pitch in enumerate([36, 60, 84] * 20):
        shown.show(Received(Timed(GRID.time_s(2 * step), NoteOn(pitch))))
        shown.show(Received(Timed(GRID.time_s(2 * step + 1), NoteOff(pitch))))
        lines = shown.drawn(GRID.time_s(2 * step + 1), width).splitlines()
        assert max(map(len, lines)) <= width
        assert len(lines) < max(height, 11)


def test_on_a_terminal_it_is_redrawn_only_when_it_would_differ():
    shown = Shown(True)
    with shown.screen:
        phrase_over(shown)
        shown.screen.tick(7.01)
        once = len(shown.out.getvalue())
        assert once > 0
        shown.screen.tick(7.02)
        assert len(shown.out.getvalue()) == once
        shown.screen.tick(7.2)
        assert len(shown.out.getvalue()) > once


def test_leaving_shows_the_last_moment_and_gives_the_cursor_back():
    shown = Shown(True)
    with shown.screen:
        phrase_over(shown)
        answer(shown, timed(ANSWER))
    assert "D5" in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.out.getvalue())
    assert shown.out.getvalue().rstrip().endswith("\x1b[?25h")


def test_mode_model_and_recording_are_shown_as_they_are_now():
    shown = Shown(True)
    assert "answer  ·  chorales  ·  ● recording" in shown.drawn(0.0)
    shown.show(SettingChanged(1.0, "answer.mode", "trade"))
    shown.show(SettingChanged(1.1, "answer.bars", 3))
    shown.show(ProgramChosen(1.2, 0, "mine"))
    shown.show(ProgramChosen(1.3, 7, None))
    shown.performance.record(RecordingStatus())
    assert "trade  ·  mine  ·  not recording" in shown.drawn(2.0)


def test_it_is_redrawn_ten_times_a_second_at_most():
    shown, pictures = Shown(True), 0
    with shown.screen:
        phrase_over(shown)
        for frame in range(100):
            shown.show(Sent(Timed(8.0 + 0.02 * frame, NoteOn(60 + frame % 12)), 0.0))
            before = len(shown.out.getvalue())
            shown.screen.tick(8.0 + 0.02 * frame)
            pictures += len(shown.out.getvalue()) > before
    assert 15 <= pictures <= 20


def test_an_answer_that_goes_on_for_hours_keeps_only_what_can_be_seen():
    shown = Shown(False)
    phrase_over(shown)
    for number in range(5000):
        pitch = 60 + number % 7
        answer(shown, timed([(16 + 2 * number, 2, pitch)]))
    assert len(shown.drawn(GRID.time_s(10_016))) < 80 * 40
    kept = [one for one in gc.get_objects() if isinstance(one, GridNote)]
    assert len(kept) < 2 * KEPT_NOTES
    shown.show(Answered(GRID.time_s(10_016), cut=True, late_steps=0))
    line = shown.out.getvalue().splitlines()[-1]
    assert line.startswith("antiphon  (4488 earlier notes) ")
    assert line.count(" ") < KEPT_NOTES + 10


def test_rows_are_those_of_the_notes_in_view():
    shown = Shown(True, width=40)
    phrase_over(shown)
    answer(shown, timed([(16, 2, 24), *((18 + 2 * step, 2, 60) for step in range(100))]))
    assert "C1" not in shown.drawn(GRID.time_s(218), 40)


def test_the_first_note_is_drawn_where_the_bars_begin_though_it_is_reported_before_them():
    shown = Shown(True)
    shown.show(Received(Timed(5.0, NoteOn(60))), BarsBegun(5.0, GRID), StateChanged(5.0, "listening"))
    lines = shown.drawn(GRID.time_s(4)).splitlines()
    row = next(line for line in lines if line.startswith("▸C4"))
    assert row[5] not in " │"


def test_a_phrase_that_is_taken_up_again_before_its_answer_sounds_stays_in_view():
    shown = Shown(True)
    for one in timed(PHRASE)[:1]:
        shown.show(Received(one), BarsBegun(5.0, GRID), StateChanged(5.0, "listening"))
    shown.show(*(Received(one) for one in timed(PHRASE)[1:]))
    shown.show(StateChanged(GRID.time_s(20), "answering"))
    shown.show(Received(Timed(GRID.time_s(22), NoteOn(60))), StateChanged(GRID.time_s(22), "listening"))
    text = shown.drawn(GRID.time_s(23))
    assert "▸C4" in text
    assert "B4" in text
