"""What holds for a session whatever is played and however it is set."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.events import ControlChange, NoteOff, NoteOn, ProgramChange
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.reports import (
    StateChanged,
)
from antiphon.perform.settings import AnswerSettings, ClickSettings, TempoSettings
from playing import (
    advanced,
    arrival,
    give,
    lstm_session,
    play,
)

ALL_KNOBS = ControlSettings(*range(20, 40))
happenings = st.one_of(
    st.builds(NoteOn, st.integers(0, 127), st.integers(1, 127), st.integers(0, 15)),
    st.builds(NoteOff, st.integers(0, 127), st.integers(0, 15)),
    st.builds(ControlChange, st.sampled_from([*range(20, 40), 64]), st.integers(0, 127), st.integers(0, 15)),
    st.builds(ProgramChange, st.integers(0, 3), st.integers(0, 15)),
)
inputs = st.lists(st.tuples(st.floats(0, 3), happenings), max_size=25)
some_settings = st.fixed_dictionaries(
    {
        "tempo": st.builds(
            TempoSettings,
            st.sampled_from(["follow", "fixed"]),
            st.floats(20, 300),
            st.sampled_from(["4/4", "3/4", "7/8"]),
        ),
        "answer": st.builds(
            AnswerSettings,
            st.sampled_from(["answer", "continue", "trade"]),
            st.sampled_from(["now", "beat", "bar"]),
            st.integers(0, 3),
            st.sampled_from(["player", "any"]),
            st.booleans(),
        ),
        "phrase": st.builds(
            PhraseSettings,
            st.floats(0.25, 4),
            st.floats(1, 32),
            st.sampled_from(["highest", "lowest", "latest"]),
        ),
        "channel": st.integers(0, 15),
        "click": st.builds(ClickSettings, st.sampled_from(["never", "count-in", "always"])),
        "output_latency_ms": st.sampled_from([0.0, 0.0, 30.0, 200.0]),
    }
)


def timed(steps):
    """The steps' waits summed up to moments."""
    at_s, made = 0.0, []
    for wait_s, event in steps:
        at_s += wait_s
        made.append((at_s, event))
    return made


@settings(deadline=None, max_examples=100)
@given(inputs, some_settings)
def test_for_any_input_and_settings_no_note_hangs_or_strays(steps, changes):
    made, played = lstm_session(control=ALL_KNOBS, **changes), timed(steps)
    until_s = (played[-1][0] if played else 0.0) + 8.0
    sent = play(made, played, until_s)
    sent += made.stop(until_s)
    sounding = Counter()
    for event in (t.event for t in sent):
        assert event.channel == changes["channel"]
        sounding[event.pitch] += 1 if isinstance(event, NoteOn) else -1
        assert sounding[event.pitch] in (0, 1)
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
