"""Golden vectors of rhythms: swing, triplets, a jig under 4/4, on grids of 4, 12 and 24 steps a quarter."""

from dataclasses import replace

import pytest

from antiphon.events import NoteOff, NoteOn
from antiphon.perform.answer_reports import Heard
from antiphon.perform.session import Session
from antiphon.perform.settings import SessionSettings, TempoSettings
from fakes import scripted_voice
from playing import PLAIN, SCRIPT, play

SCALE = [60, 62, 64, 65, 67, 69, 71, 72, 74, 72, 71, 69, 67, 65, 64, 62]
RUN = [1, 1 / 2, 1 / 2, 1 / 3, 1 / 3, 1 / 3, 1, 1 / 3, 1 / 3, 1 / 3, 1 / 2, 1 / 2, 1]
JIG = [thirds / 3 for thirds in (1, 1, 1, 2, 1, 1, 1, 1, 2, 1, 1, 1, 1, 2, 1, 3)]

# What is sent: the moment in seconds, and the pitch of a note-on; minus that of a note-off.
SWUNG = [(7.0, 72), (7.45, -72), (7.5, 71), (7.8, -71), (8.0, 72), (10.97, -72)]
TRIPLETS = [(5.0, 72), (5.39, -72), (5.5, 71), (5.73, -71), (6.0, 72), (8.97, -72)]
A_JIG = [(5.36, 72), (5.66, -72), (5.91, 71), (6.13, -71), (6.45, 72), (9.7, -72)]


def session(steps_per_quarter, tempo):
    voice = replace(scripted_voice(SCRIPT), steps_per_quarter=steps_per_quarter)
    return Session(voice, SessionSettings(tempo=tempo, sampling=PLAIN), 1)


def played(lengths, bpm, gate=0.9):
    """From second 1 on; each note sounds for a share of its length, which is in quarters."""
    events, at_s = [], 1.0
    for pitch, quarters in zip(SCALE, lengths, strict=False):
        length_s = quarters * 60 / bpm
        events += [(at_s, NoteOn(pitch)), (at_s + gate * length_s, NoteOff(pitch))]
        at_s += length_s
    return events


def heard_and_sent(lengths, bpm, steps_per_quarter=4, mode="follow", set_bpm=110.0):
    made = session(steps_per_quarter, TempoSettings(mode, set_bpm))
    sent = play(made, played(lengths, bpm))
    (heard,) = [report for report in made.take_reports() if isinstance(report, Heard)]
    return heard, sent


def exact(sent):
    return [
        (round(t.at_s, 2), t.event.pitch if isinstance(t.event, NoteOn) else -t.event.pitch) for t in sent
    ]


def onsets(heard):
    """In quarters from the first note."""
    first = heard.notes[0].onset_steps
    return [(note.onset_steps - first) / heard.grid.steps_per_quarter for note in heard.notes]


def written(lengths):
    return [sum(lengths[:number]) for number in range(len(lengths))]


@pytest.mark.parametrize("grid", [4, 12, 24])
@pytest.mark.parametrize("mode", ["follow", "fixed"])
def test_swung_eighths_are_even_and_their_ratio_is_kept_apart(grid, mode):
    heard, _ = heard_and_sent([2 / 3, 1 / 3] * 8, 120, grid, mode, 120.0)
    assert heard.grid.bpm == pytest.approx(120, rel=0.001)
    assert heard.grid.origin_s == pytest.approx(1.0, abs=0.001)
    assert heard.swing == pytest.approx(2.0, abs=0.02)
    assert onsets(heard) == [number / 2 for number in range(16)]


def test_the_answer_to_a_swung_phrase():
    """At 120 bpm, swung 2:1: it begins on the next bar line."""
    _, sent = heard_and_sent([2 / 3, 1 / 3] * 8, 120)
    assert exact(sent) == SWUNG


@pytest.mark.parametrize(("grid", "mode"), [(12, "follow"), (12, "fixed"), (24, "follow"), (24, "fixed")])
def test_triplets_among_straight_notes_are_exact_where_the_grid_has_them(grid, mode):
    heard, _ = heard_and_sent(RUN, 120, grid, mode, 120.0)
    assert heard.grid.bpm == pytest.approx(120, rel=0.001)
    assert heard.swing == 1.0
    assert onsets(heard) == pytest.approx(written(RUN))


def test_on_a_grid_of_sixteenths_triplets_are_at_the_nearest_ones():
    heard, sent = heard_and_sent(RUN, 120)
    assert heard.grid.bpm == pytest.approx(120, rel=0.001)
    assert onsets(heard) == [round(4 * quarters) / 4 for quarters in written(RUN)]
    assert exact(sent) == TRIPLETS


@pytest.mark.parametrize("grid", [4, 12, 24])
def test_a_jig_under_four_four_has_beats_of_three(grid):
    """At 110 bpm, and not at 165."""
    heard, sent = heard_and_sent(JIG, 110, grid)
    assert heard.grid.bpm == pytest.approx(110, rel=0.001)
    assert onsets(heard) == pytest.approx([round(grid * quarters) / grid for quarters in written(JIG)])
    if grid == 4:
        assert exact(sent) == A_JIG


def test_a_slow_player_who_detaches_the_notes_plays_one_phrase():
    """At 60 bpm, each note for 40 % of its length, where 110 bpm are set."""
    made = session(4, TempoSettings("follow", 110.0))
    lengths = [1, 1, 1, 1, 2, 1, 1 / 2, 1 / 2, 1, 1, 2, 1, 1]
    play(made, played(lengths, 60, 0.4), 30.0)
    (heard,) = [report for report in made.take_reports() if isinstance(report, Heard)]
    assert heard.grid.bpm == pytest.approx(60, rel=0.01)
    assert onsets(heard) == written(lengths)
