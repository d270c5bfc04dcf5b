"""What the player does to the grid, the answer does, too. Golden vectors: phrase in → exact events out."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.events import GridNote, Lead, NoteOff, NoteOn, Timed
from antiphon.perform.answer.programs import Voice
from antiphon.perform.answer_reports import Written
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.session import Session
from antiphon.perform.settings import (
    AnswerSettings,
    ClockSettings,
    FeelSettings,
    SessionSettings,
    TempoSettings,
)
from antiphon.timebase import Meter
from fakes import VOCABULARY, ScriptedModel
from feel_performer import Player, perform
from playing import PLAIN, play, rows, session, turned

EIGHTHS = [GridNote(2 * n, 2, pitch) for n, pitch in enumerate([60, 62, 64, 65, 67, 65, 64, 62] * 2)]
FINER = (("72", 6), ("71", 6), ("72", 4), ("71", 4), ("72", 4), ("71", 12), ("72", 12))  # 12 to a quarter
SCRIPT = ["72", "_", "71", "_", "72", "_", "_", "_", "71", "_", "r", "_", "72", "_", "_", "_"]
EVEN = Player(noise_s=0.0, velocity_noise=0.0)
COMMON, WHOLE = Meter(), FeelSettings()
ACCENTED = (12.0, 4.0, -8.0, 0.0)


def player(**habits):
    return Player(noise_s=0.0, velocity_noise=0.0, **habits)


def events(notes):
    both = [(n.onset_s, NoteOn(n.pitch, n.velocity)) for n in notes]
    both += [(n.release_s, NoteOff(n.pitch)) for n in notes]
    return sorted(both, key=lambda one: (one[0], isinstance(one[1], NoteOn)))


def phrase(who, notes=EIGHTHS, meter=COMMON, bpm=120.0, start_s=1.0, seed=0):
    return events(perform(who, notes, meter, bpm, start_s, seed))


def answered(who, feel=WHOLE, bpm=120.0, meter="4/4", script=SCRIPT, notes=EIGHTHS, **changes):
    tempo = TempoSettings("fixed", bpm, meter)
    made = session(script, tempo=tempo, feel=feel, answer=AnswerSettings(bars=1), **changes)
    sent = play(made, phrase(who, notes, Meter.parse(meter), bpm))
    return made, sent


def velocities(sent):
    return [timed.event.velocity for timed in sent if isinstance(timed.event, NoteOn)]


def onsets(sent):
    """In quarters from the bar line after the phrase, at 120 bpm; three digits."""
    return [round(2 * (timed.at_s - 7.0), 3) for timed in sent if isinstance(timed.event, NoteOn)]


def onsets_s(sent):
    return [timed.at_s for timed in sent if isinstance(timed.event, NoteOn)]


def test_a_swung_phrase_has_a_swung_answer():
    _, sent = answered(player(swing=1.5))
    # The first eighth of a quarter is 0.3 s long, the second 0.2 s; a tenth of each is silent.
    assert rows(sent) == [
        (7.0, "on", 72),
        (7.2693, "off", 72),
        (7.2994, "on", 71),
        (7.4799, "off", 71),
        (7.5, "on", 72),
        (7.9499, "off", 72),
        (8.0, "on", 71),
        (8.2693, "off", 71),
        (8.5, "on", 72),
        (8.975, "off", 72),
    ]


def test_the_grid_and_one_velocity_where_nothing_is_taken_over():
    who = player(swing=1.5, loud=ACCENTED, by_octave=12.0, gates=(0.9, 0.2))
    _, sent = answered(who, FeelSettings(timing=0.0, dynamics=0.0))
    assert onsets(sent) == [0.0, 0.5, 1.0, 2.0, 3.0]
    assert set(velocities(sent)) == {75}


def test_swing_1_plays_straight_and_any_other_ratio_as_it_says():
    for swing, offbeat in ((1.0, 0.5), (2.0, 0.667), (3.0, 0.75)):
        _, sent = answered(player(swing=1.5), FeelSettings(swing=swing))
        assert onsets(sent) == [0.0, offbeat, 1.0, 2.0, 3.0]


def test_accents_are_taken_over_by_place_in_the_bar():
    who = player(loud=ACCENTED)
    _, sent = answered(who)
    assert velocities(sent) == [86, 68, 79, 79, 79]
    _, half = answered(who, FeelSettings(dynamics=0.5))
    assert velocities(half) == [80, 71, 77, 77, 77]


def test_a_keyboard_that_knows_one_velocity_gives_no_dynamics():
    for velocity, answer in ((100, 100), (127, 120)):
        _, sent = answered(player(velocity=velocity))
        assert set(velocities(sent)) == {answer}


def test_one_short_phrase_gives_little():
    """The fewer off-beats there are, the less of their swing is believed."""
    offbeats = []
    for most in (3, 5, 16):
        _, sent = answered(player(swing=1.5), notes=EIGHTHS[:most])
        first, second = onsets_s(sent)[:2]
        offbeats.append(round(2 * (second - first), 3))
    assert offbeats == [0.552, 0.585, 0.599]
    _, sent = answered(Player(noise_s=0.03), notes=EIGHTHS[:5])
    first, second = onsets_s(sent)[:2]
    assert 2 * (second - first) == pytest.approx(0.5, abs=0.01)


def test_chance_is_no_feel():
    """Onsets and velocities that are uneven by no rule leave next to nothing in the answer."""
    made = session(SCRIPT, tempo=TempoSettings("fixed", 120.0), answer=AnswerSettings(bars=1))
    chance = random.Random(5)
    for number in range(6):
        who = Player(noise_s=0.03, velocity_noise=15.0)
        start_s = 1.0 + 8.0 * number
        sent = play(made, phrase(who, start_s=start_s, seed=chance.randrange(99)), start_s + 8.0)
    places = [2 * (timed.at_s - 47.0) for timed in sent if isinstance(timed.event, NoteOn)]
    assert places == pytest.approx([0.0, 0.5, 1.0, 2.0, 3.0], abs=0.03)
    assert max(velocities(sent)) - min(velocities(sent)) <= 6


def test_a_late_player_is_followed_only_so_far():
    """A player 60 ms behind the beat gets an answer that is 30 ms behind it, however often."""
    made = session(SCRIPT, tempo=TempoSettings("fixed", 120.0), answer=AnswerSettings(bars=1))
    late = []
    for number in range(5):
        who = player(late_s=0.06 if number else 0.0)
        start_s = 1.0 + 8.0 * number
        sent = play(made, phrase(who, start_s=start_s), start_s + 8.0)
        late.append(sent[0].at_s - start_s - 6.0)
    assert late[0] == pytest.approx(0.0, abs=1e-6)
    assert late[-2:] == pytest.approx([0.03, 0.03], abs=1e-6)


def test_another_feel_is_followed_from_the_next_phrase_on():
    made = session(SCRIPT, tempo=TempoSettings("fixed", 120.0), answer=AnswerSettings(bars=1))
    offbeats = []
    for number, swing in enumerate((1.0, 1.0, 1.5, 1.5, 1.0)):
        start_s = 1.0 + 8.0 * number
        who = Player(swing=swing, noise_s=0.005)
        sent = play(made, phrase(who, start_s=start_s, seed=number), start_s + 8.0)
        offbeats.append(2 * (sent[2].at_s - start_s - 6.0))
    assert offbeats == pytest.approx([0.5, 0.5, 0.6, 0.6, 0.5], abs=0.012)


def test_swing_at_220_bpm_keeps_order_and_length():
    _, sent = answered(player(swing=1.5), FeelSettings(swing=3.0), bpm=220.0)
    moments = [timed.at_s for timed in sent]
    assert moments == sorted(moments)
    assert all(later - earlier > 0.005 for earlier, later in pairwise(moments) if later != earlier)


def test_in_three_four_eighths_swing_and_in_six_eight_they_do_not():
    bar = EIGHTHS[:6] + [GridNote(n.onset_steps + 12, 2, n.pitch) for n in EIGHTHS[:6]]
    script = SCRIPT[:12]
    swung = FeelSettings(swing=2.0)
    for meter, offbeat in (("3/4", 2 / 3), ("6/8", 1 / 2)):
        _, sent = answered(EVEN, swung, meter=meter, script=script, notes=bar)
        second = onsets_s(sent)[1]
        assert 2 * (second - sent[0].at_s) == pytest.approx(offbeat)


def test_on_a_finer_grid_eighths_swing_and_triplets_do_not():
    script = [symbol for pitch, steps in FINER for symbol in (pitch, *["_"] * (steps - 1))]
    chosen = {"tempo": TempoSettings("fixed", 120.0), "sampling": PLAIN, "answer": AnswerSettings(bars=1)}
    voice = Voice(ScriptedModel(VOCABULARY, script), VOCABULARY, 12)
    made = Session(voice, SessionSettings(**chosen, feel=FeelSettings(swing=2.0)), 1)
    assert onsets(play(made, phrase(EVEN))) == [0.0, 0.667, 1.0, 1.333, 1.667, 2.0, 3.0]


def test_a_jigs_lilt_is_push_and_drag_by_place_in_the_beat():
    """The second eighth of each three is 20 ms late."""
    jig = [GridNote(2 * n, 2, 60 + n % 5) for n in range(12)]
    late = [
        (at_s + (0.02 if isinstance(event, NoteOn) and round((at_s - 1.0) / 0.25) % 3 == 1 else 0.0), event)
        for at_s, event in phrase(EVEN, jig, Meter(6, 8))
    ]
    tempo = TempoSettings("fixed", 120.0, "6/8")
    made = session(SCRIPT[:12], tempo=tempo, answer=AnswerSettings(bars=1))
    sent = play(made, late)
    first, second = onsets_s(sent)[:2]
    assert second - first == pytest.approx(0.25 + 0.02, abs=0.002)


def test_with_a_clock_master_push_and_drag_are_relative_to_the_clock():
    """The clock says that bars begin at every even second; the player is 20 ms behind it."""
    made = session(
        SCRIPT,
        tempo=TempoSettings("fixed", 120.0),
        clock=ClockSettings("link"),
        answer=AnswerSettings(bars=1),
    )
    made.hear_clock(Lead(0.5, -3.0, 120.0, meter=Meter(4, 4)), 0.5)
    sent = play(made, phrase(player(late_s=0.02), start_s=2.0))
    assert onsets_s(sent) == pytest.approx([8.02, 8.27, 8.52, 9.02, 9.52], abs=1e-3)


def test_the_score_of_the_answer_is_told_beside_what_is_played():
    made, _ = answered(player(swing=1.5))
    written = [report.note for report in made.take_reports() if isinstance(report, Written)]
    places = [(note.onset_steps - 48, note.duration_steps, note.pitch) for note in written]
    assert places == [(0, 2, 72), (2, 2, 71), (4, 4, 72), (8, 2, 71), (12, 4, 72)]


def test_knobs_turn_the_feel_of_the_next_answer():
    knobs = ControlSettings(swing=37, timing=38, dynamics=39)
    made = session(SCRIPT, tempo=TempoSettings("fixed", 120.0), answer=AnswerSettings(bars=1), control=knobs)
    for number, value in ((37, 64), (38, 0), (39, 0)):
        made.turn(turned(0.5, number, value))
    sent = play(made, phrase(player(swing=1.5, loud=ACCENTED)))
    assert made.settings.feel == FeelSettings(2.0, 0.0, 0.0)
    assert onsets(sent) == [0.0, 0.667, 1.0, 2.0, 3.0]
    assert set(velocities(sent)) == {75}


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.sampled_from(["72", "71", "r", "_"]), min_size=15, max_size=15),
    st.floats(1.0, 3.0),
    st.floats(-0.06, 0.06),
    st.floats(0.0, 0.05),
    st.sampled_from([40.0, 120.0, 300.0]),
    st.integers(0, 9),
)
def test_no_note_is_before_the_one_before_it_and_every_hold_is_above_nothing(
    symbols, swing, late_s, noise_s, bpm, seed
):
    script = ["72", *symbols]
    who = Player(late_s=late_s, noise_s=noise_s, gates=(0.9, 0.3))
    tempo = TempoSettings("fixed", bpm)
    made = session(script, tempo=tempo, feel=FeelSettings(swing=swing), answer=AnswerSettings(bars=1))
    sent = play(made, phrase(who, bpm=bpm, seed=seed), 30.0)
    sounding: dict[int, float] = {}
    last_s = 0.0
    for timed in sent:
        assert timed.at_s >= last_s
        last_s = timed.at_s
        if isinstance(timed.event, NoteOn):
            assert not sounding
            sounding[timed.event.pitch] = timed.at_s
        else:
            assert timed.at_s > sounding.pop(timed.event.pitch)
    assert not sounding


def test_a_take_from_before_a_feel_was_learned_is_answered_as_it_was():
    who = player(swing=1.5, loud=ACCENTED)
    _, sent = answered(who, None)
    assert onsets(sent) == [0.0, 0.5, 1.0, 2.0, 3.0]
    assert velocities(sent) == [88, 75, 75, 75, 75]


def test_whoever_asks_often_gets_the_same():
    _, seldom = answered(player(swing=1.5, loud=ACCENTED))
    made = session(SCRIPT, tempo=TempoSettings("fixed", 120.0), answer=AnswerSettings(bars=1))
    waiting = [Timed(at_s, event) for at_s, event in phrase(player(swing=1.5, loud=ACCENTED))]
    often: list[Timed] = []
    for tick in range(9000):
        while waiting and waiting[0].at_s <= tick / 1000:
            made.receive(waiting.pop(0))
        often += made.advance(tick / 1000)
    assert often == seldom
