"""Two hands with the sustain pedal, and two people on two channels; a keyboard that goes in mid-chord."""

import pytest

from antiphon.events import ControlChange, NoteOff, NoteOn
from antiphon.listen.heard import InputSettings
from antiphon.perform.answer_reports import Answered, ChordsHeard, Heard
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.settings import AnswerSettings
from playing import FIXED, ahead_session, play, session

SUSTAIN = 64
TRIADS = ((0.0, (48, 52, 55)), (2.0, (43, 47, 50, 53)), (4.0, (48, 52, 55)), (6.0, (45, 48, 52)))
MELODY = (76, 79, 76, 72, 74, 77, 74, 71, 72, 76, 79, 84, 81, 76, 72, 69)
ALL = HarmonySettings(bass=True, chords=True, second_voice=True)


def notes(*found, channel=0):
    """(onset, release, pitch) of each as events."""
    ons = [(on, NoteOn(pitch, 70, channel)) for on, _, pitch in found]
    return ons + [(off, NoteOff(pitch, channel)) for _, off, pitch in found]


def in_order(*parts):
    """At one moment what ends comes first, and a pedal before what begins."""
    rank = {NoteOff: 0, ControlChange: 1, NoteOn: 2}
    events = [event for part in parts for event in part]
    return sorted(events, key=lambda event: (event[0], rank[type(event[1])]))


def left(length_s, channel=0):
    return notes(
        *((at_s, at_s + length_s, pitch) for at_s, pitches in TRIADS for pitch in pitches), channel=channel
    )


def right(channel=0):
    return notes(*((n * 0.5, n * 0.5 + 0.45, pitch) for n, pitch in enumerate(MELODY)), channel=channel)


def pedal(channel=0, until_s=9.0):
    """Down with each chord, up just before the next, as pianists do."""
    downs = [(at_s + 0.05, ControlChange(SUSTAIN, 127, channel)) for at_s, _ in TRIADS]
    ups = [(at_s - 0.02, ControlChange(SUSTAIN, 0, channel)) for at_s, _ in TRIADS[1:]]
    return [*downs, *ups, (until_s, ControlChange(SUSTAIN, 0, channel))]


def heard(made):
    """The pitches of each phrase, the names of the chords, and whether answers were cut."""
    reports = made.take_reports()
    phrases = [[note.pitch for note in one.notes] for one in reports if isinstance(one, Heard)]
    chords = [[chord.name for chord in one.chords] for one in reports if isinstance(one, ChordsHeard)]
    return phrases, chords, [one.cut for one in reports if isinstance(one, Answered)]


@pytest.mark.parametrize("length_s", [1.9, 0.3])
def test_chords_that_the_pedal_holds_are_heard_as_chords_that_are_held(length_s):
    without, made = session(), session()
    play(without, in_order(left(1.9), right()))
    play(made, in_order(left(length_s), right(), pedal()))
    found = heard(made)
    assert found == heard(without)
    assert found[0] == [list(MELODY)]


def test_what_the_pedal_holds_of_one_phrase_is_no_part_of_the_next():
    made = session()
    once = in_order(left(0.3), right(), pedal())
    again = [(at_s + 20.0, event) for at_s, event in once]
    play(made, [*once, *again], until_s=45.0)
    phrases, chords, cut = heard(made)
    assert phrases == [list(MELODY)] * 2
    assert [names[:4] for names in chords] == [["C", "G7", "C", "Am"]] * 2
    assert cut == [False, False]


def test_a_pedal_that_stays_down_after_the_last_note_holds_the_phrase_until_it_is_up():
    made = session()
    play(made, in_order(left(0.3), right(), pedal(until_s=14.0)), until_s=40.0)
    phrases, chords, cut = heard(made)
    assert phrases == [list(MELODY)]
    assert chords == [["C", "G7", "C", "Am"]]
    assert cut == [False]


@pytest.mark.parametrize("pedals", [[], pedal(channel=1)])
def test_two_people_on_two_channels_are_told_apart_by_channel(pedals):
    """One plays chords on channel 2, in the register of the other's melody."""
    made = session(input=InputSettings(chord_channel=2))
    high = [(at_s, type(event)(event.pitch + 19, *([70] if isinstance(event, NoteOn) else []), 1))
            for at_s, event in left(1.9)]  # fmt: skip
    play(made, in_order(high, right(), pedals))
    phrases, chords, cut = heard(made)
    assert phrases == [list(MELODY)]
    assert chords[0][:2] == ["G", "D7"]
    assert cut == [False]


def test_two_people_on_two_channels_are_told_apart_by_hands():
    made = session()
    play(made, in_order(left(1.9, channel=1), right(channel=0)))
    alone = session()
    play(alone, in_order(left(1.9), right()))
    assert heard(made) == heard(alone)


def test_the_same_key_on_two_channels_sounds_until_both_are_up():
    """Each person's note is their own: that of the accompaniment neither ends nor begins the melody's."""
    made = session(input=InputSettings(chord_channel=2))
    unison = notes(*((n * 0.5 + 0.1, n * 0.5 + 0.3, pitch) for n, pitch in enumerate(MELODY)), channel=1)
    play(made, in_order(unison, right()))
    assert heard(made)[0] == [list(MELODY)]


def test_a_keyboard_that_goes_in_mid_chord_leaves_nothing_sounding():
    """Its keys come up at once, as the port says; the answer and all parts go on to their end."""
    made = ahead_session(tempo=FIXED, answer=AnswerSettings(candidates=2, bars=2), harmony=ALL)
    gone_s = 8.6  # a chord is struck again during the answer, and the keyboard goes
    pressed = [(8.2, NoteOn(pitch, 70)) for pitch in (48, 52, 55)]
    released = [(gone_s, NoteOff(pitch)) for pitch in (48, 52, 55)]
    sent = play(made, in_order(left(1.9), right(), pressed, released), until_s=30.0)
    sounding = {}
    for one in sent:
        key = one.event.channel, one.event.pitch
        if isinstance(one.event, NoteOn):
            assert key not in sounding
            sounding[key] = one.at_s
        else:
            del sounding[key]
    assert not sounding
    assert {one.event.channel for one in sent} == {0, 1, 2, 3}
    assert made.state == "idle"
