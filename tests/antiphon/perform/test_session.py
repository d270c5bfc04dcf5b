"""Golden vectors: phrase in → exact (time, event) list out, in virtual time; and what holds for any input."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.compose.memory import DISTANCES, RUNS, Experience, Memory
from antiphon.compose.model import StreamModel
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import ShapeSettings
from antiphon.compose.symbols import HOLD, Vocabulary
from antiphon.events import ControlChange, NoteOff, NoteOn, ProgramChange, Timed, Turned
from antiphon.listen.key import Key
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.answer.programs import Voice
from antiphon.perform.reports import (
    Answered,
    Asked,
    BarsBegun,
    Begun,
    Composed,
    Handover,
    Heard,
    KnobTurned,
    Learned,
    MemoryKept,
    Pressed,
    ProgramChosen,
    SettingChanged,
    StateChanged,
)
from antiphon.perform.session import Session
from antiphon.perform.settings import (
    AnswerSettings,
    ControlSettings,
    SessionSettings,
    SettingChange,
    TempoSettings,
)
from antiphon.timebase import Grid
from fakes import VOCABULARY, random_weights, scripted_voice

# At 120 bpm a step lasts 0.125 s, a bar of 4/4 two seconds. The call: one bar of C major from second 1.
CALL = [
    (1.0, NoteOn(60, 70)),
    (1.45, NoteOff(60)),
    (1.5, NoteOn(64, 80)),
    (1.95, NoteOff(64)),
    (2.0, NoteOn(67, 90)),
    (2.4, NoteOff(67)),
]
SCRIPT = ["72", "_", "_", "_", "71", "_", "r", "_", "72", "_", "_", "_", "_", "_", "_", "_", "/"]
FIXED = TempoSettings("fixed", 120.0)
PLAIN = SamplingSettings(sure_factor=1.0, unsure_factor=1.0, longest_steps=0, most_repeats=0)


def session(script=SCRIPT, **changes):
    changes = {"sampling": PLAIN, "tempo": FIXED, **changes}
    return Session(scripted_voice(script), SessionSettings(**changes), random_seed=1)


def play(made, events, until_s=20.0):
    """Everything sent, the session advanced at each deadline and each event, as the engine does."""
    waiting, now_s = [arrival(at_s, event) for at_s, event in events], 0.0
    sent, still = [], 0
    while now_s < until_s:
        before_s = now_s
        moments = [until_s, *(timed.at_s for timed in waiting[:1])]
        deadline_s = made.next_deadline_s()
        now_s = min(moments) if deadline_s is None else max(now_s, min(deadline_s, *moments))
        while waiting and waiting[0].at_s <= now_s:
            give(made, waiting.pop(0))
        sent += made.advance(now_s)
        still = still + 1 if now_s == before_s else 0
        assert still < 100, "the deadline does not move"
    return sent


def advanced(made, now_s):
    """What is sent up to a moment, with nothing left to do until then."""
    sent = made.advance(now_s)
    while (deadline_s := made.next_deadline_s()) is not None and deadline_s <= now_s:
        sent += made.advance(now_s)
    return sent


def arrival(at_s, event):
    return Timed(at_s, event) if isinstance(event, NoteOn | NoteOff) else Turned(at_s, event)


def give(made, arrived):
    if isinstance(arrived, Turned):
        made.turn(arrived)
    else:
        made.receive(arrived)


def rows(sent):
    return [(round(t.at_s, 4), "on" if isinstance(t.event, NoteOn) else "off", t.event.pitch) for t in sent]


def test_a_call_is_answered_at_the_next_bar_as_long_as_the_call():
    sent = play(session(), CALL)
    # The call was played with nine tenths of each note sounding, and so is the answer but for its last note.
    assert rows(sent) == [
        (3.0, "on", 72),
        (3.45, "off", 72),
        (3.5, "on", 71),
        (3.725, "off", 71),
        (4.0, "on", 72),
        (4.975, "off", 72),
    ]
    assert [t.event.velocity for t in sent if isinstance(t.event, NoteOn)] == [80, 80, 80]


@pytest.mark.parametrize(("start", "first_s"), [("now", 3.0), ("beat", 3.0), ("bar", 3.0)])
def test_a_call_that_ends_on_the_beat_is_answered_there(start, first_s):
    call = [*CALL[:-1], (2.5, NoteOff(67))]
    assert rows(play(session(answer=AnswerSettings(start=start)), call))[0] == (first_s, "on", 72)


@pytest.mark.parametrize(("start", "first_s"), [("now", 2.75), ("beat", 3.0), ("bar", 3.0)])
def test_when_the_answer_starts(start, first_s):
    call = [*CALL[:-1], (2.24, NoteOff(67))]
    assert rows(play(session(answer=AnswerSettings(start=start)), call))[0] == (first_s, "on", 72)


def test_the_answer_is_in_the_players_key():
    up_a_tone = [(at_s, type(event)(event.pitch + 2)) for at_s, event in CALL]
    made = session()
    sent = play(made, up_a_tone)
    assert [pitch for _, kind, pitch in rows(sent) if kind == "on"] == [74, 73, 74]
    heard = next(news for news in made.take_reports() if isinstance(news, Heard))
    assert heard.key == Key(2, "major")


def test_the_answer_is_in_the_players_register():
    in_the_bass = [(at_s, type(event)(event.pitch - 36)) for at_s, event in CALL]
    assert [pitch for _, kind, pitch in rows(play(session(), in_the_bass)) if kind == "on"] == [36, 35, 36]


def test_the_end_of_the_song_lengthens_the_last_note_to_the_end_of_the_answer():
    sent = play(session(["72", "_", "_", "_", "71", "_", "/"]), CALL)
    assert rows(sent)[-1] == (4.975, "off", 71)


def test_the_song_cannot_end_before_the_last_bar():
    """In the first of two bars the model wants nothing but the end, and must go on."""
    made = session(["72", "/"], answer=AnswerSettings(bars=2))
    play(made, CALL, until_s=9.0)
    composed = [news.step for news in made.take_reports() if isinstance(news, Composed)]
    assert composed[:16] == list(range(16, 32))


def test_a_note_of_the_player_ends_the_answer_at_once_and_begins_the_next_call():
    made = session()
    sent = play(made, [*CALL, (3.2, NoteOn(62)), (3.6, NoteOff(62))])
    assert rows(sent)[:2] == [(3.0, "on", 72), (3.2, "off", 72)]
    assert rows(sent)[2][0] == 5.0  # the answer to the second call, at the next bar
    news = made.take_reports()
    assert [n.cut for n in news if isinstance(n, Answered)] == [True, False]
    assert [[note.pitch for note in n.notes] for n in news if isinstance(n, Heard)] == [[60, 64, 67], [62]]


def test_a_player_who_only_paused_is_heard_whole():
    made = session(phrase=PhraseSettings(silence_beats=0.5))
    play(made, [*CALL, (2.8, NoteOn(72)), (2.95, NoteOff(72))])
    reports = made.take_reports()
    heard = [n for n in reports if isinstance(n, Heard)]
    assert [[note.pitch for note in n.notes] for n in heard] == [[60, 64, 67, 72]]
    assert sum(isinstance(n, Answered) for n in reports) == 1


def test_an_answer_that_never_sounded_leaves_no_trace():
    """A pause after the answer was planned: all goes on as if nothing had been decided in it."""
    paused = [*CALL, (2.95, NoteOn(72)), (3.3, NoteOff(72)), (9.0, NoteOn(64)), (9.4, NoteOff(64))]
    quick, slow = (session(phrase=PhraseSettings(silence_beats=beats)) for beats in (0.75, 1.25))
    played = []
    for made in (quick, slow):
        rows_of = rows(play(made, paused))
        played.append((rows_of, made.transport, [n for n in made.take_reports() if isinstance(n, Composed)]))
    assert [row[1:] for row in played[0][0]] == [row[1:] for row in played[1][0]]
    assert played[0][1] == played[1][1]
    assert played[0][2] == played[1][2]


def test_a_late_model_leaves_a_rest_and_no_burst():
    """The machine hangs from before the answer until its third note: only what is still in time sounds."""
    made = session()
    for at_s, event in CALL:
        made.receive(Timed(at_s, event))
    advanced(made, 2.9)
    assert rows(advanced(made, 4.05)) == [(4.0, "on", 72)]
    made.advance(5.0)
    made.advance(5.1)
    assert [n.late_steps for n in made.take_reports() if isinstance(n, Answered)] == [2]


def test_stopping_closes_what_sounds():
    made = session()
    play(made, CALL, until_s=3.1)
    assert rows(made.stop(3.1)) == [(3.1, "off", 72)]
    assert made.next_deadline_s() is None
    assert made.state == "idle"


def test_the_states_are_told():
    made = session()
    play(made, CALL)
    told = [(round(n.at_s, 3), n.state) for n in made.take_reports() if isinstance(n, StateChanged)]
    assert told == [(1.0, "listening"), (2.9, "answering"), (5.0, "idle")]


def test_another_meter():
    sent = play(session(tempo=TempoSettings("fixed", 120.0, "3/4")), CALL)
    assert rows(sent)[0] == (4.0, "on", 72)  # a bar lasts 1.5 s; at 2.5 the call was not yet over


LOUD_BARS = [
    (1.0, NoteOn(60, 100)),
    (1.95, NoteOff(60)),
    (2.0, NoteOn(64, 70)),
    (2.95, NoteOff(64)),
    (3.0, NoteOn(67, 100)),
    (3.95, NoteOff(67)),
    (4.0, NoteOn(60, 70)),
    (4.45, NoteOff(60)),
]


def test_the_answer_is_as_loud_as_the_call_and_accents_its_downbeats():
    sent = play(session(["72", "_", "_", "_", "71", "_", "_", "_"]), LOUD_BARS)
    assert [t.event.velocity for t in sent if isinstance(t.event, NoteOn)][:2] == [100, 85]


def test_the_answer_stays_where_the_player_is():
    """The model goes an octave up; a player who asked for it is not followed there."""
    high = ["84", "_", "_", "_", "83", "_", "_", "_", "84", "_", "_", "_", "/"]
    vocabulary = Vocabulary.of([map(str, range(48, 90))])
    for register, pitches in (("player", [72, 71, 72]), ("any", [84, 83, 84])):
        changes = {"tempo": FIXED, "sampling": PLAIN, "answer": AnswerSettings(register=register)}
        made = Session(scripted_voice(high, vocabulary), SessionSettings(**changes), 1)
        assert [pitch for _, kind, pitch in rows(play(made, CALL)) if kind == "on"] == pitches


def test_continuing_goes_on_until_the_player_comes_in():
    made = session(["72", "_", "71", "_"] * 40, answer=AnswerSettings("continue"))
    sent = play(made, [*CALL, (13.05, NoteOn(62)), (13.3, NoteOff(62))], until_s=13.5)
    ons = [at_s for at_s, kind, _ in rows(sent) if kind == "on"]
    assert ons == [3.0 + 0.25 * n for n in range(41)]
    assert rows(sent)[-1] == (13.05, "off", 72)
    assert made.state == "listening"


def test_trading_keeps_to_the_bar_line_whatever_is_held():
    """Two bars each: the call's last key is still down at the bar line, and a little after it."""
    call = [(0.0, NoteOn(60)), (1.9, NoteOff(60)), (2.0, NoteOn(64)), (4.07, NoteOff(64))]
    made = session(["72", "_", "_", "_"] * 8, answer=AnswerSettings("trade"))
    sent = play(made, call, until_s=9.0)
    ons = [at_s for at_s, kind, _ in rows(sent) if kind == "on"]
    assert ons == [4.0 + 0.5 * n for n in range(8)]
    heard = next(news for news in made.take_reports() if isinstance(news, Heard))
    assert [(n.onset_steps, n.duration_steps) for n in heard.notes] == [(0, 16), (16, 16)]


