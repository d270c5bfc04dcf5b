"""Answers that are composed ahead, of several candidates: what is played, whatever happens meanwhile."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import ShapeSettings
from antiphon.events import ControlChange, NoteOff, NoteOn, ProgramChange, Turned
from antiphon.listen.key import Key
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.answer_reports import Answered, Heard, Hurried, Planned, Written
from antiphon.perform.comparison import compare
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.reports import Ended, Received, Sent
from antiphon.perform.session import Session
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import AnswerSettings, SessionSettings, TempoSettings
from antiphon.perform.take_records import Closed
from antiphon.stage.takes.records import RECORDED
from happenings import ALL_KNOBS, inputs, some_settings, timed
from playing import (
    PHRASE,
    HighCritic,
    advanced,
    ahead_session,
    arrival,
    event_voice,
    give,
    lstm_session,
    play,
    rows,
)

counts = st.sampled_from([1, 2, 5])
FIRST = TempoSettings("fixed", 120.0, downbeat="first")
FREE = SamplingSettings(temperature=1.5, adapts=False)
# The answer of two bars to the phrase: the highest of four candidates.
PLAN = [(16, 3, 67), (19, 3, 81), (22, 4, 57), (26, 1, 81), (27, 1, 81), (28, 8, 81)]
PLAN += [(36, 1, 64), (37, 2, 64), (39, 1, 60), (40, 7, 60), (47, 1, 64)]


def choosing(critic=None, **changes):
    answer = AnswerSettings(**{"candidates": 4, "bars": 2, "register": "any", **changes.pop("answer", {})})
    usual = {"tempo": FIRST, "sampling": FREE, "shape": ShapeSettings(endings=False), "answer": answer}
    return ahead_session(critic, **{**usual, **changes})


def told(made, *kinds):
    return [report for report in made.take_reports() if isinstance(report, kinds)]


def plain(notes):
    return [(note.onset_steps, note.duration_steps, note.pitch) for note in notes]


def written(reports):
    return plain(report.note for report in reports if isinstance(report, Written))


def plans(reports):
    return [(report.step, plain(report.notes)) for report in reports if isinstance(report, Planned)]


def later(events, by_s):
    return [(at_s + by_s, event) for at_s, event in events]


def test_an_answer_is_planned_before_it_sounds_and_played_as_planned():
    critic = HighCritic()
    made = choosing(critic)
    sent = play(made, PHRASE)
    reports = made.take_reports()
    assert plans(reports) == [(16, PLAN)]
    assert written(reports) == PLAN
    assert rows(sent)[:4] == [(3.0, "on", 67), (3.3375, "off", 67), (3.375, "on", 81), (3.7125, "off", 81)]
    assert len(rows(sent)) == 2 * len(PLAN)
    # The critic heard the phrase and four answers, and chose the highest.
    ((phrase, answered, frame),) = critic.asked
    assert plain(phrase) == [(0, 4, 60), (4, 4, 64), (8, 3, 67)]
    assert (frame.start, frame.end, frame.mode, frame.closes) == (16, 48, "major", True)
    heights = [np.mean([note.pitch for note in notes]) for notes in answered]
    assert (len(answered), plain(answered[int(np.argmax(heights))])) == (4, PLAN)


def test_all_candidates_are_composed_before_the_phrase_is_over():
    critic = HighCritic()
    made = choosing(critic)
    play(made, PHRASE, until_s=2.89)
    assert (made.state, len(critic.asked)) == ("listening", 1)
    play(made, [], until_s=3.5)
    assert len(critic.asked) == 1


def test_a_knob_composes_anew_what_comes_after_the_next_beat():
    """At 3.6, the notes up to step 28 are scheduled: what follows is what the colder model wants."""
    made = choosing(control=ControlSettings(temperature=20))
    sent = play(made, [*PHRASE, (3.6, ControlChange(20, 0))])
    reports = made.take_reports()
    (first, *_), (step, anew) = plans(reports)
    assert (first, step) == (16, 27)
    assert anew == [(27, 21, 81)]  # the note that sounds at the beat is held, and ends as the answer does
    assert written(reports) == [*PLAN[:4], *anew]
    assert rows(sent)[-1] == (6.975, "off", 81)


@pytest.mark.parametrize("turned", [ControlChange(20, 0), ControlChange(20, 127), ProgramChange(0)])
def test_a_knob_in_the_silence_after_a_phrase_counts_as_one_from_before_it(turned):
    """Most of the answer is composed by then."""

    def answered(at_s):
        control = ControlSettings(temperature=20)
        asked = SessionSettings(
            tempo=FIRST, sampling=FREE, answer=AnswerSettings(candidates=4, bars=2), control=control
        )
        made = Session(event_voice(5), asked, 7, [event_voice(6)])
        return rows(play(made, sorted([*PHRASE, (at_s, turned)], key=lambda row: row[0]), until_s=8.0))

    assert answered(2.85) == answered(0.0) != []


@pytest.mark.parametrize("pressed", ["motif", "forget"])
def test_a_button_in_the_silence_after_a_phrase_counts_as_one_pressed_just_before_that(pressed):
    def answered(at_s):
        made = choosing()
        play(made, PHRASE, until_s=8.0)
        sent = play(made, later(PHRASE, 8.0), until_s=at_s)
        made.ask(pressed, at_s)
        return rows(sent + play(made, [], until_s=16.0))

    assert answered(10.85) == answered(10.41) != []


def test_what_a_button_made_anew_is_composed_before_the_phrase_is_over_too():
    critic = HighCritic()
    made = choosing(critic)
    play(made, PHRASE, until_s=8.0)
    play(made, later(PHRASE, 8.0), until_s=10.85)
    assert len(critic.asked) == 2
    made.ask("motif", 10.85)
    play(made, [], until_s=10.89)
    assert (made.state, len(critic.asked)) == ("listening", 3)
    play(made, [], until_s=16.0)
    assert len(critic.asked) == 3


WILD = {"key": Key(0, "major"), "sampling": SamplingSettings(temperature=8.0, max_temperature=8.0)}


def strays(notes):
    """Notes of an answer in C major that are not of its scale, by their onsets."""
    return [onset for onset, _, pitch in notes if pitch % 12 not in {0, 2, 4, 5, 7, 9, 11}]


def test_a_strict_answer_keeps_to_the_scale_of_the_key_that_is_heard():
    made, free = choosing(strict_key=True, **WILD), choosing(**WILD)
    play(made, PHRASE)
    play(free, PHRASE)
    assert strays(written(free.take_reports()))
    assert strays(written(made.take_reports())) == []


def test_strictness_that_is_asked_for_in_mid_answer_counts_from_the_next_beat():
    made = choosing(**WILD)
    play(made, PHRASE, until_s=3.6)
    made.ask((SettingChange("key.strict", True),), 3.6)
    play(made, [], until_s=8.0)
    assert made.settings.strict_key
    reports = made.take_reports()
    (first, plan), _ = plans(reports)
    assert first == 16
    assert strays(plan)
    assert strays(row for row in written(reports) if row[0] >= 28) == []


def test_a_setting_that_the_notes_do_not_depend_on_leaves_the_plan():
    made = choosing()
    play(made, PHRASE, until_s=3.6)
    made.ask((SettingChange("feel.timing", 0.5),), 3.6)
    play(made, [], until_s=8.0)
    assert [step for step, _ in plans(made.take_reports())] == [16]


def test_another_program_takes_up_the_answer_at_the_next_beat():
    """What it says there depends on the phrase and on what the first program had said until then."""
    critic = HighCritic()
    made = choosing(critic)
    sent = play(made, [*PHRASE, (3.6, ProgramChange(0))])
    reports = made.take_reports()
    (first, plan), (step, anew) = plans(reports)
    assert (first, plan, step) == (16, PLAN, 28)
    assert anew == [(28, 3, 64), (31, 3, 76), (34, 6, 67), (40, 1, 76), (41, 4, 70), (45, 3, 81)]
    assert written(reports) == [*PLAN[:5], *anew]
    assert rows(sent)[-1] == (6.9813, "off", 81)


def test_each_program_keeps_what_it_heard_of_an_answer_that_another_took_up():
    voices = [event_voice(5), event_voice(6)]
    answer = AnswerSettings(candidates=4, bars=2, register="any")
    made = Session(voices[0], SessionSettings(tempo=FIRST, sampling=FREE, answer=answer), 7, voices[1:])
    play(made, [*PHRASE, (3.6, ProgramChange(0))], until_s=8.0)
    first, second = (len(voice.memory.kept) for voice in voices)
    assert second - first == 48 - 28


def test_a_setting_after_a_program_change_composes_by_the_program_that_took_up():
    critics = HighCritic(), HighCritic()
    made = two_programs(*critics)
    play(made, [*PHRASE, (3.6, ProgramChange(0))], until_s=3.65)
    made.ask((SettingChange("answer.candidates", 7),), 3.65)
    play(made, [], until_s=8.0)
    assert [[len(answers) for _, answers, _ in critic.asked] for critic in critics] == [[4], [4, 7]]


def two_programs(first, second):
    """Their critics are given."""
    voices = [event_voice(5, first), event_voice(6, second)]
    answer = AnswerSettings(candidates=4, bars=2, register="any")
    return Session(voices[0], SessionSettings(tempo=FIRST, sampling=FREE, answer=answer), 7, voices[1:])


def test_again_after_a_program_change_is_composed_by_the_other_program():
    critics = HighCritic(), HighCritic()
    made = two_programs(*critics)
    play(made, PHRASE, until_s=8.0)
    made.turn(Turned(8.0, ProgramChange(0)))
    made.ask("again", 8.0)
    play(made, [], until_s=14.0)
    assert [len(critic.asked) for critic in critics] == [1, 1]


def test_a_program_change_waits_for_the_next_answer_where_that_is_set():
    made = choosing(answer={"program_change": "answer"}, control=ControlSettings(temperature=20))
    play(made, [*PHRASE, (3.6, ProgramChange(0)), (3.65, ControlChange(20, 0))], until_s=8.0)
    reports = made.take_reports()
    assert written(reports) == PLAN
    assert [step for step, _ in plans(reports)] == [16]


def test_another_number_of_candidates_counts_from_the_next_beat_on():
    critic = HighCritic()
    made = choosing(critic)
    play(made, PHRASE, until_s=3.6)
    made.ask((SettingChange("answer.candidates", 7),), 3.6)
    play(made, [], until_s=8.0)
    assert [len(answered) for _, answered, _ in critic.asked] == [4, 7]


def test_whoever_comes_in_ends_the_plan():
    made = choosing()
    sent = play(made, [*PHRASE, (3.6, NoteOn(62)), (4.0, NoteOff(62))], until_s=5.5)
    assert rows(sent)[:5] == [
        (3.0, "on", 67),
        (3.3375, "off", 67),
        (3.375, "on", 81),
        (3.6, "off", 81),
        (5.0, "on", 81),
    ]
    reports = made.take_reports()
    assert [report.cut for report in reports if isinstance(report, Answered)] == [True]
    assert [step for step, _ in plans(reports)] == [16, 32]


def test_a_player_who_only_paused_hears_nothing_of_the_plan():
    made = choosing(phrase=PhraseSettings(silence_beats=0.5))
    play(made, [*PHRASE, (2.8, NoteOn(72)), (2.95, NoteOff(72))], until_s=8.0)
    reports = made.take_reports()
    assert [len(report.notes) for report in reports if isinstance(report, Heard)] == [4]
    assert len(plans(reports)) == 1


class DullCritic:
    """All answers are alike."""

    def log_odds_in_slices(self, _phrase, answers, _frame):
        yield
        return np.zeros(len(answers))


@pytest.mark.parametrize("critic", [DullCritic(), None])
def test_where_an_answer_is_to_close_the_choice_knows_how_songs_end(critic):
    def on_the_tonic(cadence):
        """Of six answers, so many end there."""
        shape = ShapeSettings(cadence=cadence)
        answer = AnswerSettings(candidates=8, bars=1, register="any")
        asked = SessionSettings(tempo=FIRST, sampling=FREE, shape=shape, answer=answer)
        made = Session(replace(event_voice(5), critic=critic), asked, 7)
        for begins_s in range(0, 36, 6):
            play(made, later(PHRASE, begins_s), until_s=begins_s + 6.0)
        return sum(report.notes[-1].pitch % 12 == 0 for report in told(made, Planned))

    assert on_the_tonic(cadence=1.0) > on_the_tonic(cadence=0.0)


def test_trading_plans_the_bars_in_turn():
    made = choosing(answer={"mode": "trade", "bars": 1})
    sent = play(made, PHRASE, until_s=6.0)
    assert rows(sent)[0] == (3.0, "on", 73)
    assert rows(sent)[-1] == (4.9938, "off", 60)
    (plan,) = plans(made.take_reports())
    assert plan[0] == 16
    assert sum(length for _, length, _ in plan[1]) == 16


def test_an_answer_without_end_is_planned_four_bars_at_a_time():
    made = choosing(answer={"mode": "continue"})
    sent = play(made, [*PHRASE, (21.0, NoteOn(62))], until_s=22.0)
    reports = made.take_reports()
    told_plans = plans(reports)
    assert [step // 64 for step, _ in told_plans] == [0, 1, 2]
    notes = {onset: (length, pitch) for _, plan in told_plans for onset, length, pitch in plan}
    assert all(notes[onset] == (length, pitch) for onset, length, pitch in written(reports))
    assert rows(sent)[-1][:2] == (21.0, "off")


def test_the_tempo_may_move_while_an_answer_is_planned_ahead():
    made = choosing()
    sent = play(made, PHRASE, until_s=3.25)
    made.ask((SettingChange("tempo.bpm", 60.0),), 3.25)
    sent += play(made, [], until_s=12.0)
    assert written(made.take_reports()) == PLAN
    assert rows(sent)[2] == (3.5, "on", 81)
    assert rows(sent)[-1][1] == "off"


def test_again_plays_the_next_candidate_of_the_same_phrase_in_the_next_bar():
    critic = HighCritic()
    made = choosing(critic)
    sent = play(made, PHRASE, until_s=3.6)
    made.ask("again", 3.6)
    sent += play(made, [], until_s=10.0)
    assert rows(sent)[3:5] == [(3.6, "off", 81), (5.0, "on", 70)]
    reports = made.take_reports()
    (_, first), (step, second) = plans(reports)
    heights = sorted(np.mean([note.pitch for note in notes]) for notes in critic.asked[0][1])
    assert [np.mean([pitch for *_, pitch in plan]) for plan in (first, second)] == heights[:-3:-1]
    assert (len(critic.asked), step) == (1, 32)
    heard = [report for report in reports if isinstance(report, Heard)]
    assert [(report.answer_start_steps, report.notes) for report in heard] == [
        (16, heard[0].notes),
        (32, heard[0].notes),
    ]
    assert made.state == "idle"


def test_again_after_the_last_candidate_composes_new_ones():
    critic = HighCritic()
    made = choosing(critic, answer={"candidates": 2})
    play(made, PHRASE, until_s=8.0)
    for at_s in (8.0, 14.0):
        made.ask("again", at_s)
        play(made, [], until_s=at_s + 6.0)
    assert len(critic.asked) == 2
    assert len({str(plan[0][2]) + str(plan) for _, plan in plans(made.take_reports())}) == 3


def test_again_without_candidates_composes_another_answer():
    made = lstm_session(tempo=FIRST, sampling=FREE)
    play(made, PHRASE, until_s=8.0)
    made.ask("again", 8.0)
    play(made, [], until_s=14.0)
    heard = told(made, Heard, Written)
    cut = [place for place, report in enumerate(heard) if isinstance(report, Heard)][1]
    first, second = (written(part) for part in (heard[:cut], heard[cut:]))
    assert second
    assert [note[1:] for note in first] != [note[1:] for note in second]


@pytest.mark.parametrize("events", [[], [*PHRASE, (2.8, NoteOn(60))]])
def test_again_does_nothing_without_an_answer_or_while_a_phrase_is_played(events):
    made = choosing()
    play(made, events, until_s=2.85)
    made.ask("again", 2.85)
    assert advanced(made, 2.85) == []
    assert made.state == ("listening" if events else "idle")


def test_whoever_plays_after_again_begins_another_phrase():
    made = choosing()
    play(made, PHRASE, until_s=8.0)
    made.ask("again", 8.0)
    play(made, [(8.2, NoteOn(62)), (8.4, NoteOff(62))], until_s=12.0)
    notes = [[note.pitch for note in report.notes] for report in told(made, Heard)]
    assert notes == [[60, 64, 67], [60, 64, 67], [62]]


def test_the_next_answer_keeps_to_the_motif_of_the_last_one_and_no_other_does():
    def onsets(motif):
        made = choosing()
        play(made, PHRASE, until_s=8.0)
        if motif:
            made.ask("motif", 8.0)
        play(made, later(PHRASE, 8.0) + later(PHRASE, 16.0), until_s=24.0)
        found = [{onset - step for onset, *_ in plan} for step, plan in plans(made.take_reports())]
        return [len(found[0] & other) / len(found[0] | other) for other in found[1:]]

    plainly, kept = onsets(motif=False), onsets(motif=True)
    assert kept[0] > plainly[0]


def test_without_time_for_candidates_the_first_of_them_is_the_answer():
    """It is what a session with one candidate plays."""
    made, alone = (choosing(answer={"start": "now", "candidates": n}) for n in (4, 1))
    sent = play(made, PHRASE, until_s=2.6)  # nothing was composed yet
    while made.due.choice_s is None:
        sent += made.advance(3.0)
    made.hurry()
    sent += advanced(made, 3.0)
    assert rows(sent) == [(3.0, "on", 67)]
    sent += play(made, [], until_s=8.0)
    assert rows(sent) == rows(play(alone, PHRASE, until_s=8.0))
    reports = made.take_reports()
    assert [report.choice for report in reports if isinstance(report, Hurried)] == [0]
    assert plans(reports) == []


@settings(deadline=None, max_examples=40)
@given(inputs, some_settings, counts)
def test_for_any_input_every_note_is_ended(steps, changes, count):
    changes = {**changes, "answer": replace(changes["answer"], candidates=count)}
    made, played = ahead_session(control=ALL_KNOBS, **changes), timed(steps)
    until_s = (played[-1][0] if played else 0.0) + 8.0
    sent = play(made, played, until_s)
    sent += made.stop(until_s)
    sounding = Counter()
    for event in (one.event for one in sent):
        sounding[event.channel, event.pitch] += 1 if isinstance(event, NoteOn) else -1
        assert sounding[event.channel, event.pitch] in (0, 1)
    assert not +sounding
    assert [one.at_s for one in sent] == sorted(one.at_s for one in sent)


@settings(deadline=None, max_examples=30)
@given(inputs, some_settings, counts, st.lists(st.floats(0, 30), max_size=20))
def test_looking_more_often_changes_nothing(steps, changes, count, looks):
    changes = {**changes, "answer": replace(changes["answer"], candidates=count)}
    played = timed(steps)
    until_s = (played[-1][0] if played else 0.0) + 8.0
    one, other = (ahead_session(control=ALL_KNOBS, **changes) for _ in range(2))
    once = play(one, played, until_s)
    sent, waiting = [], [arrival(*row) for row in played]
    moments = np.unique([*(look for look in looks if look < until_s), *np.arange(0, until_s, 0.05), until_s])
    for now_s in moments.tolist():
        while waiting and waiting[0].at_s <= now_s:
            give(other, waiting.pop(0))
        sent += advanced(other, now_s)
    assert sent == once[: len(sent)]
    assert all(late.at_s > until_s - 0.05 - 1e-9 for late in once[len(sent) :])
    plans = told(one, Planned)
    assert told(other, Planned) == plans[: len(plans)]


@settings(deadline=None, max_examples=30)
@given(inputs, some_settings, st.lists(st.integers(0, 60), max_size=12))
def test_what_was_hurried_is_replayed(steps, changes, patience):
    """There is time for so many looks before each choice, and then for no more."""
    changes = {**changes, "answer": replace(changes["answer"], candidates=4)}
    records = hurried_take(timed(steps), changes, patience)
    found = compare(records, lambda begun: ahead_session(**vars_of(begun.settings)))
    assert found.difference is None


def vars_of(asked):
    return {name: getattr(asked, name) for name in type(asked).__dataclass_fields__}


def hurried_take(played, changes, patience):
    made = ahead_session(control=ALL_KNOBS, **changes)
    until_s = (played[-1][0] if played else 0.0) + 8.0
    waiting, now_s, records, left = [arrival(*row) for row in played], 0.0, made.take_reports(), [*patience]
    looks = left.pop(0) if left else 0

    def hurry(to_s):
        nonlocal looks
        due_s = made.due.choice_s
        if due_s is not None and due_s <= to_s:
            looks -= 1
            if looks < 0:
                made.hurry()
                looks = left.pop(0) if left else 0

    while now_s < until_s:
        moments = [until_s, *(one.at_s for one in waiting[:1])]
        deadline_s = made.next_deadline_s()
        now_s = min(moments) if deadline_s is None else max(now_s, min(deadline_s, *moments))
        taken = []
        while waiting and waiting[0].at_s <= now_s:
            taken.append(waiting.pop(0))
            hurry(taken[-1].at_s)
            give(made, taken[-1])
        hurry(now_s)
        records += [Sent(one, 0.0) for one in made.advance(now_s)]
        records += [*map(Received, taken), *made.take_reports()]
    records += [*(Sent(one, 0.0) for one in made.stop(until_s)), *made.take_reports()]
    return [*(one for one in records if isinstance(one, RECORDED)), Ended(until_s, until_s), Closed()]


def test_the_most_expected_answer_is_played_without_asking_the_critic():
    critic = HighCritic()
    made = choosing(critic, answer={"choice": "expected"})
    sent = play(made, PHRASE, 30.0)
    (planned,) = told(made, Planned)
    assert not critic.asked
    assert len(planned.notes) > 1
    assert sorted(p for _, way, p in rows(sent) if way == "on") == sorted(
        p for _, way, p in rows(sent) if way == "off"
    )
