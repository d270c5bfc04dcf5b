"""When an answer starts and how long it lasts: the ways of playing, meters and tempos."""

import numpy as np
import pytest

from antiphon.compose.shape import ShapeSettings
from antiphon.events import NoteOff, NoteOn
from antiphon.perform.answer_reports import Answered, Composed, Heard
from antiphon.perform.settings import (
    AnswerSettings,
    TempoSettings,
)
from playing import PHRASE, lstm_session, play, rows, session


@pytest.mark.parametrize(("start", "first_s"), [("now", 3.0), ("beat", 3.0), ("bar", 3.0)])
def test_a_phrase_that_ends_on_the_beat_is_answered_there(start, first_s):
    phrase = [*PHRASE[:-1], (2.5, NoteOff(67))]
    assert rows(play(session(answer=AnswerSettings(start=start)), phrase))[0] == (first_s, "on", 72)


@pytest.mark.parametrize(("start", "first_s"), [("now", 2.75), ("beat", 3.0), ("bar", 3.0)])
def test_when_the_answer_starts(start, first_s):
    phrase = [*PHRASE[:-1], (2.24, NoteOff(67))]
    assert rows(play(session(answer=AnswerSettings(start=start)), phrase))[0] == (first_s, "on", 72)


def test_another_meter():
    sent = play(session(tempo=TempoSettings("fixed", 120.0, "3/4")), PHRASE)
    assert rows(sent)[0] == (4.0, "on", 72)  # a bar lasts 1.5 s; at 2.5 the phrase was not yet over


def test_continuing_goes_on_until_the_player_comes_in():
    made = session(["72", "_", "71", "_"] * 40, answer=AnswerSettings("continue"))
    sent = play(made, [*PHRASE, (13.05, NoteOn(62)), (13.3, NoteOff(62))], until_s=13.5)
    ons = [at_s for at_s, kind, _ in rows(sent) if kind == "on"]
    assert ons == [3.0 + 0.25 * n for n in range(41)]
    assert rows(sent)[-1] == (13.05, "off", 72)
    assert made.state == "listening"


def test_trading_keeps_to_the_bar_line_whatever_is_held():
    """Two bars each: the phrase's last key is still down at the bar line, and a little after it."""
    phrase = [(0.0, NoteOn(60)), (1.9, NoteOff(60)), (2.0, NoteOn(64)), (4.07, NoteOff(64))]
    made = session(["72", "_", "_", "_"] * 8, answer=AnswerSettings("trade"))
    sent = play(made, phrase, until_s=9.0)
    ons = [at_s for at_s, kind, _ in rows(sent) if kind == "on"]
    assert ons == [4.0 + 0.5 * n for n in range(8)]
    heard = next(report for report in made.take_reports() if isinstance(report, Heard))
    assert [(n.onset_steps, n.duration_steps) for n in heard.notes] == [(0, 16), (16, 16)]


def test_trading_a_note_just_before_the_bar_line_begins_the_next_phrase():
    phrase = [(0.0, NoteOn(60)), (1.9, NoteOff(60)), (7.93, NoteOn(64)), (9.0, NoteOff(64))]
    made = session(["72", "_", "_", "_"] * 8, answer=AnswerSettings("trade"))
    play(made, phrase, until_s=12.5)
    starts = [report.answer_start_steps for report in made.take_reports() if isinstance(report, Heard)]
    assert starts == [32, 96]


def test_overlapping_lets_the_answer_go_on_until_the_next_takes_over():
    answer = AnswerSettings(bars=4, overlap=True)
    made = session(["72", "_", "_", "_"] * 16, answer=answer)
    sent = play(made, [*PHRASE, (4.0, NoteOn(62)), (4.4, NoteOff(62))], until_s=9.9)
    ons = [at_s for at_s, kind, _ in rows(sent) if kind == "on"]
    # The second phrase is over at 4.9; its answer begins at the bar line at 5, in the place of the first.
    assert ons == [3.0 + 0.5 * n for n in range(14)]
    assert [n.at_s for n in made.take_reports() if isinstance(n, Answered)] == [pytest.approx(4.9)]


def test_the_tempo_of_the_player_is_followed_and_bars_go_on():
    """The settings say 120; the player plays quarters at 90, then at 100."""
    made = session(
        ["72", "_", "_", "_"] * 8, tempo=TempoSettings("follow", 120.0), answer=AnswerSettings(bars=1)
    )
    phrase, at_s = [], 1.0
    for bpm, pitches in ((90.0, [60, 62, 64, 65] * 2), (100.0, [67, 65, 64, 62] * 2)):
        beat_s = 60 / bpm
        for pitch in pitches:
            phrase += [(at_s, NoteOn(pitch)), (at_s + 0.9 * beat_s, NoteOff(pitch))]
            at_s += beat_s
        at_s += 10.0
    sent = play(made, phrase, until_s=40.0)
    heard = [report for report in made.take_reports() if isinstance(report, Heard)]
    assert [report.grid.bpm for report in heard] == [
        pytest.approx(90, rel=0.01),
        pytest.approx(100, rel=0.01),
    ]
    assert [report.answer_start_steps % 16 for report in heard] == [0, 0]
    assert heard[0].answer_start_steps < heard[1].notes[0].onset_steps
    ons = [t.at_s for t in sent if isinstance(t.event, NoteOn)]
    assert np.diff(ons[:4]) == pytest.approx(60 / 90, rel=0.01)
    assert np.diff(ons[4:8]) == pytest.approx(60 / 100, rel=0.01)


def share_on_the_phrases_rhythm(closeness):
    """Of the notes of an answer, how many begin where a note of the phrase began."""
    made = lstm_session(shape=ShapeSettings(closeness=closeness), answer=AnswerSettings(bars=8))
    play(made, PHRASE, until_s=24.0)
    reports = made.take_reports()
    phrase = next(n for n in reports if isinstance(n, Heard))
    bar = {note.onset_steps % 16 for note in phrase.notes}
    said = [n.step % 16 for n in reports if isinstance(n, Composed) and n.symbol.isdigit()]
    return sum(step in bar for step in said) / len(said)


def test_near_to_the_phrase_an_answer_has_its_rhythm():
    assert share_on_the_phrases_rhythm(1.0) > share_on_the_phrases_rhythm(0.0) + 0.3
