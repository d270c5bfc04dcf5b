"""Bass and chords that are played as the player's left hand plays them in the phrase."""

from collections import defaultdict

import pytest

from antiphon.events import NoteOff, NoteOn
from antiphon.harmony.chord import Chord
from antiphon.harmony.progression import Progression
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.settings import AnswerSettings, TempoSettings
from antiphon.timebase import Meter
from playing import ahead_session, play
from two_hands import left_hand

BASS, CHORDS = 1, 2
MELODY = (72, 74, 76, 77, 79, 77, 76, 74)
AS_PLAYER = HarmonySettings(bass=True, chords=True, pattern="player")


def both_hands(style, meter="4/4", until_quarter=8.0):
    """Two bars at 120 bpm from 1 s on: a melody in quarters over C and G."""
    bar = Meter.parse(meter)
    chords = Progression.of_slots(0.0, bar.quarters_per_bar, (Chord(0), Chord(7)))
    below = [] if style is None else left_hand(chords, style, bar, 4)
    events = []
    for note in below:
        events += [(note.onset_steps, 1, note.pitch), (note.end_steps - 0.2, 0, note.pitch)]
    for place, pitch in enumerate(MELODY[: int(until_quarter)]):
        events += [(4 * place, 1, pitch), (4 * place + 3.6, 0, pitch)]
    return [
        (1.0 + step / 8, NoteOn(pitch, 80) if begins else NoteOff(pitch))
        for step, begins, pitch in sorted(events)
    ]


def struck(sent):
    """By eighths from the answer's beginning: how many notes bass and chords strike there."""
    first = min(one.at_s for one in sent if one.event.channel == 0)
    found = defaultdict(lambda: [0, 0])
    for one in sent:
        if isinstance(one.event, NoteOn) and one.event.channel in (BASS, CHORDS):
            found[round((one.at_s - first) / 0.25)][one.event.channel - BASS] += 1
    return {place: tuple(counts) for place, counts in found.items()}


def answer(style, meter="4/4", harmony=AS_PLAYER, until_quarter=8.0):
    made = ahead_session(
        tempo=TempoSettings("fixed", 120.0, meter, downbeat="first"),
        answer=AnswerSettings(candidates=2, bars=2),
        harmony=harmony,
    )
    return struck(play(made, both_hands(style, meter, until_quarter)))


def test_boom_chick_is_answered_by_boom_chick():
    assert answer("boom-chick") == {place: (1, 0) if place % 4 == 0 else (0, 3) for place in range(0, 16, 2)}


def test_block_chords_are_answered_by_held_chords():
    found = answer("block")
    assert found[0] == found[8] == (1, 3)
    assert set(found.values()) == {(1, 3)}


def test_an_arpeggio_is_answered_by_an_arpeggio():
    found = answer("arpeggio")
    assert [found[place][1] for place in range(16)] == [1] * 16
    assert found[0][0] == 1


def test_a_walking_bass_is_answered_by_a_bass_on_each_beat_under_held_chords():
    found = answer("walking")
    assert [found[place][0] for place in range(0, 16, 2)] == [1] * 8
    assert found[0] == (1, 3)


def test_in_three_four_too():
    found = answer("block", "3/4", until_quarter=6.0)
    assert found[0] == found[6] == (1, 3)


@pytest.mark.parametrize("meter", ["4/4", "3/4"])
def test_without_a_left_hand_chords_are_held(meter):
    quarters = 8.0 if meter == "4/4" else 6.0
    held = HarmonySettings(bass=True, chords=True)
    assert answer(None, meter, until_quarter=quarters) == answer(None, meter, held, quarters)


def test_other_patterns_do_not_depend_on_the_left_hand():
    beat = HarmonySettings(bass=True, chords=True, pattern="beat")
    assert [answer("arpeggio", harmony=beat)[place][1] for place in range(0, 16, 2)] == [3] * 8
