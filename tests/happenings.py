"""Whatever may happen in a session, and however it may be set: what its property tests draw from."""

from hypothesis import strategies as st

from antiphon.events import ControlChange, NoteOff, NoteOn, ProgramChange
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.settings import AnswerSettings, ClickSettings, TempoSettings

ALL_KNOBS = ControlSettings(*range(20, 42))
happenings = st.one_of(
    st.builds(NoteOn, st.integers(0, 127), st.integers(1, 127), st.integers(0, 15)),
    st.builds(NoteOff, st.integers(0, 127), st.integers(0, 15)),
    st.builds(ControlChange, st.sampled_from([*range(20, 42), 64]), st.integers(0, 127), st.integers(0, 15)),
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
            st.sampled_from(["answer", "continue", "trade", "accompany"]),
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
