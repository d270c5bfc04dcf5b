"""What holds for a session whatever is played and however it is set."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.events import NoteOn
from antiphon.perform.reports import StateChanged
from happenings import ALL_KNOBS, inputs, some_settings, timed
from playing import advanced, arrival, give, lstm_session, play

# The channels of bass and chords, which go with a player who is accompanied.
ACCOMPANY = (1, 2)


@settings(deadline=None, max_examples=100)
@given(inputs, some_settings)
def test_for_any_input_and_settings_no_note_hangs_or_strays(steps, changes):
    made, played = lstm_session(control=ALL_KNOBS, **changes), timed(steps)
    until_s = (played[-1][0] if played else 0.0) + 8.0
    sent = play(made, played, until_s)
    sent += made.stop(until_s)
    sounding = Counter()
    for event in (t.event for t in sent):
        assert event.channel in (changes["channel"], *ACCOMPANY)
        note = (event.channel, event.pitch)
        sounding[note] += 1 if isinstance(event, NoteOn) else -1
        assert sounding[note] in (0, 1)
    assert not +sounding
    assert [t.at_s for t in sent] == sorted(t.at_s for t in sent)
    told = [report.at_s for report in made.take_reports() if isinstance(report, StateChanged)]
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


@settings(deadline=None, max_examples=40)
@given(inputs, some_settings)
def test_what_is_due_is_known_after_each_call(steps, changes):
    made, now_s = lstm_session(control=ALL_KNOBS, **changes), 0.0
    for row in timed(steps):
        arrived = arrival(*row)
        advanced(made, (now_s + arrived.at_s) / 2)
        assert made.due == made._turns.due()
        give(made, arrived)
        assert made.due == made._turns.due()
        now_s = arrived.at_s
    made.stop(now_s)
    assert made.due == made._turns.due()
