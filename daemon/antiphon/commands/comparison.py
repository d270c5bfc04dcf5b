"""How a replay compares with its recording, in words and as JSON. Knows no file."""

from dataclasses import asdict
from typing import Any

from antiphon.events import NoteOff, Timed
from antiphon.files.text_roll import note_name
from antiphon.perform.comparison import Comparison
from antiphon.stage.machine.arithmetic import Arithmetic


def in_words(found: Comparison, recorded_with: Arithmetic | None, here: Arithmetic) -> str:
    """A line, and a second one where something differs."""
    late = f" ({found.late} notes were dropped as late when it was recorded)" if found.late else ""
    if found.difference is None:
        return f"Identical: {found.events} events{late}."
    different = found.difference
    return (
        f"Different after {found.events} events{late}, in bar {different.bar}, beat {different.beat:g}: "
        f"recorded {_event(different.recorded)}, now {_event(different.replayed)}.\n"
        f"{_arithmetic_said(recorded_with, here)}"
    )


def _arithmetic_said(recorded_with: Arithmetic | None, here: Arithmetic) -> str:
    """Whether the difference may come of another way to round."""
    if recorded_with is None:
        return "The take does not name the numpy, BLAS and processor that it was made with."
    pairs = zip(asdict(recorded_with).items(), asdict(here).values(), strict=True)
    others = [f"{what} was {then}, here it is {now}" for (what, then), now in pairs if then != now]
    return f"{'; '.join(others)}." if others else "numpy, BLAS and processor are the same as then."


def _event(timed: Timed | None) -> str:
    if timed is None:
        return "nothing"
    event = timed.event
    if isinstance(event, NoteOff):
        return f"the end of {note_name(event.pitch)} at {timed.at_s:.4f} s"
    return f"{note_name(event.pitch)} at {timed.at_s:.4f} s, velocity {event.velocity}"


def as_plain(found: Comparison, recorded_with: Arithmetic | None, here: Arithmetic) -> dict[str, Any]:
    """The same for a program."""
    different = found.difference
    return {
        "identical": different is None,
        "events": found.events,
        "late": found.late,
        "arithmetic": {"recorded": recorded_with and asdict(recorded_with), "here": asdict(here)},
        "difference": None
        if different is None
        else {
            "bar": different.bar,
            "beat": different.beat,
            "recorded": None if different.recorded is None else _event(different.recorded),
            "replayed": None if different.replayed is None else _event(different.replayed),
        },
    }
