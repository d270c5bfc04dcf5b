"""Which notes of the answers are started and stopped, and when."""

import json

import pytest

pytestmark = pytest.mark.live
MODULE = ("{ AnswerSchedule, AHEAD_S }", "answer_schedule.js")


def note(pitch, at_s, ends_s):
    return {"pitch": pitch, "velocity": 80, "at_s": at_s, "ends_s": ends_s, "quoted": False}


def plan(*notes, answer=1):
    ends = [one["ends_s"] for one in notes]
    begins = [one["at_s"] for one in notes]
    return {
        "type": "plan",
        "answer": answer,
        "begins_s": min(begins),
        "ends_s": max(ends),
        "notes": notes,
        "symbols": [],
    }


@pytest.fixture
def play(run):
    """Feeds messages and moments (numbers) in this order; gives the actions of each."""

    def play(*steps):
        return run(f"""
            const schedule = new AnswerSchedule();
            return {json.dumps(steps)}.map((step) =>
                typeof step === "number" ? schedule.due(step)
                : step === "clear" ? schedule.clear() : schedule.hear(step));
        """)

    return play


def started(actions):
    return [(one["pitch"], one["atS"], one["endsS"]) for one in actions if one["action"] == "start"]


def stopped(actions):
    return [(one["id"], one["atS"]) for one in actions if one["action"] == "stop"]


def test_a_note_is_handed_over_ahead_of_its_moment_and_once(play):
    steps = play(plan(note(60, 10, 11)), 8.0, 9.0, 9.5)
    assert [started(one) for one in steps] == [[], [], [(60, 10, 11)], []]


def test_a_new_plan_replaces_what_was_handed_over(play):
    first = plan(note(60, 10, 11), note(62, 11, 12))
    steps = play(first, 9.9, plan(note(64, 11, 12)), 9.9)
    assert started(steps[1]) == [(60, 10, 11), (62, 11, 12)]
    assert stopped(steps[2]) == [(2, 0)]
    assert started(steps[3]) == [(64, 11, 12)]


def test_a_plan_of_nothing_stops_what_was_handed_over(play):
    nothing = {"type": "plan", "answer": 1, "begins_s": 10, "ends_s": 10, "notes": [], "symbols": []}
    steps = play(plan(note(60, 10, 11), note(62, 12, 13)), 9.9, nothing, 11.9)
    assert stopped(steps[2]) == [(1, 0)]
    assert steps[3] == []


def test_a_note_that_a_new_plan_names_again_goes_on(play):
    steps = play(plan(note(60, 10, 11)), 9.9, plan(note(60, 10, 11), note(62, 11, 12)), 10.0)
    assert steps[2] == []
    assert started(steps[3]) == [(62, 11, 12)]


def test_a_plan_of_the_next_answer_leaves_this_one_alone(play):
    steps = play(plan(note(60, 10, 11)), 9.9, plan(note(64, 10.5, 12), answer=2), 10.0)
    assert steps[2] == []
    assert started(steps[3]) == [(64, 10.5, 12)]


def test_a_cut_stops_what_sounds_then_and_all_that_follows(play):
    notes = plan(note(60, 10, 11), note(62, 11, 12), note(64, 13, 14))
    steps = play(notes, 9.9, {"type": "cut", "answer": 1, "at_s": 10.5}, 20.0)
    assert stopped(steps[2]) == [(1, 10.5), (2, 10.5)]
    assert steps[3] == []


def test_a_note_whose_moment_is_gone_is_left_out(play):
    """As when the page was asleep: it would come all at once, out of time."""
    steps = play(plan(note(60, 10, 11), note(62, 11, 12)), 10.95)
    assert started(steps[1]) == [(62, 11, 12)]


def test_what_was_planned_is_not_started_again_when_it_sounds(play):
    sounded = {"type": "sounded", "pitch": 60, "velocity": 80, "on": True, "at_s": 10.01}
    assert play(plan(note(60, 10, 11)), 9.9, sounded)[2] == []


def test_a_note_without_a_plan_sounds_when_it_is_told(play):
    on = {"type": "sounded", "pitch": 60, "velocity": 80, "on": True, "at_s": 10.0}
    off = {"type": "sounded", "pitch": 60, "velocity": 0, "on": False, "at_s": 10.4}
    steps = play(on, off)
    assert started(steps[0])[0][:2] == (60, 10)
    assert stopped(steps[1]) == [(1, 10.4)]


def test_a_note_that_ends_before_its_plan_stops_then(play):
    off = {"type": "sounded", "pitch": 60, "velocity": 0, "on": False, "at_s": 10.4}
    assert stopped(play(plan(note(60, 10, 11)), 9.9, off)[2]) == [(1, 10.4)]


def test_after_all_is_cleared_nothing_waits(play):
    steps = play(plan(note(60, 10, 11), note(62, 14, 15)), 9.9, "clear", 13.9)
    assert stopped(steps[2]) == [(1, 0)]
    assert steps[3] == []
