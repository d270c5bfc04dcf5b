"""What is done in each cycle of JACK, in its real-time thread: what is due is written, what came is told."""

import os
import select
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from antiphon.stage.machine.clock import Clock
from antiphon.stage.ports.jack.endings import Endings
from antiphon.stage.ports.jack.frames import Pending, Timeline, UnsteadyTimeline, is_note_on
from antiphon.stage.ports.jack.records import LONGEST, RECORD_BYTES, messages, pack_message, pack_period

_READ_BYTES = 1024 * RECORD_BYTES
# A pipe takes so much in one piece, or nothing; the system's own promise (PIPE_BUF).
_PIECE = 4096 // RECORD_BYTES
_READINGS = 200  # of the clocks, a second
_RELEASE_S = 0.3
_FIRST_STATUS, _NOTE_OFF, _NOTE_ON = 0x80, 0x80, 0x90
_RELEASE_VELOCITY = 64


class Cycle:
    """What is done in each cycle of JACK: `run`, in JACK's thread. All else is for the thread that answers.

    `broken` is called for what should never happen, in JACK's thread. `lead` gives where the transport is, as
    a record, from the moment and the number of frames of a cycle; None: nobody wants to know.
    """

    def __init__(
        self,
        clock: Clock,
        jack: Any,
        client: Any,
        arrived: int,
        leaving: int,
        broken: Callable[[Exception], None],
        lead: Callable[[float, int], bytes | None] | None = None,
    ) -> None:
        self._clock, self._jack, self._client = clock, jack, client
        self._arrived, self._leaving, self._broken, self._lead = arrived, leaving, broken, lead
        self._timeline = Timeline(client.samplerate) if client.realtime else UnsteadyTimeline()
        self._read_every = client.samplerate // _READINGS if client.realtime else 0
        self._frames = 0
        self._first = -1  # frame of this cycle, by the server's counter
        self._unread = 0  # frames until the clocks are read again
        self._placed = False  # whether the timeline is in this cycle
        self._handed = select.poll()  # cheaper to ask than a read that fails
        self._handed.register(leaving, select.POLLIN)
        self._number = 0  # of ports so far
        # Replaced whole when a port is added: the other thread sees the old or the new.
        self._inputs: tuple[tuple[int, Any], ...] = ()
        self._outputs: tuple[tuple[int, Any, Pending], ...] = ()
        self._pending: dict[int, Pending] = {}
        self._sounding: dict[tuple[int, int, int], None] = {}  # output, channel and pitch
        self._endings = Endings()
        self._late_clients = self._late_clients_seen = 0
        self._releasing = self._silent = self._released = False
        self.lost = 0

    def add_input(self, port: Any) -> int:
        number = self._next_number()
        self._inputs = (*self._inputs, (number, port))
        return number

    def add_output(self, port: Any) -> int:
        number = self._next_number()
        pending = Pending()
        self._pending[number] = pending
        self._outputs = (*self._outputs, (number, port, pending))
        return number

    def _next_number(self) -> int:
        self._number += 1
        return self._number - 1

    def client_was_late(self) -> None:
        """JACK says so of one of its clients, in a thread of its own: messages may be lost."""
        self._late_clients += 1

    def release(self) -> None:
        """Nobody hands over any more: end what sounds, and wait until that has left; not for ever."""
        limit_s = self._clock.now_s() + _RELEASE_S
        self._releasing = True
        while not self._released and (now_s := self._clock.now_s()) < limit_s:
            self._clock.wait_until_s(now_s + 0.001, exactly=False)

    def run(self, frames: int) -> None:
        """One cycle of so many frames."""
        try:
            self._run(frames)
        except Exception as error:
            self._broken(error)

    def _run(self, frames: int) -> None:
        client = self._client
        first = client.last_frame_time
        if first == self._first:  # called again for the same cycle, as a server does that was held up
            return
        self._released = self._silent  # what was written in the cycle before has left
        self._first, self._placed = first, False
        self._unread -= frames
        if self._unread <= 0:
            self._unread = self._read_every
            # Read first: if this is held up between the two, the cycle seems late, never early.
            since = client.frames_since_cycle_start
            self._timeline.observe(self._clock.now_s(), since, first)
            self._placed = True
        took = self._take()
        if self._releasing:
            self._end_all()
        again = self._is_to_send_again()
        for number, port, pending in self._outputs:
            port.clear_buffer()
            if pending:
                self._write(number, port, pending, frames)
            if again:
                self._write_endings(number, port, frames)
        self._silent = self._releasing and not (took or self._sounding or any(self._pending.values()))
        if records := self._records(frames):
            self._tell(records)

    def _records(self, frames: int) -> list[bytes]:
        """What is to be told of this cycle."""
        records = [
            pack_message(number, self._here().moment_s(offset), message, offset == 0)
            for number, port in self._inputs
            for offset, data in port.incoming_midi_events()
            if _is_whole(message := bytes(data))
        ]
        if frames != self._frames:
            self._frames = frames
            records.append(pack_period(frames / self._client.samplerate))
        if self._lead is not None and (lead := self._lead(self._here().moment_s(0), frames)) is not None:
            records.append(lead)
        return records

    def _here(self) -> Timeline | UnsteadyTimeline:
        """The timeline, gone on to this cycle."""
        if not self._placed:
            self._timeline.move(self._first)
            self._placed = True
        return self._timeline

    def _take(self) -> bool:
        """What was handed over since the last cycle; whether there was anything."""
        if not self._handed.poll(0):
            return False
        handed = os.read(self._leaving, _READ_BYTES)
        for number, at_s, data in messages(handed):
            if (pending := self._pending.get(number)) is not None:
                pending.add(at_s, data)
        return bool(handed)

    def _end_all(self) -> None:
        for number, _, pending in self._outputs:
            keys = [key for key in self._sounding if key[0] == number]
            offs = [bytes((_NOTE_OFF | channel, pitch, _RELEASE_VELOCITY)) for _, channel, pitch in keys]
            pending.end(self._here().moment_s(0), offs)

    def _is_to_send_again(self) -> bool:
        now_s = self._here().moment_s(0)
        if self._late_clients != self._late_clients_seen:
            self._late_clients_seen = self._late_clients
            self._endings.time_was_lost(now_s)
        return self._endings.due(now_s)

    def _write_endings(self, number: int, port: Any, frames: int) -> None:
        """Behind all that is due in this cycle."""
        with suppress(self._jack.JackError):  # the buffer is full
            for message in self._endings.of(number):
                port.write_midi_event(frames - 1, message)

    def _write(self, number: int, port: Any, pending: Pending, frames: int) -> None:
        written = 0
        while (due := pending.first(self._here(), frames, written)) is not None:
            written, message = due
            try:
                port.write_midi_event(written, message)
            except self._jack.JackError:  # the buffer is full: in the next cycle, then
                return
            pending.done()
            self._follow(number, message)

    def _follow(self, number: int, message: bytes) -> None:
        self._endings.follow(number, self._here().moment_s(0), message)
        if message[0] & 0xF0 in (_NOTE_ON, _NOTE_OFF):
            key = (number, message[0] & 0x0F, message[1])
            if is_note_on(message):
                self._sounding[key] = None
            else:
                self._sounding.pop(key, None)

    def _tell(self, records: list[bytes]) -> None:
        for first in range(0, len(records), _PIECE):
            piece = records[first : first + _PIECE]
            try:
                os.write(self._arrived, b"".join(piece))
            except BlockingIOError:
                self.lost += len(piece)
            except BrokenPipeError:  # the other thread learns of it, too, and ends this
                return


def _is_whole(message: bytes) -> bool:
    """JACK has no running status: what begins with a data byte is the rest of a long message."""
    return 0 < len(message) <= LONGEST and message[0] >= _FIRST_STATUS