def test_trading_a_note_just_before_the_bar_line_begins_the_next_call():
    call = [(0.0, NoteOn(60)), (1.9, NoteOff(60)), (7.93, NoteOn(64)), (9.0, NoteOff(64))]
    made = session(["72", "_", "_", "_"] * 8, answer=AnswerSettings("trade"))
    play(made, call, until_s=12.5)
    starts = [news.answer_start_steps for news in made.take_reports() if isinstance(news, Heard)]
    assert starts == [32, 96]


def test_overlapping_lets_the_answer_go_on_until_the_next_takes_over():
    answer = AnswerSettings(bars=4, overlap=True)
    made = session(["72", "_", "_", "_"] * 16, answer=answer)
    sent = play(made, [*CALL, (4.0, NoteOn(62)), (4.4, NoteOff(62))], until_s=9.9)
    ons = [at_s for at_s, kind, _ in rows(sent) if kind == "on"]
    # The second call is over at 4.9; its answer begins at the bar line at 5, in the place of the first.
    assert ons == [3.0 + 0.5 * n for n in range(14)]
    assert [n.at_s for n in made.take_reports() if isinstance(n, Answered)] == [pytest.approx(4.9)]


def test_the_tempo_of_the_player_is_followed_and_bars_go_on():
    """The settings say 120; the player plays quarters at 90, then at 100."""
    made = session(
        ["72", "_", "_", "_"] * 8, tempo=TempoSettings("follow", 120.0), answer=AnswerSettings(bars=1)
    )
    call, at_s = [], 1.0
    for bpm, pitches in ((90.0, [60, 62, 64, 65] * 2), (100.0, [67, 65, 64, 62] * 2)):
        beat_s = 60 / bpm
        for pitch in pitches:
            call += [(at_s, NoteOn(pitch)), (at_s + 0.9 * beat_s, NoteOff(pitch))]
            at_s += beat_s
        at_s += 10.0
    sent = play(made, call, until_s=40.0)
    heard = [news for news in made.take_reports() if isinstance(news, Heard)]
    assert [news.grid.bpm for news in heard] == [pytest.approx(90, rel=0.01), pytest.approx(100, rel=0.01)]
    assert [news.answer_start_steps % 16 for news in heard] == [0, 0]
    assert heard[0].answer_start_steps < heard[1].notes[0].onset_steps
    ons = [t.at_s for t in sent if isinstance(t.event, NoteOn)]
    assert np.diff(ons[:4]) == pytest.approx(60 / 90, rel=0.01)
    assert np.diff(ons[4:8]) == pytest.approx(60 / 100, rel=0.01)


