"""The answer under way: composed ahead without keeping anything waiting, cut, moved, and over."""

from antiphon.compose.sampling import Draw
from antiphon.events import NoteOff, NoteOn, PlayedNote, Timed
from antiphon.perform.answer.playback import Playback
from antiphon.perform.reports import Answered, Composed
from antiphon.perform.transport import Transport
from antiphon.timebase import Grid, Meter

CALL = (PlayedNote(60, 80, 0.0, 0.5),)
DRAW = Draw(0, 0.0, 1.0, 1.0)


class Answer:
    """Composes one note a second, each a second before it sounds; the last ends at `ends_s`."""

    def __init__(self, scheduler, notes):
        self._scheduler, self._notes, self.followed = scheduler, notes, None
        self._composed = 0
        self.ends_s = float(notes)

    @property
    def next_s(self):
        return float(self._composed)

    def compose_at_s(self):
        return None if self._composed == self._notes else self.next_s - 1.0

    def compose(self):
        at_s = self.next_s
        self._scheduler.add(Timed(at_s, NoteOn(60 + self._composed)))
        self._scheduler.add(Timed(at_s + 0.75, NoteOff(60 + self._composed)))
        self._composed += 1
        return [Composed(self._composed, "60", DRAW)]

    def follow(self, transport):
        self.followed = transport


def speaking(notes=3):
    news = []
    speech = Playback(news.append)
    answer = Answer(speech.scheduler, notes)
    speech.begin(answer, CALL)
    return speech, answer, news


def rows(events):
    return [(timed.at_s, isinstance(timed.event, NoteOn), timed.event.pitch) for timed in events]


def test_what_is_due_is_not_kept_waiting_for_what_is_composed_ahead():
    speech, _, news = speaking()
    assert speech.perform(-1.0, -1.0) == []
    assert len(news) == 1
    assert rows(speech.perform(0.0, 0.0)) == [(0.0, True, 60)]
    assert len(news) == 1  # the second note was to be composed at this moment, too
    assert speech.wants_more(0.0)
    assert speech.perform(0.0, 0.0) == []
    assert len(news) == 2


def test_no_more_is_composed_right_before_a_note():
    speech, _, news = speaking()
    speech.perform(-0.001, -0.001)
    assert len(news) == 1


def test_it_is_heard_once_a_note_has_sounded():
    speech, _, _ = speaking()
    speech.perform(-1.0, -1.0)
    assert (speech.call, speech.heard) == (CALL, False)
    speech.perform(0.0, 0.0)
    assert speech.heard


def test_it_is_over_at_its_end_with_nothing_left_to_sound():
    speech, _, news = speaking(notes=1)
    speech.perform(0.0, 0.0)
    assert speech.over_s(0.99) is None
    speech.perform(1.0, 1.0)
    assert speech.over_s(1.25) == 1.0
    assert news[-1] == Answered(1.0, False, 0)
    assert (speech.call, speech.heard) == (None, False)
    assert [moment for moment in speech.deadlines_s() if moment is not None] == []


def test_what_is_cut_is_owed_and_comes_first():
    speech, _, news = speaking()
    speech.perform(0.0, 0.0)
    speech.cut(0.5)
    assert news[-1] == Answered(0.5, True, 0)
    assert rows(speech.perform(9.0, 9.0)) == [(0.5, False, 60)]


def test_silence_gives_at_once_all_that_is_owed():
    speech, _, _ = speaking()
    due = speech.perform(0.0, 0.0)
    speech.owe(due)
    assert rows(speech.silence(0.5)) == [(0.0, True, 60), (0.5, False, 60)]
    assert speech.silence(0.6) == []


def test_what_is_too_late_is_counted_where_the_answer_ends():
    speech, _, news = speaking(notes=1)
    assert speech.perform(2.0, 2.0) == []
    assert speech.over_s(2.0) == 1.0
    assert news[-1] == Answered(1.0, False, 1)


def test_a_tempo_that_moves_moves_what_waits():
    speech, answer, _ = speaking()
    speech.perform(-1.0, -1.0)
    slower = Transport(Grid(60.0), Meter())
    speech.move(lambda due_s: due_s + 2.0, slower)
    assert answer.followed is slower
    assert speech.scheduler.next_s == 2.0
