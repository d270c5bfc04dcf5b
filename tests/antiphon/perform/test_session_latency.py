"""A synthesizer that is late is told early: when events leave a session, and what cannot be early enough."""

import pytest

from antiphon.events import NoteOff, NoteOn
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import AnswerSettings
from playing import PHRASE, SCRIPT, play, rows, session


def leaving(made, events, until_s=12.0):
    """The rows of what is sent, each with the moment at which it was handed out."""
    found = []
    advance = made.advance

    def watched(now_s):
        sent = advance(now_s)
        found.extend((round(now_s, 4), *row) for row in rows(sent))
        return sent

    made.advance = watched
    play(made, events, until_s)
    return found


def test_events_leave_early_and_keep_the_moments_at_which_they_sound():
    late = leaving(session(output_latency_ms=60.0), PHRASE)
    on_time = leaving(session(), PHRASE)
    assert [row[1:] for row in late] == [row[1:] for row in on_time]
    assert late[0] == (2.94, 3.0, "on", 72)
    assert all(sounds_s - left_s == pytest.approx(0.06, abs=1e-4) for left_s, sounds_s, _, _ in late)


def test_an_answer_that_begins_now_begins_where_it_can_sound():
    """The phrase is over at 2.74, so nothing sounds before 2.89; the next sixteenth is at 3."""
    phrase = [*PHRASE[:-1], (2.24, NoteOff(67))]
    now = AnswerSettings(start="now")
    assert leaving(session(answer=now, output_latency_ms=150.0), phrase)[0] == (2.85, 3.0, "on", 72)
    assert leaving(session(answer=now), phrase)[0] == (2.75, 2.75, "on", 72)


def trading(latency_ms, script, until_s=9.0):
    phrase = [(0.0, NoteOn(60)), (1.9, NoteOff(60)), (2.0, NoteOn(64)), (3.9, NoteOff(64))]
    made = session(script, answer=AnswerSettings("trade", register="any"), output_latency_ms=latency_ms)
    return rows(play(made, phrase, until_s))


def test_what_begins_too_soon_begins_as_early_as_it_can_and_goes_on_in_time():
    """In a trade the answer is due at the bar line at which the phrase ends."""
    assert trading(50.0, ["72", "_", "_", "_", "71", "_", "_", "_"] * 4)[:4] == [
        (4.05, "on", 72),
        (4.4, "off", 72),
        (4.5, "on", 71),
        (4.9, "off", 71),
    ]


def test_of_notes_that_are_over_before_they_can_sound_nothing_sounds():
    """With a latency of 200 ms the first sixteenth is over, and the second note is under way."""
    assert trading(200.0, ["72", "71", "_", "_", "69", "_", "_", "_"] * 4)[:4] == [
        (4.2, "on", 71),
        (4.425, "off", 71),
        (4.5, "on", 69),
        (4.9, "off", 69),
    ]


def test_a_note_that_is_cut_ends_after_it_began():
    """At 2.95 the note of 3.0 has left already; what leaves at 2.96 sounds at 3.06."""
    events = [*PHRASE, (2.96, NoteOn(62)), (3.5, NoteOff(62))]
    cut = leaving(session(output_latency_ms=100.0), events, until_s=3.4)
    assert cut == [(2.9, 3.0, "on", 72), (2.96, 3.06, "off", 72)]


def test_the_latency_changes_while_the_answer_sounds():
    made = session(output_latency_ms=100.0)
    sent = play(made, PHRASE, 2.95)
    made.ask((SettingChange("midi.output_latency_ms", 0.0),), 2.95)
    sent += made.stop(2.96)
    assert rows(sent) == [(3.0, "on", 72), (3.0, "off", 72)]
    made = session(output_latency_ms=100.0)
    play(made, PHRASE, 2.95)
    made.ask((SettingChange("midi.output_latency_ms", 20.0),), 2.95)
    assert made.settings.output_latency_ms == 20.0
    assert leaving(made, [])[1][:2] == (3.48, 3.5)


def test_without_a_latency_nothing_is_different():
    assert leaving(session(SCRIPT, output_latency_ms=0.0), PHRASE) == leaving(session(SCRIPT), PHRASE)