def test_a_key_set_by_hand_is_the_key():
    made = session(key=Key(7, "major"))
    play(made, CALL)
    assert next(news for news in made.take_reports() if isinstance(news, Heard)).key == Key(7, "major")


def test_the_model_has_heard_the_call_before_it_is_over():
    """At the end only what cannot have been known is still to be heard: how long the last note is held."""
    voice = scripted_voice(SCRIPT)
    made = Session(voice, SessionSettings(tempo=FIXED), 1)
    play(made, CALL, until_s=2.89)
    before = list(voice.model.heard)
    assert before == ["/", "60", "_", "_", "_", "64", "_", "_", "_", "67", *["_"] * 7]
    play(made, [], until_s=2.91)
    assert voice.model.heard[: len(before)] == before


def turned(at_s, control, value):
    return Turned(at_s, ControlChange(control, value))


KNOBS = ControlSettings(temperature=20, bars=21, mode=22, answer_now=23, stop=24, panic=25)


def test_answer_now_ends_the_call():
    made = session(control=KNOBS)
    sent = play(made, CALL[:3], until_s=1.8)
    made.turn(turned(1.8, 23, 127))
    sent += play(made, [], until_s=9.0)
    assert rows(sent)[0] == (3.0, "on", 60)  # in the register of what was played
    heard = next(news for news in made.take_reports() if isinstance(news, Heard))
    assert heard.at_s == 1.8
    assert [note.pitch for note in heard.notes] == [60, 64]


