"""Golden vectors of bars that are heard: which bars a phrase lies in, and when its answer sounds."""

from functools import cache

import pytest

from antiphon import bundle
from antiphon.events import NoteOff, NoteOn
from antiphon.perform.answer.programs import Voice
from antiphon.perform.answer_reports import Heard
from antiphon.perform.comparison import compare
from antiphon.perform.session import Session
from antiphon.perform.settings import AnswerSettings, SessionSettings, TempoSettings
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.port import Loopback
from antiphon.stage.takes import records
from antiphon.timebase import Meter
from playing import PLAIN, advanced, arrival, give, play

# At 120 bpm: pitches and their lengths in quarters.
WALTZ = [(67, 1), (72, 2), (72, 1), (76, 2), (74, 1), (72, 2), (71, 1), (72, 2)]
LIVELY_WALTZ = [(67, 1), (72, 1), (74, 1), (76, 1), (74, 2), (67, 1), (71, 1), (72, 1), (74, 1), (72, 2)]
MARCH = [
    *((67, 1), (72, 1), (72, 1), (74, 1), (74, 1), (76, 1.5), (77, 0.5)),
    *((76, 1), (74, 1), (72, 1), (76, 1), (74, 1), (71, 1), (72, 3)),
]
TURNING = [(72, 1), (76, 1), (74, 1)] * 4
FANFARE = [(72, 1), (74, 1), (76, 2)]


@cache
def shipped():
    return bundle.load(bundle.find("all"))


def voice():
    return Voice(
        shipped().model(), shipped().vocabulary, shipped().steps_per_quarter, "all", shipped().memory()
    )


def session(*, answer=None, **tempo):
    settings = TempoSettings(bpm=120.0, **{"mode": "fixed", "downbeat": "heard", **tempo})
    return Session(
        voice(), SessionSettings(tempo=settings, sampling=PLAIN, answer=answer or AnswerSettings()), 1
    )


def played(quarter, notes):
    events, at_s = [], 1.0 + 0.5 * quarter
    for pitch, quarters in notes:
        events += [(at_s, NoteOn(pitch)), (at_s + 0.5 * quarters - 0.05, NoteOff(pitch))]
        at_s += 0.5 * quarters
    return events


def heard_in(made):
    return [report for report in made.take_reports() if isinstance(report, Heard)]


def begins(heard):
    """The first bar line of the grid, in seconds, the place of the first note, its meter, and the answer.

    Places are in sixteenths.
    """
    sixteenth = heard.grid.steps_per_quarter / 4
    steps = (heard.notes[0].onset_steps, heard.answer_start_steps, heard.answer_steps)
    first, start, length = (step / sixteenth for step in steps)
    return round(heard.grid.origin_s, 3), first, heard.meter, start, length


@pytest.mark.parametrize("mode", ["fixed", "follow"])
@pytest.mark.parametrize("meter", ["3/4", "heard"])
def test_a_pickup_in_three_four(mode, meter):
    """The pickup is the third beat of the bar before. Four bars are answered by four, from the next on."""
    made = session(mode=mode, meter=meter)
    sent = play(made, played(0, WALTZ))
    (heard,) = heard_in(made)
    assert begins(heard) == (0.0, 8, Meter(3, 4), 60, 48)
    first, *_, last = sent
    assert (first.at_s, isinstance(first.event, NoteOn)) == (pytest.approx(7.5), True)
    assert last.at_s <= 7.5 + 6.0


def left_hand(first_bar):
    """A bass note and two chords in each bar of 3/4, as long as `TURNING` lasts."""
    events = []
    for quarter in range(first_bar, 12):
        for pitch in (43,) if (quarter - first_bar) % 3 == 0 else (55, 59):
            at_s = 1.0 + 0.5 * quarter
            events += [(at_s, NoteOn(pitch)), (at_s + 0.4, NoteOff(pitch))]
    return events


@pytest.mark.parametrize("mode", ["fixed", "follow"])
@pytest.mark.parametrize(
    ("first_bar", "bars"),
    [(None, (1.0, 0, 60, 48)), (0, (1.0, 0, 60, 48)), (1, (0.0, 8, 60, 48)), (2, (0.5, 4, 60, 60))],
)
def test_the_left_hand_says_where_the_bars_are(mode, first_bar, bars):
    """Alone, the melody is taken to begin on the downbeat; the bass notes may say that it does not."""
    made = session(mode=mode, meter="3/4")
    events = [*played(0, TURNING), *([] if first_bar is None else left_hand(first_bar))]
    play(made, sorted(events, key=lambda event: event[0]))
    (heard,) = heard_in(made)
    origin_s, first, _, start, length = begins(heard)
    assert (origin_s, first, start, length) == bars
    assert 0.5 < heard.sure <= 1


