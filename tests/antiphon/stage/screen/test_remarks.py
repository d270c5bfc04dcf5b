"""The lines beside the picture."""

import pytest

from antiphon.events import NoteOn, Timed
from antiphon.perform.reports import Learned, ProgramChosen, Sent
from antiphon.stage.ports.port import PortChanged
from antiphon.stage.screen.remarks import remark


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (PortChanged("keys", False), "keys is gone; waiting for it to return."),
        (PortChanged("keys", True), "keys is back."),
        (
            Learned(9.0, "rests", 20),
            "rests is control 20 now; to keep it, write rests = 20 below [control] in config.toml",
        ),
        (ProgramChosen(9.0, 1, "irish"), "Program 2: irish answers now."),
        (
            ProgramChosen(9.0, 1, None),
            "There is no program 2; [model] programs in config.toml lists them.",
        ),
        (Sent(Timed(9.0, NoteOn(60)), 0.0), None),
    ],
)
def test_what_the_player_should_know_has_a_line(report, line):
    assert remark(report) == line