def test_stop_ends_the_answer_and_panic_the_call_too():
    for control in (24, 25):
        made = session(control=KNOBS)
        play(made, CALL, until_s=3.1)
        made.turn(turned(3.1, control, 127))
        assert rows(made.advance(3.1)) == [(3.1, "off", 72)]
        assert made.state == "idle"
        assert made.next_deadline_s() is None
    made = session(control=KNOBS)
    play(made, CALL[:3], until_s=1.8)
    made.turn(turned(1.8, 25, 127))
    assert play(made, [], until_s=9.0) == []


def test_a_button_that_comes_up_does_nothing():
    made = session(control=KNOBS)
    play(made, CALL, until_s=3.1)
    made.turn(turned(3.1, 24, 0))
    assert made.state == "answering"


def test_knobs_change_the_answers_to_come():
    made = session(control=KNOBS)
    made.turn(turned(0.5, 21, 32))
    play(made, CALL)
    assert next(news for news in made.take_reports() if isinstance(news, Heard)).answer_steps == 32


def test_the_temperature_turns_within_the_answer():
    made = lstm_session(control=KNOBS, tempo=FIXED, answer=AnswerSettings(bars=4))
    play(made, CALL, until_s=4.0)
    made.turn(turned(4.0, 20, 0))
    play(made, [], until_s=9.0)
    drawn = [(n.step, n.draw.temperature) for n in made.take_reports() if isinstance(n, Composed)]
    late = [temperature for step, temperature in drawn if step > 28]
    assert late
    assert all(temperature <= 0.12 for temperature in late)
    assert all(temperature > 0.5 for step, temperature in drawn if step <= 26)


