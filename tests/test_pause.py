"""A player pauses within a phrase, longer than the silence that ends one: the take has one phrase."""

import mido
import pytest

from antiphon import bundle
from antiphon.events import ControlChange, NoteOff, NoteOn, Timed, Turned
from antiphon.listen.key import Key
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.answer_reports import Answered, Composed, Heard
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.reports import BarsBegun, Sent, StateChanged
from antiphon.perform.session import Session
from antiphon.perform.settings import SessionSettings, TempoSettings
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.port import Loopback
from antiphon.stage.takes.finish import finish, read
from antiphon.stage.takes.header import TakeHeader, UsedBundle
from antiphon.stage.takes.records import line_of
from antiphon.stage.takes.take import Take
from antiphon.stage.voice import make_voice
from antiphon.timebase import Meter

# In quarters. The second goes on half a quarter sooner.
IN_TIME = (0, 1, 1.5, 2, 3, 6, 7, 8, 9, 10)
OFF_THE_BEAT = (0, 1, 1.5, 2, 3, 5.5, 6.5, 7.5, 8.5, 9.5)
BOTH = pytest.mark.parametrize(("played", "bpm"), [(IN_TIME, 110.0), (OFF_THE_BEAT, 110.0)])
PITCHES = (67, 71, 72, 74, 79, 78, 76, 74, 71, 67)
BEGIN_S, BPM = 1.0, 110.0
QUARTER_S = 60 / BPM
TICKS_PER_QUARTER = 480


def script(played):
    for onset, pitch in zip(played, PITCHES, strict=True):
        yield Timed(BEGIN_S + onset * QUARTER_S, NoteOn(pitch, 80))
        gate = 0.45 if onset in (1, 1.5, played[-1]) else 0.9
        yield Timed(BEGIN_S + (onset + gate) * QUARTER_S, NoteOff(pitch))


def play(played, presses=(), **changes):
    """What is reported of this phrase and its answer; `presses` are of the button that ends a phrase."""
    clock, reports = VirtualClock(), []
    used = bundle.load(bundle.find(bundle.DEFAULT_MODEL))
    port = Loopback(clock, [*script(played), *presses])
    tempo, control = TempoSettings(downbeat="first"), ControlSettings(answer_now=20)
    session = Session(make_voice(used, None), SessionSettings(tempo, control=control, **changes), 1)
    engine = Engine(clock, port, session, reports.append)
    engine.run(until=lambda: port.exhausted and session.state == "idle")
    return reports, used


def of(kind, reports):
    return [report for report in reports if isinstance(report, kind)]


@BOTH
def test_it_is_heard_as_one_phrase_in_one_tempo(played, bpm):
    reports, _ = play(played)
    (heard,) = of(Heard, reports)
    assert heard.grid.bpm == pytest.approx(bpm, abs=0.01)
    begun, quarter = 0 if played == IN_TIME else 0.5, heard.grid.steps_per_quarter
    assert [note.onset_steps for note in heard.notes] == [(begun + onset) * quarter for onset in played]
    assert [note.pitch for note in heard.notes] == list(PITCHES)
    assert heard.key == Key(7, "major")
    assert (heard.answer_start_steps, heard.answer_steps) == (12 * quarter, 12 * quarter)
    assert len(of(Answered, reports)) == 1
    assert len(of(BarsBegun, reports)) == 1
    states = [report.state for report in of(StateChanged, reports)]
    assert states == ["listening", "answering", "listening", "answering", "idle"]


@pytest.mark.parametrize("played", [IN_TIME, OFF_THE_BEAT])
def test_the_answer_is_the_one_it_would_be_if_nothing_had_been_planned_in_the_pause(played):
    paused, _ = play(played)
    over_s = of(Heard, paused)[0].at_s
    press = Turned(over_s, ControlChange(20, 127))
    patient, _ = play(played, [press], phrase=PhraseSettings(silence_beats=4.0))
    assert [report.state for report in of(StateChanged, patient)] == ["listening", "answering", "idle"]
    assert of(Composed, paused) == of(Composed, patient)
    assert [sent.timed for sent in of(Sent, paused)] == [sent.timed for sent in of(Sent, patient)]
    assert of(Heard, paused) == of(Heard, patient)


@BOTH
def test_the_finished_take_has_its_tempo_its_bars_and_its_counts(played, bpm, tmp_path):
    reports, used = play(played)
    header = TakeHeader(BPM, Meter(), {}, UsedBundle(used.card.name, used.card.weights_sha256), 1)
    take = Take(tmp_path, header)
    for line in filter(None, map(line_of, reports)):
        take.record(line)
    take.end()
    take.whole.close()
    finish(take.path)
    file = mido.MidiFile(take.path)
    tempi = [mido.tempo2bpm(message.tempo) for message in file.tracks[0] if message.type == "set_tempo"]
    assert tempi == [pytest.approx(bpm, abs=0.05)] * len(tempi)
    player, ours = (list(onsets(track)) for track in file.tracks[1:])
    assert [pitch for _, pitch in player] == list(PITCHES)
    # The newest notes are the surest of their place.
    ends = [(onset - played[-1]) * bpm / BPM + IN_TIME[-1] for onset in played]
    assert [place for place, _ in player] == [pytest.approx(place, abs=0.05) for place in ends]
    assert ours[0][0] == pytest.approx(12.0, abs=0.005)
    summary = read(take.path).texts["summary"]
    assert (summary["phrases"], summary["answers"]) == (1, 1)


def onsets(track):
    """In quarters, and the pitch."""
    ticks = 0
    for message in track:
        ticks += message.time
        if message.type == "note_on" and message.velocity:
            yield ticks / TICKS_PER_QUARTER, message.note
