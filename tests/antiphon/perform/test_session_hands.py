"""A player with two hands in a session: the left hand is no phrase and ends no answer."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.events import ControlChange, NoteOff, NoteOn
from antiphon.listen.heard import InputSettings
from antiphon.perform.answer_reports import Answered, ChordsHeard, Heard
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.reports import StateChanged
from antiphon.perform.settings import AnswerSettings
from playing import PHRASE, play, rows, session


def keys(*notes, channel=0):
    """(onset, release, pitch) of each as events in order."""
    events = [(on, NoteOn(pitch, 70, channel)) for on, _, pitch in notes]
    events += [(off, NoteOff(pitch, channel)) for _, off, pitch in notes]
    return sorted(events, key=lambda event: (event[0], isinstance(event[1], NoteOn)))


def chords(begins, ends, each_s=1.0, pitches=(36, 43, 48)):
    count = round((ends - begins) / each_s)
    return [
        (begins + n * each_s, begins + (n + 0.9) * each_s, pitch) for n in range(count) for pitch in pitches
    ]


def together(*parts):
    return sorted(
        (one for part in parts for one in part), key=lambda event: (event[0], isinstance(event[1], NoteOn))
    )


def phrases(made):
    return [[note.pitch for note in r.notes] for r in made.take_reports() if isinstance(r, Heard)]


def test_a_left_hand_that_plays_on_is_no_phrase_and_ends_no_answer():
    """It begins the bars, a second before the phrase: the answer comes a bar after the second of them."""
    made = session()
    sent = play(made, together(keys(*chords(0.0, 12.0)), PHRASE))
    alone = rows(play(session(), PHRASE))
    assert rows(sent) == [(at_s + 1.0, *row) for at_s, *row in alone]
    reports = made.take_reports()
    assert [[n.pitch for n in r.notes] for r in reports if isinstance(r, Heard)] == [[60, 64, 67]]
    assert [r.cut for r in reports if isinstance(r, Answered)] == [False]


def test_chords_as_an_introduction_are_no_phrase():
    made = session()
    assert rows(play(made, keys(*chords(0.0, 8.0)))) == []
    reports = made.take_reports()
    assert not [r for r in reports if isinstance(r, Heard)]
    assert [r.state for r in reports if isinstance(r, StateChanged)][-1] == "idle"


def test_the_chords_that_are_played_are_reported_by_name_with_their_moments():
    made = session()
    triads = [(0.0, (48, 52, 55)), (2.0, (43, 47, 50, 53)), (4.0, (48, 52, 55))]
    held = [(at_s, at_s + 1.9, pitch) for at_s, pitches in triads for pitch in pitches]
    melody = [
        (n * 0.5, n * 0.5 + 0.45, pitch) for n, pitch in enumerate((76, 79, 76, 72, 74, 77, 74, 71, 72))
    ]
    play(made, keys(*held, *melody))
    heard = [report for report in made.take_reports() if isinstance(report, ChordsHeard)]
    assert [[(c.at_s, c.name) for c in one.chords] for one in heard] == [
        [(0.0, "C"), (2.0, "G7"), (4.0, "C")]
    ]


def test_no_chords_are_reported_of_a_melody_alone():
    made = session()
    play(made, PHRASE)
    assert not [report for report in made.take_reports() if isinstance(report, ChordsHeard)]


def test_a_melody_after_an_introduction_is_heard_without_it():
    later = [(at_s + 8.0, event) for at_s, event in PHRASE]
    made = session()
    play(made, together(keys(*chords(0.0, 16.0)), later), until_s=30.0)
    assert phrases(made) == [[60, 64, 67]]


def test_without_the_setting_everything_is_the_melody_as_before():
    made = session(input=InputSettings(split="none"))
    play(made, keys(*chords(0.0, 8.0)), until_s=30.0)
    assert phrases(made)


@pytest.mark.parametrize(
    ("listened", "channel"),
    [(InputSettings(split=55), 0), (InputSettings(split="none", chord_channel=2), 1)],
)
def test_a_split_or_a_channel_says_what_accompanies(listened, channel):
    walking = [(n * 0.5, n * 0.5 + 0.45, 36 + n % 5) for n in range(24)]
    made = session(input=listened)
    sent = play(made, together(keys(*walking, channel=channel), PHRASE))
    assert rows(sent) == rows(play(session(), PHRASE))
    assert phrases(made) == [[60, 64, 67]]


def test_one_chord_at_the_end_of_a_phrase_is_its_last_note():
    made = session()
    last = keys((2.5, 2.95, 48), (2.5, 2.95, 55), (2.5, 2.95, 64), (2.5, 2.95, 72))
    play(made, together(PHRASE, last))
    assert phrases(made) == [[60, 64, 67, 72]]


def test_a_low_melody_alone_is_a_phrase():
    made = session()
    low = [(at_s, type(event)(event.pitch - 24)) for at_s, event in PHRASE]
    play(made, low)
    assert phrases(made) == [[36, 40, 43]]


def test_a_melody_that_ends_while_a_chord_is_held_is_over():
    made = session()
    held = keys(*[(0.5, 1.4, p) for p in (36, 43, 48)], *[(1.5, 9.0, p) for p in (36, 43, 48)])
    sent = play(made, together(held, PHRASE))
    assert [row[0] for row in rows(sent)][:1] == [4.5]  # the bars began with the first chord
    assert phrases(made) == [[60, 64, 67]]


def test_a_phrase_that_is_taken_up_again_keeps_its_hands():
    made = session()
    more = [(2.9, NoteOn(69, 80)), (2.98, NoteOff(69))]
    play(made, together(keys(*chords(0.0, 12.0)), PHRASE, more))
    assert phrases(made) == [[60, 64, 67, 69]]


CHORDS = ((48, 52, 55), (43, 47, 50), (36,), (45, 48, 52), (41, 48))
touches = st.lists(
    st.tuples(
        st.sampled_from(["left", "right", "both"]),
        st.sampled_from([0.0, 0.02, 0.25, 0.5, 1.0, 3.0, 6.0]),
        st.sampled_from([0.05, 0.3, 1.0, 4.0]),
        st.integers(0, 14),
    ),
    max_size=25,
)


def touched(rows):
    """Keys of two hands: which, after how long a wait, for how long, and a number that chooses the notes."""
    at_s, notes = 0.0, []
    for hand, wait_s, gate_s, number in rows:
        at_s += wait_s
        if hand != "right":
            notes += [(at_s, at_s + gate_s, pitch) for pitch in CHORDS[number % len(CHORDS)]]
        if hand != "left":
            notes.append((at_s, at_s + gate_s, 60 + 2 * number))
    return keys(*notes), at_s


@settings(deadline=None, max_examples=60)
@given(touches, st.booleans(), st.sampled_from(["answer", "trade", "continue", "accompany"]))
def test_whatever_two_hands_do_no_note_hangs(rows_, overlap, mode):
    events, at_s = touched(rows_)
    made = session(answer=AnswerSettings(mode=mode, overlap=overlap, bars=1))
    sent = play(made, events, at_s + 12.0)
    sent += made.stop(at_s + 12.0)
    sounding = Counter()
    for event in (timed.event for timed in sent):
        sounding[event.channel, event.pitch] += 1 if isinstance(event, NoteOn) else -1
        assert sounding[event.channel, event.pitch] in (0, 1)
    assert not +sounding
    assert all(report.notes for report in made.take_reports() if isinstance(report, Heard))


def test_chords_under_an_answer_that_may_overlap_leave_it_an_answer_and_it_can_be_given_again():
    made = session(answer=AnswerSettings(overlap=True, bars=4), control=ControlSettings(again=20))
    chords = [(at_s, at_s + 0.4, pitch) for at_s in (5.0, 5.5, 6.0) for pitch in (36, 40, 43)]
    events = sorted([*PHRASE, *keys(*chords)], key=lambda one: one[0])
    play(made, [*events, (8.0, ControlChange(20, 127))], 40.0)
    states = [report.state for report in made.take_reports() if isinstance(report, StateChanged)]
    assert states == ["listening", "answering", "listening", "answering", "idle"]


@settings(deadline=None, max_examples=20)
@given(touches)
def test_what_a_channel_accompanies_changes_nothing_of_the_melody(rows_):
    """Where answers do not go over the chords that are heard."""
    events, at_s = touched(rows_)
    melody = [(at, event) for at, event in events if event.pitch >= 60]
    beside = [(at, type(event)(event.pitch, channel=1)) for at, event in events if event.pitch < 60]
    changes = {
        "input": InputSettings(split="none", chord_channel=2),
        "harmony": HarmonySettings(listen=False),
    }
    alone = rows(play(session(**changes), melody, at_s + 12.0))
    assert rows(play(session(**changes), together(melody, beside), at_s + 12.0)) == alone
