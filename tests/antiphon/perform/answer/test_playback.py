"""The answer under way: composed ahead without delaying anything, cut, moved, withdrawn, and over."""

from types import SimpleNamespace

from antiphon.compose.sampling import Draw
from antiphon.events import NoteOff, NoteOn, PlayedNote, Timed
from antiphon.perform.answer.playback import Playback
from antiphon.perform.answer_reports import Answered, Composed
from antiphon.perform.transport import Transport
from antiphon.timebase import Grid, Meter

PHRASE = (PlayedNote(60, 80, 0.0, 0.5),)
DRAW = Draw(0, 0.0, 1.0, 1.0)


class Answer:
    """Composes one note a second, each a second before it sounds; the last ends at `ends_s`."""

    def __init__(self, scheduler, notes):
        self._scheduler, self._notes, self.followed = scheduler, notes, None
        self.composed, self.ended = 0, []
        self.ends_s, self.ahead_s = float(notes), 1.0

    @property
    def next_s(self):
        return float(self.composed)

    def compose_at_s(self):
        return None if self.composed == self._notes else self.next_s - self.ahead_s

    def compose(self):
        at_s = self.next_s
        self._scheduler.add(Timed(at_s, NoteOn(60 + self.composed)))
        self._scheduler.add(Timed(at_s + 0.75, NoteOff(60 + self.composed)))
        self.composed += 1
        return [Composed(self.composed, "60", DRAW)]

    works, choice_due_s = False, None

    def work(self):
        raise AssertionError("there is nothing to compose ahead")

    def follow(self, transport):
        self.followed = transport

    def over(self):
        self.ended.append("over")

    def withdraw(self):
        self.ended.append("withdrawn")


def playing(notes=3):
    told = []
    playback = Playback(lambda _: told.append("committed"), told.append)
    answer = Answer(playback.scheduler, notes)
    playback.begin(SimpleNamespace(answer=answer, phrase=PHRASE))
    return playback, answer, told


def rows(events):
    return [(timed.at_s, isinstance(timed.event, NoteOn), timed.event.pitch) for timed in events]


def test_what_is_due_does_not_wait_for_what_is_composed_ahead():
    playback, answer, _ = playing()
    assert playback.perform(-1.0, -1.0) == []
    assert answer.composed == 1
    assert rows(playback.perform(0.0, 0.0)) == [(0.0, True, 60)]
    assert answer.composed == 1  # the second note was to be composed at this moment, too
    assert playback.wants_more(0.0)
    assert playback.perform(0.0, 0.0) == []
    assert answer.composed == 2


def test_no_more_is_composed_within_two_milliseconds_of_a_note():
    for before_s, composed in ((0.001, 1), (0.0019, 1), (0.0021, 2)):
        playback, answer, _ = playing()
        answer.ahead_s = 2.0  # two notes are wanted at once
        playback.perform(-before_s, -before_s)
        assert answer.composed == composed


def test_what_was_composed_is_told_once_a_note_sounds():
    playback, _, told = playing()
    playback.perform(-1.0, -1.0)
    assert (playback.phrase, playback.counts, told) == (PHRASE, False, [])
    playback.perform(0.0, 0.0)
    assert playback.counts
    assert told == ["committed", Composed(1, "60", DRAW)]
    playback.perform(0.0, 0.0)
    assert told[2:] == [Composed(2, "60", DRAW)]


def test_of_an_answer_that_is_withdrawn_before_it_sounds_nobody_hears():
    playback, answer, told = playing()
    playback.perform(-1.0, -1.0)
    playback.withdraw()
    assert answer.ended == ["withdrawn"]
    assert told == []
    assert playback.phrase is None
    assert playback.perform(9.0, 9.0) == []


def test_an_answer_that_is_cut_before_it_sounds_counts():
    playback, _, told = playing()
    playback.perform(-1.0, -1.0)
    playback.cut(-0.5)
    assert told == ["committed", Composed(1, "60", DRAW), Answered(-0.5, True, 0)]


def test_the_notes_of_the_answer_before_do_not_make_it_sound():
    playback, _, _ = playing()
    playback.owe([Timed(-2.0, NoteOn(48))])
    assert rows(playback.perform(-1.0, -1.0)) == [(-2.0, True, 48)]
    assert not playback.counts


def test_it_is_over_at_its_end_with_nothing_left_to_sound():
    playback, answer, told = playing(notes=1)
    playback.perform(0.0, 0.0)
    assert playback.over_s(0.99) is None
    playback.perform(1.0, 1.0)
    assert playback.over_s(1.25) == 1.0
    assert told[-1] == Answered(1.0, False, 0)
    assert answer.ended == ["over"]
    assert (playback.phrase, playback.counts) == (None, False)
    assert (playback.due_s(), playback.scheduler.next_s) == ((None, None), None)


def test_what_is_cut_is_owed_and_comes_first():
    playback, _, told = playing()
    playback.perform(0.0, 0.0)
    playback.cut(0.5)
    assert told[-1] == Answered(0.5, True, 0)
    assert rows(playback.perform(9.0, 9.0)) == [(0.5, False, 60)]


def test_silence_gives_at_once_all_that_is_owed():
    playback, _, _ = playing()
    due = playback.perform(0.0, 0.0)
    playback.owe(due)
    assert rows(playback.silence(0.5)) == [(0.0, True, 60), (0.5, False, 60)]
    assert playback.silence(0.6) == []


def test_what_is_too_late_is_counted_where_the_answer_ends():
    playback, _, told = playing(notes=1)
    assert playback.perform(2.0, 2.0) == []
    assert playback.over_s(2.0) == 1.0
    assert told[-1] == Answered(1.0, False, 1)


def test_what_one_answer_left_out_is_not_counted_for_the_next():
    playback, _, told = playing(notes=1)
    playback.perform(2.0, 2.0)
    playback.over_s(2.0)
    for withdrawn in (False, True):
        playback.begin(SimpleNamespace(answer=Answer(playback.scheduler, 1), phrase=PHRASE))
        playback.perform(2.0, 2.0)  # its only note is left out, too
        if withdrawn:
            playback.withdraw()
            playback.begin(SimpleNamespace(answer=Answer(playback.scheduler, 1), phrase=PHRASE))
        playback.cut(2.0)
    counted = [report.late_steps for report in told if isinstance(report, Answered)]
    assert counted == [1, 1, 0]


def test_a_note_that_is_more_than_a_tenth_of_a_second_late_is_not_played():
    for late_s, played in ((0.099, 1), (0.101, 0)):
        playback, _, _ = playing(notes=1)
        assert len(playback.perform(late_s, late_s)) == played


def test_a_tempo_that_moves_moves_what_waits():
    playback, answer, _ = playing()
    playback.perform(-1.0, -1.0)
    slower = Transport(Grid(60.0), Meter())
    playback.move(lambda due_s: due_s + 2.0, slower)
    assert answer.followed is slower
    assert playback.scheduler.next_s == 2.0
