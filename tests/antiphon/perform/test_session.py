"""Golden vectors: phrase in → exact (time, event) list out, in virtual time."""

from antiphon.compose.symbols import Vocabulary
from antiphon.events import ControlChange, NoteOff, NoteOn, Timed
from antiphon.listen.key import Key
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.answer.planner import Planner
from antiphon.perform.answer_reports import Answered, Composed, Heard
from antiphon.perform.reports import BarsBegun, Begun, Handover, StateChanged
from antiphon.perform.session import Session
from antiphon.perform.settings import (
    AnswerSettings,
    SessionSettings,
)
from antiphon.timebase import Grid
from fakes import scripted_voice
from playing import FIXED, PHRASE, PLAIN, SCRIPT, advanced, play, rows, session


def test_a_phrase_is_answered_at_the_next_bar_as_long_as_the_phrase():
    sent = play(session(), PHRASE)
    # Nine tenths of each note of the phrase sounded, and so it is in the answer but for its last note.
    assert rows(sent) == [
        (3.0, "on", 72),
        (3.45, "off", 72),
        (3.5, "on", 71),
        (3.725, "off", 71),
        (4.0, "on", 72),
        (4.975, "off", 72),
    ]
    # Each note of the phrase was louder than the one before, and higher; three notes say little.
    assert [t.event.velocity for t in sent if isinstance(t.event, NoteOn)] == [78, 84, 83]


def test_the_answer_is_in_the_players_key():
    up_a_tone = [(at_s, type(event)(event.pitch + 2)) for at_s, event in PHRASE]
    made = session()
    sent = play(made, up_a_tone)
    assert [pitch for _, kind, pitch in rows(sent) if kind == "on"] == [74, 73, 74]
    heard = next(report for report in made.take_reports() if isinstance(report, Heard))
    assert heard.key == Key(2, "major")


def test_the_answer_is_in_the_players_register():
    in_the_bass = [(at_s, type(event)(event.pitch - 36)) for at_s, event in PHRASE]
    assert [pitch for _, kind, pitch in rows(play(session(), in_the_bass)) if kind == "on"] == [36, 35, 36]


def test_the_end_of_the_song_lengthens_the_last_note_to_the_end_of_the_answer():
    sent = play(session(["72", "_", "_", "_", "71", "_", "/"]), PHRASE)
    assert rows(sent)[-1] == (4.975, "off", 71)


def test_the_song_cannot_end_before_the_last_bar():
    """In the first of two bars the model wants nothing but the end, and must go on."""
    made = session(["72", "/"], answer=AnswerSettings(bars=2))
    play(made, PHRASE, until_s=9.0)
    composed = [report.step for report in made.take_reports() if isinstance(report, Composed)]
    assert composed[:16] == list(range(16, 32))


def test_a_note_of_the_player_ends_the_answer_at_once_and_begins_the_next_phrase():
    made = session()
    sent = play(made, [*PHRASE, (3.2, NoteOn(62)), (3.6, NoteOff(62))])
    assert rows(sent)[:2] == [(3.0, "on", 72), (3.2, "off", 72)]
    assert rows(sent)[2][0] == 5.0  # the answer to the second phrase, at the next bar
    reports = made.take_reports()
    assert [n.cut for n in reports if isinstance(n, Answered)] == [True, False]
    assert [[note.pitch for note in n.notes] for n in reports if isinstance(n, Heard)] == [[60, 64, 67], [62]]


def test_a_player_who_only_paused_is_heard_whole():
    made = session(phrase=PhraseSettings(silence_beats=0.5))
    play(made, [*PHRASE, (2.8, NoteOn(72)), (2.95, NoteOff(72))])
    reports = made.take_reports()
    heard = [n for n in reports if isinstance(n, Heard)]
    assert [[note.pitch for note in n.notes] for n in heard] == [[60, 64, 67, 72]]
    assert sum(isinstance(n, Answered) for n in reports) == 1


def test_an_answer_that_never_sounded_leaves_no_trace():
    """A pause after the answer was planned: all goes on as if nothing had been decided in it."""
    paused = [*PHRASE, (2.95, NoteOn(72)), (3.3, NoteOff(72)), (9.0, NoteOn(64)), (9.4, NoteOff(64))]
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
    for at_s, event in PHRASE:
        made.receive(Timed(at_s, event))
    advanced(made, 2.9)
    assert rows(advanced(made, 4.05)) == [(4.0, "on", 72)]
    made.advance(5.0)
    made.advance(5.1)
    assert [n.late_steps for n in made.take_reports() if isinstance(n, Answered)] == [2]


def test_stopping_closes_what_sounds():
    made = session()
    play(made, PHRASE, until_s=3.1)
    assert rows(made.stop(3.1)) == [(3.1, "off", 72)]
    assert made.next_deadline_s() is None
    assert made.state == "idle"


