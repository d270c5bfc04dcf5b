"""Joining what leads, and leaving it."""

import logging

import pytest

from antiphon.errors import Failure
from antiphon.events import Lead
from antiphon.perform.reports import SettingChanged
from antiphon.stage.sync.sources import Sources

LEAD = Lead(1.0, 2.0, 120.0)


class FakeClockFeed:
    def __init__(self):
        self.closed = 0

    def poll(self):
        return [LEAD]

    def close(self):
        self.closed += 1


def refused():
    raise Failure("there is no Link")


def test_what_leads_from_the_beginning_is_joined_and_left():
    clock_feed = FakeClockFeed()
    host = Sources({"link": lambda: clock_feed}, "link")
    assert host.poll() == [LEAD]
    host.close()
    host.close()
    assert clock_feed.closed == 1
    assert host.poll() == []


def test_what_the_ports_tell_is_not_joined():
    assert Sources({}, "midi").poll() == []


def test_a_source_that_is_chosen_is_joined_and_left():
    clock_feed = FakeClockFeed()
    host = Sources({"link": lambda: clock_feed}, "internal")
    assert host.poll() == []
    host.hear(SettingChanged(1.0, "clock.source", "link"))
    host.hear(SettingChanged(1.1, "clock.source", "link"))
    host.hear(SettingChanged(1.1, "answer.mode", "trade"))
    assert host.poll() == [LEAD]
    host.hear(SettingChanged(2.0, "clock.source", "internal"))
    assert clock_feed.closed == 1
    assert host.poll() == []


def test_what_cannot_be_joined_is_said_at_the_beginning_and_logged_later(caplog):
    with pytest.raises(Failure, match="no Link"):
        Sources({"link": refused}, "link")
    host = Sources({"link": refused}, "internal")
    with caplog.at_level(logging.WARNING, "antiphon"):
        host.hear(SettingChanged(1.0, "clock.source", "link"))
    assert "there is no Link" in caplog.text
    assert host.poll() == []
