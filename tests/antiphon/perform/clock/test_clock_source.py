"""Whom to follow: the chosen source, and no other that speaks."""

import pytest

from antiphon.events import Lead
from antiphon.perform.clock.clock_source import ClockSource
from antiphon.perform.settings import ClockSettings


@pytest.mark.parametrize(("source", "heard"), [("link", ["link"]), ("jack", ["jack"]), ("internal", [])])
def test_only_the_chosen_source_is_followed(source, heard):
    clock_source = ClockSource(ClockSettings(source=source, offset_ms=10.0))
    leads = [clock_source.hear(Lead(1.0, 4.0, 120.0, by=by)) for by in ("link", "jack")]
    assert [lead.at_s for lead in leads if lead is not None] == [1.01] * len(heard)
    assert [by for by, lead in zip(("link", "jack"), leads, strict=True) if lead is not None] == heard