def test_the_states_are_told():
    made = session()
    play(made, PHRASE)
    told = [(round(n.at_s, 3), n.state) for n in made.take_reports() if isinstance(n, StateChanged)]
    assert told == [(1.0, "listening"), (2.9, "answering"), (5.0, "idle")]


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


def test_the_answer_is_as_loud_as_the_phrase_and_accents_its_downbeats():
    sent = play(session(["72", "_", "_", "_", "71", "_", "_", "_"]), LOUD_BARS)
    assert [t.event.velocity for t in sent if isinstance(t.event, NoteOn)][:2] == [97, 75]


def test_the_answer_stays_where_the_player_is():
    """The model goes an octave up; a player who asked for it is not followed there."""
    high = ["84", "_", "_", "_", "83", "_", "_", "_", "84", "_", "_", "_", "/"]
    vocabulary = Vocabulary.of([map(str, range(48, 90))])
    for register, pitches in (("player", [72, 71, 72]), ("any", [84, 83, 84])):
        changes = {"tempo": FIXED, "sampling": PLAIN, "answer": AnswerSettings(register=register)}
        made = Session(scripted_voice(high, vocabulary), SessionSettings(**changes), 1)
        assert [pitch for _, kind, pitch in rows(play(made, PHRASE)) if kind == "on"] == pitches


def test_a_key_set_by_hand_is_the_key():
    made = session(key=Key(7, "major"))
    play(made, PHRASE)
    assert next(report for report in made.take_reports() if isinstance(report, Heard)).key == Key(7, "major")


def test_the_model_has_heard_the_phrase_before_it_is_over():
    """At the end only what cannot have been known is still to be heard: how long the last note is held."""
    voice = scripted_voice(SCRIPT)
    made = Session(voice, SessionSettings(tempo=FIXED), 1)
    play(made, PHRASE, until_s=2.89)
    before = list(voice.model.heard)
    assert before == ["/", "60", "_", "_", "_", "64", "_", "_", "_", "67", *["_"] * 7]
    play(made, [], until_s=2.91)
    assert voice.model.heard[: len(before)] == before


def test_a_long_phrase_is_heard_once_near_its_end_and_not_after_every_key(monkeypatch):
    begun, hear = [], Planner.hear
    monkeypatch.setattr(Planner, "hear", lambda *asked: begun.append(len(asked[1])) or hear(*asked))
    eighths = [(1 + number / 4, 60 + number % 5) for number in range(64)]
    made = session()
    play(made, [key for at_s, p in eighths for key in ((at_s, NoteOn(p)), (at_s + 0.2, NoteOff(p)))])
    assert begun == [64]
    assert [len(n.notes) for n in made.take_reports() if isinstance(n, Heard)] == [64]


def test_what_the_music_depends_on_is_told_first():
    made = session()
    assert made.take_reports() == [Begun(SessionSettings(tempo=FIXED, sampling=PLAIN), 1, Handover())]


def test_the_bars_begin_with_the_first_note_and_that_is_reported_once():
    made = session()
    play(made, PHRASE, until_s=8.0)
    begun = [(n.at_s, n.grid) for n in made.take_reports() if isinstance(n, BarsBegun)]
    assert begun == [(1.0, Grid(FIXED.bpm, 1.0))]


def test_a_performance_is_taken_up_again_in_its_bars():
    first = session()
    play(first, PHRASE[:4], until_s=1.9)
    left = Handover(first.transport, 5)
    second = Session(scripted_voice(SCRIPT), SessionSettings(tempo=FIXED, sampling=PLAIN), 1, (), left)
    later = [(at_s + 10.5, event) for at_s, event in PHRASE]
    assert rows(play(second, later))[0] == (15.0, "on", 72)  # bars begin at every odd second


def test_the_pedal_sustains_the_phrase_to_the_bar_it_is_lifted_in():
    """It is lifted at 3.2 and the last note heard until there: the answer comes a bar later than without."""
    sent = play(
        session(), sorted([*PHRASE, (2.1, ControlChange(64, 127)), (3.2, ControlChange(64, 0))], key=first)
    )
    assert rows(sent)[:3] == [(5.0, "on", 72), (5.45, "off", 72), (5.5, "on", 71)]


def first(row):
    return row[0]


def test_an_answer_that_starts_at_once_is_not_kept_waiting_for_what_is_composed_ahead():
    made = session(answer=AnswerSettings(start="now"))
    play(made, [*PHRASE[:-1], (2.5, NoteOff(67))], until_s=2.99)
    made.take_reports()
    assert rows(made.advance(3.0)) == [(3.0, "on", 72)]
    assert [n.step for n in made.take_reports() if isinstance(n, Composed)] == [16]
    assert made.next_deadline_s() <= 3.0
    while made.next_deadline_s() <= 3.0:
        assert made.advance(3.0) == []
    assert [n.step for n in made.take_reports() if isinstance(n, Composed)] == [17, 18, 19, 20]