def test_the_next_knob_is_learned_and_works_at_once():
    made = session(control=KNOBS, learn="bars")
    made.turn(turned(0.2, 64, 0))  # a pedal is no knob
    made.turn(turned(0.5, 77, 32))
    play(made, CALL)
    news = made.take_reports()
    assert [(n.name, n.control) for n in news if isinstance(n, Learned)] == [("bars", 77)]
    assert next(n for n in news if isinstance(n, Heard)).answer_steps == 32


def test_what_a_knob_has_set_and_which_button_went_down_are_told():
    made = session(control=ControlSettings(temperature=20, mode=22, rests=26, record=28))
    for control, value in ((20, 127), (22, 127), (26, 0), (28, 127), (28, 0), (90, 1)):
        made.turn(turned(1.0, control, value))
    assert made.take_reports()[1:] == [
        SettingChanged(1.0, "sampling.temperature", 2.0),
        KnobTurned(1.0, "temperature", 2.0),
        SettingChanged(1.0, "answer.mode", "trade"),
        KnobTurned(1.0, "mode", "trade"),
        SettingChanged(1.0, "sampling.weights.r", 0.0),
        KnobTurned(1.0, "rests", 0.0),
        Pressed(1.0, "record"),
    ]


def test_what_the_music_depends_on_is_told_first():
    made = session()
    assert made.take_reports() == [Begun(SessionSettings(tempo=FIXED, sampling=PLAIN), 1, Handover())]


def test_a_change_counts_from_the_moment_it_is_asked_for():
    made = session(control=KNOBS)
    sent = play(made, CALL, until_s=3.2)
    changes = (SettingChange("tempo.bpm", 60.0), SettingChange("control.answer_now", 99))
    made.ask(changes, 3.25)
    sent += play(made, [], until_s=30.0)
    # A quarter of the answer's first second had passed: at half the tempo the rest takes twice as long.
    assert rows(sent)[:4] == [(3.0, "on", 72), (3.65, "off", 72), (3.75, "on", 71), (4.2, "off", 71)]
    reports = made.take_reports()
    assert Asked(3.25, changes) in reports
    assert SettingChanged(3.25, "control.answer_now", 99) in reports
    made.receive(Timed(31.25, NoteOn(60)))
    made.turn(turned(31.5, 23, 127))  # the old button does nothing
    made.turn(turned(31.75, 99, 127))
    play(made, [], until_s=40.0)
    heard = next(news for news in made.take_reports() if isinstance(news, Heard))
    assert (heard.at_s, heard.grid.bpm) == (31.75, 60.0)