def test_the_first_note_may_be_the_downbeat_as_it_is_set():
    made = session(meter="3/4", downbeat="first")
    play(made, played(0, WALTZ))
    assert begins(heard_in(made)[0]) == (1.0, 0, Meter(3, 4), 60, 48)


def test_the_meter_changes_between_phrases():
    """Where the player sets the tempo; the bars of 4/4 begin anew with the second phrase."""
    made = session(mode="follow", meter="heard")
    play(made, played(0, LIVELY_WALTZ) + played(24, MARCH), 30.0)
    waltz, march = heard_in(made)
    assert begins(waltz) == (0.0, 8, Meter(3, 4), 60, 48)
    assert begins(march) == (-0.5, 108, Meter(4, 4), 176, 64)
    assert made.transport.meter == Meter(4, 4)


@pytest.mark.parametrize("mode", ["fixed", "follow"])
def test_a_wrong_first_guess_is_mended_at_the_next_phrase(mode):
    """Three notes say little: the first counts as the downbeat. The next phrase says that it was not; its own
    first note would have been a downbeat, and is a pickup. The third stays in the bars of the second.
    """
    made = session(mode=mode)
    sent = play(made, played(0, FANFARE) + played(16, MARCH) + played(48, MARCH), 50.0)
    fanfare, *marches = heard_in(made)
    assert begins(fanfare) == (1.0, 0, Meter(4, 4), 32, 16)
    assert [begins(march) for march in marches] == [
        (1.5, 60, Meter(4, 4), 128, 64),
        (1.5, 188, Meter(4, 4), 256, 64),
    ]
    # Until the second phrase is answered, the bars are those of the first answer.
    assert next(t.at_s for t in sent if 4.9 < t.at_s < 8.9 and isinstance(t.event, NoteOn)) == 5.0


def test_a_phrase_that_goes_on_leaves_the_bars_where_they_were():
    made = session()
    for at_s, event in played(0, MARCH[:4]):
        advanced(made, at_s)
        give(made, arrival(at_s, event))
    advanced(made, 3.46)  # its answer is planned for 3.5
    assert made.transport.grid.origin_s == -0.5
    give(made, arrival(3.48, NoteOn(74)))
    assert made.transport.grid.origin_s == 1.0
    assert heard_in(made) == []


def test_when_it_is_looked_at_changes_nothing():
    events = played(0, FANFARE) + played(16, MARCH)
    once, often = session(meter="heard"), session(meter="heard")
    sent, waiting, found = play(once, events, 25.0), [arrival(*event) for event in events], []
    for moment in range(1, 2500):
        while waiting and waiting[0].at_s <= moment * 0.01:
            found += advanced(often, waiting[0].at_s)
            give(often, waiting.pop(0))
        found += advanced(often, moment * 0.01)
    assert [(t.at_s, t.event) for t in found] == [(t.at_s, t.event) for t in sent if t.at_s < 25.0]


def test_in_trade_the_first_note_is_the_first_downbeat():
    """Its bars must be known while it is played."""
    made = session(meter="3/4", answer=AnswerSettings(mode="trade", bars=4))
    play(made, played(0, WALTZ), 14.0)
    assert begins(heard_in(made)[0])[:3] == (1.0, 0, Meter(3, 4))


def test_a_recorded_session_whose_bars_are_heard_plays_the_same_again():
    clock, reports = VirtualClock(), []
    made = session(mode="follow", meter="heard")
    events = [arrival(*event) for event in played(0, LIVELY_WALTZ) + played(24, MARCH)]
    Engine(clock, Loopback(clock, events), made, reports.append).run(lambda: clock.now_s() > 30.0)
    kept = [records.read(line.data) for report in reports if (line := records.line_of(report)) is not None]
    found = compare(kept, lambda begun: Session(voice(), begun.settings, begun.random_seed))
    assert (found.difference, found.late) == (None, 0)
    assert found.events > 20
    assert [report.meter for report in kept if isinstance(report, Heard)] == [Meter(3, 4), Meter(4, 4)]
