from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.perform.answer.scheduler import Scheduler


def scheduler(*events, late_limit_s=0.1):
    made = Scheduler(late_limit_s)
    for at_s, event in events:
        made.add(Timed(at_s, event))
    return made


def test_offs_go_before_ons_at_one_instant():
    due = scheduler((1.0, NoteOn(60)), (2.0, NoteOn(60, 90)), (2.0, NoteOff(60)))
    assert due.due(1.0, 1.0) == [Timed(1.0, NoteOn(60))]
    assert due.due(2.0, 2.0) == [Timed(2.0, NoteOff(60)), Timed(2.0, NoteOn(60, 90))]


def test_a_note_struck_while_it_sounds_is_closed_first():
    due = scheduler((1.0, NoteOn(60)), (1.05, NoteOn(60, 90)))
    assert due.due(1.05, 1.05) == [
        Timed(1.0, NoteOn(60)),
        Timed(1.05, NoteOff(60)),
        Timed(1.05, NoteOn(60, 90)),
    ]


def test_what_is_too_late_is_left_out_with_its_off():
    due = scheduler((1.0, NoteOn(60)), (1.5, NoteOff(60)), (1.95, NoteOn(62)))
    assert due.due(2.0, 2.0) == [Timed(1.95, NoteOn(62))]
    assert due.dropped == 1


def test_a_note_is_too_late_once_the_limit_is_passed():
    late = [scheduler((1.0, NoteOn(60)), late_limit_s=0.5).due(now_s, now_s) for now_s in (1.5, 1.51)]
    assert late == [[Timed(1.0, NoteOn(60))], []]


def test_it_says_whether_something_leaves_by_a_moment_and_when():
    due = scheduler((1.0, NoteOn(60)))
    due.ahead_s = 0.25
    assert due.next_s == 0.75
    assert [due.leaves_by(moment_s) for moment_s in (0.7, 0.75, 2.0)] == [False, True, True]
    due.due(2.0, 0.75)
    assert not due.leaves_by(2.0)


def test_cancelling_gives_the_offs_that_are_owed_and_nothing_more():
    due = scheduler((1.0, NoteOn(60)), (1.5, NoteOff(60)), (2.0, NoteOn(62)))
    due.due(1.0, 1.0)
    assert not due.idle
    assert due.cancel(1.2) == [Timed(1.2, NoteOff(60))]
    assert due.idle
    assert due.next_s is None
    assert due.due(9.0, 9.0) == []


def test_what_is_cancelled_leaves_at_that_moment_and_sounds_later():
    due = scheduler((1.0, NoteOn(60)))
    due.ahead_s = 0.25
    due.due(0.75, 0.75)
    assert due.cancel(1.5) == [Timed(1.75, NoteOff(60))]


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 5)), min_size=1, max_size=20), st.data())
def test_notes_that_end_at_other_moments_go_out_in_order(spans, data):
    """Each on a key of its own, so nothing is closed for another."""
    due = Scheduler(99.0)
    ends = {}
    for pitch, (at_s, length_s) in enumerate(spans):
        due.add(Timed(at_s, NoteOn(pitch)))
        due.add(Timed(at_s + length_s, NoteOff(pitch)))
        ends[pitch] = at_s + length_s
    for pitch in data.draw(st.lists(st.sampled_from(sorted(ends)), max_size=5)):
        ends[pitch] = data.draw(st.floats(spans[pitch][0], 20))
        assert due.put_off(NoteOff(pitch), "", ends[pitch])
    sent = [timed for now_s in (3.0, 8.0, 20.0) for timed in due.due(now_s, now_s)]
    offs = {timed.event.pitch: timed.at_s for timed in sent if isinstance(timed.event, NoteOff)}
    assert [timed.at_s for timed in sent] == sorted(timed.at_s for timed in sent)
    # An off at the moment of its note-on comes before it: the note is then closed by the end.
    lasting = {pitch: end_s for pitch, end_s in ends.items() if end_s > spans[pitch][0]}
    assert lasting.items() <= offs.items()


def test_a_note_that_sounds_or_will_can_end_later():
    due = Scheduler(0.1)
    for at_s in (1.0, 3.0):
        due.add(Timed(at_s, NoteOn(60)), f"chords {at_s}")
        due.add(Timed(at_s + 1.0, NoteOff(60)), f"chords {at_s}")
    due.due(1.0, 1.0)
    assert due.put_off(NoteOff(60), "chords 1.0", 2.5)
    assert due.put_off(NoteOff(60), "chords 3.0", 5.0)
    assert due.due(6.0, 3.0) == [
        Timed(2.5, NoteOff(60)),
        Timed(3.0, NoteOn(60)),
        Timed(5.0, NoteOff(60)),
    ]


def test_a_note_that_was_left_out_or_is_over_does_not_end_later():
    due = Scheduler(0.1)
    due.add(Timed(1.0, NoteOn(60)), "bass")
    due.add(Timed(2.0, NoteOff(60)), "bass")
    assert not due.put_off(NoteOff(60), "chords", 3.0)
    assert not due.put_off(NoteOff(62), "bass", 3.0)
    due.due(1.5, 1.5)  # too late for it
    assert not due.put_off(NoteOff(60), "bass", 3.0)
    due.due(2.5, 2.5)
    assert not due.put_off(NoteOff(60), "bass", 3.0)
    assert due.idle


@given(
    st.lists(st.tuples(st.floats(0, 10), st.booleans(), st.integers(58, 62), st.integers(0, 1)), max_size=60),
    st.lists(st.floats(0, 12), max_size=8),
    st.floats(0, 1),
)
def test_every_note_on_has_one_note_off_and_none_overlap(rows, looks, late_limit_s):
    due = Scheduler(late_limit_s)
    for at_s, is_on, pitch, channel in rows:
        event = NoteOn(pitch, channel=channel) if is_on else NoteOff(pitch, channel)
        due.add(Timed(at_s, event))
    sent = [timed for now_s in sorted(looks) for timed in due.due(now_s, now_s)] + due.cancel(12.0)
    sounding = Counter()
    for timed in sent:
        key = (timed.event.channel, timed.event.pitch)
        sounding[key] += 1 if isinstance(timed.event, NoteOn) else -1
        assert sounding[key] in (0, 1)
    assert not +sounding
    assert due.idle


def test_the_off_of_a_part_leaves_the_note_of_another_that_took_its_key():
    made = Scheduler(9.0)
    made.add(Timed(1.0, NoteOn(60)), "chords")
    made.add(Timed(1.5, NoteOn(60, 90)), "bass")
    made.add(Timed(2.0, NoteOff(60)), "chords")
    made.add(Timed(3.0, NoteOff(60)), "bass")
    due = [*made.due(2.5, 2.5)]
    assert due == [Timed(1.0, NoteOn(60)), Timed(1.5, NoteOff(60)), Timed(1.5, NoteOn(60, 90))]
    assert made.due(3.0, 3.0) == [Timed(3.0, NoteOff(60))]
