"""One take while it is recorded: every event is written to the file as soon as it is reported.

Knows no port and no clock but the one that names it. What cannot be written now waits in memory.
"""

from collections import deque
from datetime import datetime
from pathlib import Path

from antiphon.perform.reports import Received, Released, Sent
from antiphon.perform.take_records import Closed, Lost
from antiphon.stage.machine.clock import wall_time
from antiphon.stage.takes import format as take_format
from antiphon.stage.takes import records
from antiphon.stage.takes.growing_file import GrowingFile
from antiphon.stage.takes.header import Place, TakeHeader
from antiphon.stage.takes.records import Line
from antiphon.stage.takes.tempo_map import TempoMap

_TEND_S = 1.0
MOST_WAITING_BYTES = 4 << 20


class Take:
    """Records what was played and answered, into `YYYYMMDD-HHMMSS+ZZZZ.mid` or a free name like `stem`.

    The name is the local time, and how far that is from UTC. The file is there from the start, which takes
    the name. `trouble` says why nothing can be written just now; what is recorded meanwhile waits in memory,
    the oldest dropped beyond 4 MiB, until it can be.
    """

    def __init__(
        self,
        folder: Path,
        header: TakeHeader,
        begun: datetime | None = None,
        place: Place | None = None,
        stem: str = "",
    ) -> None:
        begun = begun or wall_time()
        self._folder, self._stem = folder, stem or f"{begun:%Y%m%d-%H%M%S%z}"
        place = place or Place(TempoMap(header.bpm))
        self._opening = take_format.opening(header, begun.isoformat(timespec="seconds"), place)
        self._encoder = take_format.RecordEncoder(header.bpm)
        self._file: GrowingFile | None = None
        self._waiting: deque[Line] = deque()
        self._waiting_bytes = self._dropped = 0
        self._tended_s = float("-inf")
        self.empty = True  # until something was played
        self.lost = 0  # events that could neither be written nor kept
        self.trouble: str | None = None
        self._write()

    @property
    def path(self) -> Path | None:
        """The file; None where none could be made yet."""
        return None if self._file is None else self._file.path

    @property
    def size(self) -> int:
        """Bytes that were written."""
        return 0 if self._file is None else self._file.size

    def record(self, line: Line) -> None:
        """Take down what happened. Never fails: where it cannot be written, `trouble` says why."""
        self.empty = self.empty and not isinstance(line.record, Received | Sent | Released)
        self._waiting.append(line)
        self._waiting_bytes += len(line.data)
        if self.trouble is None:
            self._write()
        while self._waiting_bytes > MOST_WAITING_BYTES:
            self._waiting_bytes -= len(self._waiting.popleft().data)
            self._dropped += 1
            self.lost += 1

    def tend(self, now_s: float) -> None:
        """To be called often; once a second what was written is made safe, and what could not be is tried."""
        if now_s - self._tended_s >= _TEND_S:
            self._tended_s = now_s
            self._write(looking=True)

    def end(self) -> None:
        """Record that the take was ended in order, and write all that waits."""
        self.record(Line(Closed(), records.write(Closed())))
        self._write(looking=True)

    @property
    def whole(self) -> GrowingFile | None:
        """The file with all that was recorded, locked until it is closed; None while that is not written."""
        return None if self._waiting or self.trouble is not None else self._file

    def _write(self, looking: bool = False) -> None:
        """All that waits; `looking` whether the file is still where it was made, too."""
        try:
            file = self._open(looking)
            self._append(file)
            if looking:
                file.sync()
        except OSError as error:
            why = error.strerror or str(error)
            where = "cannot record takes here" if self.path is None else "cannot be written"
            self.trouble = f"{self.path or self._folder}: {where}: {why}"
        else:
            self.trouble = None

    def _open(self, looking: bool) -> GrowingFile:
        if self._file is None:
            self._file = GrowingFile(self._folder, self._stem, self._opening)
            self._opening = b""
        elif looking and not self._file.is_there():
            self._file.make_again()
        return self._file

    def _append(self, file: GrowingFile) -> None:
        if self._dropped:
            lost = Lost(self._dropped)
            file.append(self._encoder.encode(Line(lost, records.write(lost))))
            self._dropped = 0
        while self._waiting:
            line = self._waiting[0]
            file.append(self._encoder.encode(line))
            self._encoder.wrote(line.record)
            self._waiting.popleft()
            self._waiting_bytes -= len(line.data)
