"""The whole line with the model that ships, in virtual time: a phrase in, an answer out, a take."""

from importlib.resources import files

import mido
import pytest

from antiphon import bundle
from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.listen.key import Key
from antiphon.perform.answer.programs import Voice
from antiphon.perform.answer_reports import Heard
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.replay import perform
from antiphon.perform.reports import Sent
from antiphon.perform.session import Session
from antiphon.perform.settings import SessionSettings, TempoSettings
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.panel.take_notes import notes_of
from antiphon.stage.phrase_file import read_phrase
from antiphon.stage.ports.port import Loopback
from antiphon.stage.takes.finish import finish, read, records_of
from antiphon.stage.takes.header import TakeHeader, UsedBundle
from antiphon.stage.takes.records import line_of
from antiphon.stage.takes.take import Take
from antiphon.timebase import Meter

PHRASE = read_phrase(files("antiphon") / "phrases" / "phrase.mid")
BUNDLE = bundle.load(bundle.find(bundle.DEFAULT_MODEL))
STEP_S = 60 / PHRASE.bpm / 4
BEGIN_S = 1.0
MAJOR = {0, 2, 4, 5, 7, 9, 11}


def moved(event, semitones):
    if isinstance(event, NoteOn):
        return NoteOn(event.pitch + semitones, event.velocity)
    return NoteOff(event.pitch + semitones)


def play(take=None, semitones=0, tempo="fixed", random_seed=1, **changes):
    """What was sent and what was reported."""
    clock, reports = VirtualClock(), []
    script = [Timed(BEGIN_S + t.at_s, moved(t.event, semitones)) for t in PHRASE.events]
    port = Loopback(clock, script)
    voice = Voice(BUNDLE.model(), BUNDLE.vocabulary, BUNDLE.card.steps_per_quarter)
    settings = SessionSettings(tempo=TempoSettings(tempo, PHRASE.bpm), **changes)
    session = Session(voice, settings, random_seed)
    Engine(clock, port, session, reports.append).run(until=lambda: port.exhausted and session.state == "idle")
    for line in filter(None, map(line_of, reports)) if take else ():
        take.record(line)
    return port.sent, reports


def notes(sent):
    """(onset in steps of the phrase's grid, pitch) of what was sent."""
    return [((t.at_s - BEGIN_S) / STEP_S, t.event.pitch) for t in sent if isinstance(t.event, NoteOn)]


def test_the_answer_is_on_the_grid_in_the_key_and_closed():
    sent, reports = play()
    answer = notes(sent)
    assert answer[0][0] == pytest.approx(80)
    assert all(onset == pytest.approx(round(onset), abs=1e-6) for onset, _ in answer)
    assert answer[-1][0] < 144
    heard = next(report for report in reports if isinstance(report, Heard))
    assert heard.key == Key(7, "major")
    in_key = sum((pitch - 7) % 12 in MAJOR for _, pitch in answer)
    assert in_key / len(answer) > 0.8
    assert len(sent) == 2 * len(answer)


@pytest.mark.parametrize("semitones", range(1, 12))
def test_a_phrase_in_another_key_gets_the_same_answer_in_that_key(semitones):
    there, here = notes(play(semitones=semitones)[0]), notes(play()[0])
    assert there == [(pytest.approx(onset), pitch + semitones) for onset, pitch in here]


def test_the_same_input_settings_and_seed_give_the_same_events():
    assert play(random_seed=7)[0] == play(random_seed=7)[0]
    assert play(random_seed=7)[0] != play(random_seed=8)[0]


def test_a_player_who_keeps_the_tempo_is_followed_to_the_same_answer():
    followed, fixed = notes(play(tempo="follow")[0]), notes(play()[0])
    assert [pitch for _, pitch in followed] == [pitch for _, pitch in fixed]
    assert [round(onset) for onset, _ in followed] == [round(onset) for onset, _ in fixed]


def test_the_take_holds_both_voices_bar_for_bar(tmp_path):
    header = TakeHeader(PHRASE.bpm, Meter(), {}, UsedBundle(BUNDLE.card.name, BUNDLE.card.weights_sha256), 1)
    take = Take(tmp_path, header)
    sent, _ = play(take)
    voices = []
    take.end()
    take.whole.close()
    finish(take.path)
    for track in mido.MidiFile(take.path).tracks[1:]:
        ticks, onsets = 0, []
        for message in track:
            ticks += message.time
            if message.type == "note_on":
                onsets.append((ticks / 120, message.note))
        voices.append(onsets)
    assert [pitch for _, pitch in voices[0]] == [note.pitch for note in PHRASE.notes]
    assert voices[1] == [(pytest.approx(onset, abs=0.02), pitch) for onset, pitch in notes(sent)]


def test_the_take_of_an_answer_with_parts_has_a_track_for_each_and_replays_the_same(tmp_path):
    take = Take(tmp_path, TakeHeader(PHRASE.bpm, Meter(), {}, UsedBundle("essen", "x"), 1))
    harmony = HarmonySettings(bass=True, chords=True, second_voice=True, pattern="boom-chick")
    sent, reports = play(take, harmony=harmony)
    take.end()
    take.whole.close()
    finish(take.path)
    tracks = mido.MidiFile(take.path).tracks
    assert [track.name for track in tracks[1:]] == ["Player", "Antiphon", "Bass", "Chords", "Second voice"]
    for channel, track in enumerate(tracks[2:]):
        struck = [message for message in track if message.type == "note_on" and message.velocity]
        assert {message.channel for message in struck} == {channel}
        ons = [t for t in sent if isinstance(t.event, NoteOn) and t.event.channel == channel]
        assert [message.note for message in struck] == [t.event.pitch for t in ons]
    shown = notes_of(take.path)["answer"]
    assert {note.get("part", "") for note in shown} == {"", "bass", "chords", "second_voice"}
    kept = records_of(read(take.path))
    voice = Voice(BUNDLE.model(), BUNDLE.vocabulary, BUNDLE.card.steps_per_quarter)
    again = perform(kept, lambda begun: Session(voice, begun.settings, begun.random_seed))
    events = [one.timed.event for one in again if isinstance(one, Sent)]
    assert events == [one.timed.event for one in reports if isinstance(one, Sent)]