def test_a_change_keeps_what_a_knob_has_set():
    made = session(control=KNOBS)
    made.turn(turned(0.1, 22, 127))  # trade
    made.ask((SettingChange("answer.bars", 1),), 0.2)
    play(made, CALL, until_s=3.5)
    assert made.state == "answering"  # a bar, then the bar line, as trading has it
    assert next(news for news in made.take_reports() if isinstance(news, Heard)).at_s == 3.0


def test_a_change_to_the_value_of_the_beginning_undoes_a_knob():
    made = session(control=KNOBS)
    before = made.settings.sampling.temperature
    made.turn(turned(0.1, 20, 127))
    assert made.settings.sampling.temperature == 2.0
    made.ask((SettingChange("sampling.temperature", before),), 0.2)
    assert made.settings.sampling.temperature == before


def test_the_bars_begin_with_the_first_note_and_that_is_reported_once():
    made = session()
    play(made, CALL, until_s=8.0)
    begun = [(n.at_s, n.grid) for n in made.take_reports() if isinstance(n, BarsBegun)]
    assert begun == [(1.0, Grid(FIXED.bpm, 1.0))]


def test_a_button_can_be_asked_for_from_outside():
    made = session()
    play(made, CALL, until_s=3.1)
    made.ask("panic", 3.1)
    assert rows(made.advance(3.1)) == [(3.1, "off", 72)]
    assert [news for news in made.take_reports() if isinstance(news, Asked | Pressed)] == [
        Asked(3.1, "panic"),
        Pressed(3.1, "panic"),
    ]


def test_a_performance_is_taken_up_again_in_its_bars():
    first = session()
    play(first, CALL[:4], until_s=1.9)
    left = Handover(first.transport, 5)
    second = Session(scripted_voice(SCRIPT), SessionSettings(tempo=FIXED, sampling=PLAIN), 1, (), left)
    later = [(at_s + 10.5, event) for at_s, event in CALL]
    assert rows(play(second, later))[0] == (15.0, "on", 72)  # bars begin at every odd second


def test_recording_changes_nothing_in_the_music():
    knobs = ControlSettings(record=28)
    press = [(at_s, ControlChange(28, 127)) for at_s in (1.7, 3.1, 4.2)]
    pressed = play(session(control=knobs), sorted([*CALL, *press], key=lambda one: one[0]))
    assert pressed == play(session(control=knobs), CALL)


LOW = ["60", "_", "_", "_", "62", "_", "_", "_", "/"]


def two_voices(**changes):
    """A voice, and another as program 1."""
    changes = {"sampling": PLAIN, "tempo": FIXED, **changes}
    voices = [scripted_voice(["72", "_"] * 40, name="first"), scripted_voice(LOW, name="other")]
    return Session(voices[0], SessionSettings(**changes), 1, voices[1:]), voices


def pitches(sent):
    return [pitch for _, kind, pitch in rows(sent) if kind == "on"]


def test_a_program_change_lets_another_voice_answer():
    made, voices = two_voices()
    sent = play(made, [*CALL, (2.5, ProgramChange(0))])
    assert rows(sent)[:4] == [(3.0, "on", 60), (3.45, "off", 60), (3.5, "on", 62), (4.975, "off", 62)]
    assert [n for n in made.take_reports() if isinstance(n, ProgramChosen)] == [
        ProgramChosen(2.5, 0, "other")
    ]
    heard = ["/", "60", "_", "_", "_", "64", "_", "_", "_", "67", "_", "_"]
    assert voices[1].model.heard[: len(heard)] == heard


def test_another_voice_hears_the_call_before_it_is_over():
    made, voices = two_voices()
    play(made, [*CALL, (2.5, ProgramChange(0))], until_s=2.89)
    assert voices[1].model.heard[-8:] == ["67", *["_"] * 7]


