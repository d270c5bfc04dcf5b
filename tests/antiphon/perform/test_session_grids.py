"""Golden vectors of a session on a fine grid, and of voices that have different grids."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from antiphon.compose.event_grid import EventGrid
from antiphon.compose.events_model import EventModel
from antiphon.compose.memory.experience import DISTANCES, RUNS, Experience
from antiphon.compose.memory.memory import Memory
from antiphon.compose.symbols import END, HOLD
from antiphon.events import NoteOff, NoteOn, ProgramChange, Turned
from antiphon.perform.answer.programs import Voice
from antiphon.perform.answer_reports import Composed, Heard
from antiphon.perform.reports import MemoryKept
from antiphon.perform.session import Session
from antiphon.perform.settings import AnswerSettings, SessionSettings, TempoSettings
from fakes import VOCABULARY, ScriptedModel, random_event_weights, scripted_voice
from playing import FIXED, PHRASE, PLAIN, SCRIPT, advanced, arrival, give, play

FINE = EventGrid(24, (3, 4, 6, 8, 12, 24, 48))
EIGHTHS = EventGrid(24, tuple(6 * length for length in range(1, 33)))


def lasting(pitch, steps):
    return [str(pitch), *["_"] * (steps - 1)]


TRIPLETS = [*lasting(60, 8), *lasting(62, 8), *lasting(64, 8), *lasting(60, 3), *lasting(59, 21), "/"]


def fine_voice(script=TRIPLETS):
    return Voice(ScriptedModel(VOCABULARY, script), VOCABULARY, 24, "fine")


def session(voice, *programs, settings=None):
    return Session(voice, settings or SessionSettings(sampling=PLAIN, tempo=FIXED), 1, programs)


def note_ons(sent):
    return [(round(t.at_s, 6), t.event.pitch) for t in sent if isinstance(t.event, NoteOn)]


def test_a_triplet_and_a_thirty_second_sound_where_they_are_written():
    sent = note_ons(play(session(fine_voice()), PHRASE))
    assert sent == [(3.0, 60), (3.166667, 62), (3.333333, 64), (3.5, 60), (3.5625, 59)]


def test_a_triplet_is_heard_as_one():
    made = session(fine_voice())
    sixth_s = 1 / 6
    thirds = [(1.0 + n * sixth_s, NoteOn(60 + n)) for n in range(3)]
    ends = [(1.0 + (n + 1) * sixth_s - 0.01, NoteOff(60 + n)) for n in range(3)]
    play(made, sorted([*thirds, *ends], key=lambda event: event[0]))
    (heard,) = [report for report in made.take_reports() if isinstance(report, Heard)]
    assert heard.grid.steps_per_quarter == 24
    assert [(n.onset_steps, n.pitch) for n in heard.notes] == [(0, 60), (8, 61), (16, 62)]


def test_a_coarse_voice_plays_on_a_fine_grid_as_it_plays_alone():
    alone = play(session(scripted_voice(SCRIPT)), PHRASE)
    beside = play(session(scripted_voice(SCRIPT), fine_voice()), PHRASE)
    assert note_ons(beside) == note_ons(alone) != []


def test_a_program_change_goes_from_one_grid_to_the_other_and_back():
    made = session(scripted_voice(SCRIPT), fine_voice(), scripted_voice(SCRIPT))
    again = [[(at_s + 10 * n, event) for at_s, event in PHRASE] for n in range(3)]
    first = note_ons(play(made, again[0], until_s=9.0))
    made.turn(Turned(9.0, ProgramChange(0, 0)))
    second = note_ons(play(made, again[1], until_s=19.0))
    made.turn(Turned(19.0, ProgramChange(1, 0)))
    third = note_ons(play(made, again[2], until_s=29.0))
    assert second == [(13.0, 60), (13.166667, 62), (13.333333, 64), (13.5, 60), (13.5625, 59)]
    assert [(round(at_s - 20.0, 6), pitch) for at_s, pitch in third] == first != []


def network_of_sixteenths(grid=None):
    """A network of sixteenths without a memory; with a grid its sixteenths are steps of that."""
    weights, ids = random_event_weights(len(VOCABULARY)), (VOCABULARY.id(HOLD), VOCABULARY.id(END))
    if grid is None:
        return Voice(EventModel(weights, *ids), VOCABULARY, 4, "sixteenths")
    none_within = np.zeros((grid.steps_per_quarter + 1, 0), np.float32)
    stretched = replace(weights, within_embedding=none_within)
    return Voice(EventModel(stretched, *ids, grid), VOCABULARY, 24, "sixteenths")


@pytest.mark.parametrize("meter", ["4/4", "heard"])
def test_a_network_of_sixteenths_plays_the_same_when_its_sixteenths_are_steps_of_a_finer_grid(meter):
    tempo = TempoSettings(bpm=120.0, mode="fixed", downbeat="heard", meter=meter)
    settings = SessionSettings(tempo=tempo, sampling=PLAIN, answer=AnswerSettings(bars=4))
    known, fine = (
        play(session(network_of_sixteenths(grid), settings=settings), PHRASE) for grid in (None, EIGHTHS)
    )
    assert note_ons(fine) == note_ons(known) != []


def network_voice():
    weights = random_event_weights(len(VOCABULARY), grid=FINE)
    hold_id = VOCABULARY.id(HOLD)
    believing = Experience(((0.001,) * RUNS,) * DISTANCES)
    model = EventModel(weights, hold_id, VOCABULARY.id(END), FINE)
    return Voice(model, VOCABULARY, 24, "toy", Memory(believing, len(VOCABULARY), hold_id, 24))


def test_notes_last_as_long_as_the_table_says_however_often_the_session_is_advanced():
    settings = SessionSettings(sampling=PLAIN, tempo=FIXED, answer=AnswerSettings(bars=8))
    often, seldom = (session(network_voice(), settings=settings) for _ in range(2))
    sent, few = play(often, PHRASE, until_s=30.0), []
    for at_s, event in PHRASE:
        give(seldom, arrival(at_s, event))
    for look in range(60, 600):
        few += advanced(seldom, 0.05 * look)
    assert [t.event for t in few] == [t.event for t in sent] != []
    composed = [report for report in often.take_reports() if isinstance(report, Composed)]
    begun = [report.step for report in composed if report.symbol != HOLD]
    assert len(begun) > 3
    lengths = [after - step for step, after in pairwise(begun)]
    assert all(length in FINE.lengths or (length > 48 and length % 6 == 0) for length in lengths)


def test_what_is_remembered_is_on_the_grid_of_the_music():
    tempo = replace(FIXED, downbeat="first")
    made = session(network_voice(), settings=SessionSettings(sampling=PLAIN, tempo=tempo))
    play(made, PHRASE)
    made.ask("keep_memory", 21.0)
    (kept,) = [report for report in made.take_reports() if isinstance(report, MemoryKept)]
    bar = 4 * 24
    assert kept.symbols[:bar] == ("",) * bar
    assert kept.symbols[bar].isdigit()
    assert kept.symbols[bar + 1 : bar + 4] == ("_", "_", "_")
