"""Where a session leaves a performance, for one that takes it up: fed with the reports of the first. Pure."""

from antiphon.perform.answer_reports import ChordGuessed, Heard
from antiphon.perform.reports import BarsBegun, Followed, Handover, ProgramChosen, Report, SettingChanged
from antiphon.perform.setting_changes import MODEL_NAME
from antiphon.perform.transport import Transport
from antiphon.timebase import Grid, Meter


class HandoverTracker:
    """Counts answers, and keeps the grid and who answers; `meter` is the performance's."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._grid: Grid | None = None
        self._answers = 0
        self._voice = ""

    def hear(self, report: Report) -> None:
        match report:
            case Heard(grid=grid, meter=meter):
                self._grid, self._meter = grid, meter or self._meter
                self._answers += 1
            case ChordGuessed(meter=meter):
                self._meter = meter
            case BarsBegun(grid=grid) | Followed(grid=grid):
                self._grid = grid
            case ProgramChosen(name=str(voice)):
                self._voice = voice
            case SettingChanged(_, name, str(voice)) if name == MODEL_NAME:
                self._voice = voice

    @property
    def handover(self) -> Handover:
        transport = None if self._grid is None else Transport(self._grid, self._meter)
        return Handover(transport, self._answers, self._voice)
