"""The external clock where no MIDI port tells it: Ableton Link."""

from collections.abc import Callable
from typing import Protocol, cast

from antiphon.errors import Failure
from antiphon.events import Lead
from antiphon.perform.reports import Report, SettingChanged
from antiphon.perform.settings import Source
from antiphon.stage.machine.log import LOG


class ClockFeed(Protocol):
    """Says where the external clock is."""

    def poll(self) -> list[Lead]:
        """What is new; never waits. Raises Failure once it is gone."""
        ...

    def close(self) -> None: ...


class Sources:
    """Joins what leads, by `join`'s table, when it is chosen, and leaves it when it no longer is.

    Raises Failure where the source of the beginning cannot be joined; later it is only logged.
    """

    def __init__(self, join: dict[Source, Callable[[], ClockFeed]], source: Source) -> None:
        self._join, self._source = join, source
        self._feed = self._joined(source)

    def _joined(self, source: Source) -> ClockFeed | None:
        return self._join[source]() if source in self._join else None

    def hear(self, report: Report) -> None:
        """Another source may have been chosen."""
        source = _chosen(report)
        if source is None or source == self._source:
            return
        self.close()
        self._source = source
        try:
            self._feed = self._joined(self._source)
        except Failure as failure:
            LOG.warning("%s", failure.message)

    def poll(self) -> list[Lead]:
        return [] if self._feed is None else self._feed.poll()

    def close(self) -> None:
        feed, self._feed = self._feed, None
        if feed is not None:
            feed.close()


def no_transport() -> ClockFeed:
    """JACK's transport where our ports are elsewhere. Raises Failure, saying what to do."""
    raise Failure('JACK\'s transport needs ports on JACK: play --api jack, or [midi] api = "jack"')


def _chosen(report: Report) -> Source | None:
    match report:
        case SettingChanged(_, "clock.source", value):
            return cast(Source, value)
    return None
