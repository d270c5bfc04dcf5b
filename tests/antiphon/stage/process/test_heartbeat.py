"""What is known of a process from outside it, also after it was killed: what sounds, and that it turns."""

import signal
from multiprocessing import get_context

from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import NoteOff, NoteOn
from antiphon.stage.engine import POLL_S
from antiphon.stage.process.heartbeat import Heartbeat, Pulse, SharedHeldNotes
from fake_player import play_and_die

CONTEXT = get_context("spawn")
# JACK may stand still for so long before it gives a client up; what ended long before that has left.
STANDS_STILL_S = 5.0


def test_what_a_killed_process_left_sounding_is_known():
    heartbeat = Heartbeat(CONTEXT)
    assert (heartbeat.sounding, heartbeat.turns) == ((), 0)
    process = CONTEXT.Process(target=play_and_die, args=(heartbeat,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert set(heartbeat.sounding) == {NoteOff(60, 3), NoteOff(127, 15), NoteOff(0)}
    assert heartbeat.turns == 5


def test_what_another_left_is_owed_by_its_successor():
    heartbeat = Heartbeat(CONTEXT)
    held = SharedHeldNotes(heartbeat, (NoteOff(60, 3), NoteOff(72)))
    assert set(held.owed()) == set(heartbeat.sounding) == {NoteOff(60, 3), NoteOff(72)}
    held.follow(NoteOff(72))
    assert heartbeat.sounding == (NoteOff(60, 3),)


def test_a_note_off_may_have_been_on_its_way_for_a_while():
    heartbeat = Heartbeat(CONTEXT)
    held = SharedHeldNotes(heartbeat)
    held.follow(NoteOn(64, 80, 2))
    for _ in range(round(3 * STANDS_STILL_S / POLL_S)):
        heartbeat.beat()
    for event in (NoteOn(60), NoteOff(64, 2), NoteOff(60), NoteOn(60)):
        held.follow(event)
    assert heartbeat.sounding == (NoteOff(60),)
    assert heartbeat.doubtful == (NoteOff(64, 2),)
    for _ in range(round(STANDS_STILL_S / POLL_S)):
        heartbeat.beat()
    assert heartbeat.doubtful == (NoteOff(64, 2),)
    for _ in range(round(2 * STANDS_STILL_S / POLL_S)):
        heartbeat.beat()
    assert heartbeat.doubtful == ()


EVENTS = st.builds(NoteOn, st.integers(0, 127), st.integers(1, 127), st.integers(0, 15)) | st.builds(
    NoteOff, st.integers(0, 127), st.integers(0, 15)
)


@given(st.lists(EVENTS))
def test_what_is_seen_outside_is_what_is_owed_inside(events):
    heartbeat = Heartbeat(CONTEXT)
    held = SharedHeldNotes(heartbeat)
    for event in events:
        held.follow(event)
        assert set(heartbeat.sounding) == set(held.owed())


def test_turns_go_on_for_ever():
    heartbeat = Heartbeat(CONTEXT)
    heartbeat._turns[0] = (1 << 32) - 1
    heartbeat.beat()
    assert heartbeat.turns == 0


def test_a_pulse_that_stands_for_so_many_frames_has_stopped():
    pulse = Pulse(3)
    assert [pulse.beats(turns) for turns in (0, 1, 1, 1, 1)] == [True, True, True, True, False]
    assert pulse.beats(2)  # it came to itself


@given(st.lists(st.integers(0, 2), max_size=50))
def test_who_turned_within_the_last_frames_lives(steps):
    pulse, turns, still = Pulse(4), 0, 0
    pulse.beats(turns)
    for step in steps:
        turns += step
        still = 0 if step else still + 1
        assert pulse.beats(turns) == (still < 4)
