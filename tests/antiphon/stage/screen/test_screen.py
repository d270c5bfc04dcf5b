"""The screen: plain lines where there is no terminal, a picture where there is one."""

import io
import re

import pytest
from rich.console import Console

from antiphon.events import GridNote, NoteOff, NoteOn, Timed
from antiphon.listen.key import Key
from antiphon.perform.reports import (
    Answered,
    Heard,
    KnobTurned,
    ProgramChosen,
    Received,
    Released,
    Sent,
    StateChanged,
)
from antiphon.stage.lateness import percentile
from antiphon.stage.screen.screen import Screen, bar_and_beat, window
from antiphon.timebase import Grid, Meter

CALL = [(0, 4, 67), (4, 4, 71), (8, 4, 71), (12, 4, 69)]
ANSWER = [(16, 8, 74), (24, 8, 67)]
GRID = Grid(120, 5.0)


def screen_of(terminal, width=80, height=24, meter="4/4"):
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=width, height=height, legacy_windows=False)
    return Screen(console, 120, Meter.parse(meter), "chorales"), out


def timed(notes):
    offs = [Timed(GRID.time_s(start + length - 0.1), NoteOff(pitch)) for start, length, pitch in notes]
    ons = [Timed(GRID.time_s(start), NoteOn(pitch)) for start, length, pitch in notes]
    return sorted(offs + ons, key=lambda one: one.at_s)


def call_over(screen):
    played = timed(CALL)
    screen.show(Received(played[0]))
    screen.show(StateChanged(5.0, "listening"))
    for one in played[1:]:
        screen.show(Received(one))
    notes = tuple(GridNote(*note) for note in CALL)
    screen.show(Heard(7.0, notes, Key(7, "major"), GRID, 16, 16))
    screen.show(StateChanged(7.0, "answering"))


def answer(screen, events, late_s=0.0):
    for one in events:
        screen.show(Sent(one, late_s))


def drawn(screen, now_s, width=80):
    console = Console(file=io.StringIO(), width=width, record=True)
    console.print(screen.picture(now_s))
    return console.export_text()


def test_off_a_terminal_a_line_a_call_and_a_line_an_answer():
    screen, out = screen_of(False)
    with screen:
        call_over(screen)
        answer(screen, timed(ANSWER))
        screen.tick(9.0)
        screen.show(Answered(9.0, cut=False, late_steps=0))
    assert out.getvalue() == "you       G4 B4 B4 A4  (G major)\nantiphon  D5 G4\n"


def test_what_went_wrong_with_an_answer_is_said():
    screen, out = screen_of(False)
    call_over(screen)
    screen.show(Answered(9.0, cut=True, late_steps=2))
    assert out.getvalue().endswith("antiphon  (nothing)  (cut short, 2 too late to play)\n")


def test_a_note_that_a_dead_sender_left_is_over_when_its_successor_ends_it():
    drawings = []
    for ends in (True, False):
        screen, _ = screen_of(True, width=40)
        call_over(screen)
        answer(screen, timed(ANSWER)[:1])
        if ends:
            screen.show(Released(Timed(GRID.time_s(18), NoteOff(ANSWER[0][2]))))
        drawings.append([drawn(screen, GRID.time_s(step), 40).splitlines()[2:-1] for step in (20, 26)])
    ended, sounding = drawings
    assert ended[0] == ended[1]
    assert sounding[0] != sounding[1]


def test_the_picture_while_the_answer_sounds():
    screen, _ = screen_of(True, width=40)
    call_over(screen)
    answer(screen, timed(ANSWER)[:3], late_s=0.0004)
    assert drawn(screen, GRID.time_s(26), 40).splitlines() == [
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


def test_a_note_is_seen_while_it_sounds_and_a_new_call_begins_an_empty_roll():
    screen, _ = screen_of(True)
    call_over(screen)
    screen.show(Received(Timed(GRID.time_s(32), NoteOn(60))))
    screen.show(StateChanged(GRID.time_s(32), "listening"))
    text = drawn(screen, GRID.time_s(34))
    assert "▸C4" in text
    assert "B4" not in text
    assert text.startswith("listening  ·  3.1")


def test_before_the_first_note_the_screen_asks_for_it():
    screen, _ = screen_of(True)
    assert drawn(screen, 1234.5).startswith(
        "idle  ·  play  ·  120 bpm  ·  answer  ·  chorales  ·  ● recording"
    )


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("height", [10, 24, 60])
def test_the_picture_fits_the_terminal_whatever_is_played(width, height):
    screen, _ = screen_of(True, width, height)
    for step, pitch in enumerate([36, 60, 84] * 20):
        screen.show(Received(Timed(GRID.time_s(2 * step), NoteOn(pitch))))
        screen.show(Received(Timed(GRID.time_s(2 * step + 1), NoteOff(pitch))))
        lines = drawn(screen, GRID.time_s(2 * step + 1), width).splitlines()
        assert max(map(len, lines)) <= width
        assert len(lines) < max(height, 11)


def test_on_a_terminal_it_is_redrawn_only_when_it_would_differ():
    screen, out = screen_of(True)
    with screen:
        call_over(screen)
        screen.tick(7.01)
        once = len(out.getvalue())
        assert once > 0
        screen.tick(7.02)
        assert len(out.getvalue()) == once
        screen.tick(7.2)
        assert len(out.getvalue()) > once


def test_leaving_shows_the_last_moment_and_gives_the_cursor_back():
    screen, out = screen_of(True)
    with screen:
        call_over(screen)
        answer(screen, timed(ANSWER))
    assert "D5" in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", out.getvalue())
    assert out.getvalue().rstrip().endswith("\x1b[?25h")


def test_bars_and_beats_count_from_one():
    assert [bar_and_beat(step, GRID, Meter()) for step in (0, 3.9, 4, 15, 16)] == [
        "1.1",
        "1.1",
        "1.2",
        "1.4",
        "2.1",
    ]
    assert bar_and_beat(14, GRID, Meter(6, 8)) == "2.2"


def test_the_window_keeps_the_end_of_a_long_phrase_in_view():
    assert window([], 75, 16) == (0, 1)
    assert window([GridNote(36, 4, 60)], 75, 16) == (32, 1)
    assert window([GridNote(36, 4, 60)], 115, 16) == (32, 2)
    assert window([GridNote(0, 64, 60), GridNote(64, 30, 60)], 75, 16) == (32, 1)


def test_lateness_is_told_by_its_middle_and_its_worst_hundredth():
    assert percentile([], 0.99) == 0.0
    assert percentile([3.0], 0.5) == 3.0
    assert percentile(range(1, 101), 0.5) == 50
    assert percentile(range(1, 101), 0.99) == 99
    assert percentile(range(1, 1001), 0.99) == 990


def test_mode_model_and_recording_are_shown_as_they_are_now():
    screen, _ = screen_of(True)
    assert "answer  ·  chorales  ·  ● recording" in drawn(screen, 0.0)
    screen.show(KnobTurned(1.0, "mode", "trade"))
    screen.show(KnobTurned(1.1, "bars", 3))
    screen.show(ProgramChosen(1.2, 0, "mine"))
    screen.show(ProgramChosen(1.3, 7, None))
    screen.show_recording(False)
    assert "trade  ·  mine  ·  not recording" in drawn(screen, 2.0)