def test_an_answer_goes_on_in_its_own_voice_and_the_next_is_in_the_other():
    made, _ = two_voices()
    again = [(at_s + 6.0, event) for at_s, event in CALL]
    sent = play(made, [*CALL, (3.3, ProgramChange(0)), *again])
    assert pitches(sent) == [72] * 8 + [60, 62]


def test_a_program_that_there_is_not_changes_nothing():
    made, _ = two_voices()
    sent = play(made, [*CALL[:3], (1.97, ProgramChange(1)), *CALL[3:]])
    assert pitches(sent) == [72] * 8
    assert [n for n in made.take_reports() if isinstance(n, ProgramChosen)] == [ProgramChosen(1.97, 1, None)]


def test_knobs_turn_for_every_voice():
    made, _ = two_voices(control=KNOBS)
    made.turn(turned(0.2, 20, 0))
    play(made, [*CALL, (2.5, ProgramChange(0))])
    drawn = [n.draw.temperature for n in made.take_reports() if isinstance(n, Composed)]
    assert drawn == [pytest.approx(0.1)] * len(drawn)


def test_the_pedal_sustains_the_call_to_the_bar_it_is_lifted_in():
    """Lifted at 3.2, the call's last note is heard until there: the answer comes a bar later than without."""
    sent = play(
        session(), sorted([*CALL, (2.1, ControlChange(64, 127)), (3.2, ControlChange(64, 0))], key=first)
    )
    assert rows(sent)[:3] == [(5.0, "on", 72), (5.45, "off", 72), (5.5, "on", 71)]


def first(row):
    return row[0]


def test_an_answer_that_starts_at_once_is_not_kept_waiting_for_what_is_composed_ahead():
    made = session(answer=AnswerSettings(start="now"))
    play(made, [*CALL[:-1], (2.5, NoteOff(67))], until_s=2.99)
    made.take_reports()
    assert rows(made.advance(3.0)) == [(3.0, "on", 72)]
    assert [n.step for n in made.take_reports() if isinstance(n, Composed)] == [16]
    assert made.next_deadline_s() <= 3.0
    while made.next_deadline_s() <= 3.0:
        assert made.advance(3.0) == []
    assert [n.step for n in made.take_reports() if isinstance(n, Composed)] == [17, 18, 19, 20]


def test_the_pedal_holds_the_call_open():
    made = session(phrase=PhraseSettings(silence_beats=0.25))
    made.turn(turned(0.9, 64, 127))
    play(made, CALL, until_s=4.0)
    assert made.state == "listening"
    made.turn(turned(4.0, 64, 0))
    play(made, [], until_s=4.2)
    assert made.state == "answering"


def lstm_session(**changes):
    """Two voices of random weights."""
    voices = [
        Voice(
            StreamModel(random_weights(len(VOCABULARY), seed=n)),
            VOCABULARY,
            4,
            memory=Memory(Experience(((0.5,) * RUNS,) * DISTANCES), len(VOCABULARY), VOCABULARY.id(HOLD)),
        )
        for n in (5, 6)
    ]
    return Session(voices[0], SessionSettings(**changes), 7, voices[1:])


def test_buttons_rule_the_memory():
    made = lstm_session(control=ControlSettings(remember=40, forget=41, keep_memory=42))

    def call_at(at_s):
        return [(moment + at_s, event) for moment, event in CALL]

    def press(button, at_s):
        return at_s, ControlChange(button, 127)

    asked = [8.0, 13.0, 20.1, 35.0]
    events = [*call_at(0.0), *call_at(10.0), press(41, 20.0), press(40, 20.5), *call_at(22.0), *call_at(32.0)]
    play(made, sorted(events + [press(42, at_s) for at_s in asked], key=lambda e: e[0]), until_s=36.0)
    kept = [n.symbols for n in made.take_reports() if isinstance(n, MemoryKept)]
    assert {"60", "64", "67"} <= set(kept[0])
    assert len(kept[1]) == len(kept[0])  # while an answer sounds it is not kept yet
    assert kept[2:] == [(), ()]


def share_on_the_calls_rhythm(closeness):
    """Of the notes of an answer, how many begin where a note of the call began."""
    made = lstm_session(shape=ShapeSettings(closeness=closeness), answer=AnswerSettings(bars=8))
    play(made, CALL, until_s=24.0)
    news = made.take_reports()
    call = next(n for n in news if isinstance(n, Heard))
    bar = {note.onset_steps % 16 for note in call.notes}
    said = [n.step % 16 for n in news if isinstance(n, Composed) and n.symbol.isdigit()]
    return sum(step in bar for step in said) / len(said)


def test_near_to_the_call_an_answer_has_its_rhythm():
    assert share_on_the_calls_rhythm(1.0) > share_on_the_calls_rhythm(0.0) + 0.3


ALL_KNOBS = ControlSettings(*range(20, 33))
happenings = st.one_of(
    st.builds(NoteOn, st.integers(0, 127), st.integers(1, 127), st.integers(0, 15)),
    st.builds(NoteOff, st.integers(0, 127), st.integers(0, 15)),
    st.builds(ControlChange, st.sampled_from([*range(20, 33), 64]), st.integers(0, 127), st.integers(0, 15)),
    st.builds(ProgramChange, st.integers(0, 3), st.integers(0, 15)),
)
inputs = st.lists(st.tuples(st.floats(0, 3), happenings), max_size=25)
some_settings = st.fixed_dictionaries(
    {
        "tempo": st.builds(
            TempoSettings,
            st.sampled_from(["follow", "fixed"]),
            st.floats(20, 300),
            st.sampled_from(["4/4", "3/4", "7/8"]),
        ),
        "answer": st.builds(
            AnswerSettings,
            st.sampled_from(["answer", "continue", "trade"]),
            st.sampled_from(["now", "beat", "bar"]),
            st.integers(0, 3),
            st.sampled_from(["player", "any"]),
            st.booleans(),
        ),
        "phrase": st.builds(
            PhraseSettings,
            st.floats(0.25, 4),
            st.floats(1, 32),
            st.sampled_from(["highest", "lowest", "latest"]),
        ),
        "channel": st.integers(0, 15),
    }
)


def timed(steps):
    """The steps' waits summed up to moments."""
    at_s, made = 0.0, []
    for wait_s, event in steps:
        at_s += wait_s
        made.append((at_s, event))
    return made


@settings(deadline=None, max_examples=100)
@given(inputs, some_settings)
def test_for_any_input_and_settings_no_note_hangs_or_strays(steps, changes):
    made, played = lstm_session(control=ALL_KNOBS, **changes), timed(steps)
    until_s = (played[-1][0] if played else 0.0) + 8.0
    sent = play(made, played, until_s)
    sent += made.stop(until_s)
    sounding = Counter()
    for event in (t.event for t in sent):
        assert event.channel == changes["channel"]
        sounding[event.pitch] += 1 if isinstance(event, NoteOn) else -1
        assert sounding[event.pitch] in (0, 1)
    assert not +sounding
    assert [t.at_s for t in sent] == sorted(t.at_s for t in sent)
    told = [news.at_s for news in made.take_reports() if isinstance(news, StateChanged)]
    assert told == sorted(told)


@settings(deadline=None, max_examples=40)
@given(inputs, some_settings, st.lists(st.floats(0, 30), max_size=20))
def test_looking_more_often_changes_nothing(steps, changes, looks):
    played = timed(steps)
    until_s = (played[-1][0] if played else 0.0) + 8.0
    once = play(lstm_session(control=ALL_KNOBS, **changes), played, until_s)

    made, sent, waiting = lstm_session(control=ALL_KNOBS, **changes), [], [arrival(*row) for row in played]
    moments = np.unique([*(look for look in looks if look < until_s), *np.arange(0, until_s, 0.05), until_s])
    for now_s in moments.tolist():
        while waiting and waiting[0].at_s <= now_s:
            give(made, waiting.pop(0))
        sent += advanced(made, now_s)
    assert sent == once[: len(sent)]
    assert all(t.at_s > until_s - 0.05 - 1e-9 for t in once[len(sent) :])
