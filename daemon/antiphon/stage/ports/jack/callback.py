"""What is done in each cycle of JACK, in its real-time thread: what is due is written, what came is told."""

import os
import select
from collections.abc import Callable
from typing import Any

from antiphon.events import Lead, NoteOff
from antiphon.midi.messages import to_bytes
from antiphon.stage.machine.clock import Clock
from antiphon.stage.ports.jack.frames import Pending, Timeline
from antiphon.stage.ports.jack.messages import (
    LONGEST,
    RECORD_BYTES,
    Message,
    Period,
    pack,
    pack_message,
    unpack,
)
from antiphon.stage.ports.jack.transport import BarsBeats, Position, TransportReader

_READ_BYTES = 1024 * RECORD_BYTES
# A pipe takes so much in one piece, or nothing; the system's own promise (PIPE_BUF).
_PIECE = 4096 // RECORD_BYTES
_READINGS = 200  # of the clocks, a second
_DRAIN_S = 0.3
_FIRST_STATUS, _NOTE_OFF, _NOTE_ON = 0x80, 0x80, 0x90
_ROLLING, _BBT, _BBT_OFFSET = 1, 0x10, 0x40  # JackTransportRolling, JackPositionBBT, JackBBTFrameOffset


class Cycle:
    """What is done in each cycle of JACK: `run`, in JACK's thread. All else is for the thread that answers.

    `broken` is called for what should never happen, in JACK's thread.
    """

    def __init__(
        self,
        clock: Clock,
        jack: Any,
        client: Any,
        arrived: int,
        leaving: int,
        broken: Callable[[Exception], None],
        transport_bpm: float | None = None,
    ) -> None:
        self._clock, self._jack, self._client = clock, jack, client
        self._arrived, self._leaving, self._broken = arrived, leaving, broken
        self._timeline = Timeline(client.samplerate)
        self._transport = None if transport_bpm is None else TransportReader(client.samplerate, transport_bpm)
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
        self._done = 0
        self.lost = 0

    def listen(self, port: Any) -> int:
        number = self._next_number()
        self._inputs = (*self._inputs, (number, port))
        return number

    def play(self, port: Any) -> int:
        number = self._next_number()
        pending = Pending()
        self._pending[number] = pending
        self._outputs = (*self._outputs, (number, port, pending))
        return number

    def _next_number(self) -> int:
        self._number += 1
        return self._number - 1

    def drain(self) -> None:
        """Wait until all that was handed over has left and was read; not for ever."""
        limit_s = self._clock.now_s() + _DRAIN_S
        self._pass_cycles(2, limit_s)  # what is still in the pipe
        while any(self._pending.values()) and self._clock.now_s() < limit_s:
            self._pass_cycles(1, limit_s)
        self._pass_cycles(2, limit_s)

    def release(self) -> None:
        """Nobody hands over any more: end what sounds, and wait until that has left."""
        now_s = self._clock.now_s()
        for number, channel, pitch in list(self._sounding):
            self._pending[number].add(now_s, to_bytes(NoteOff(pitch, channel)))
        self.drain()

    def _pass_cycles(self, number: int, limit_s: float) -> None:
        until = self._done + number
        while self._done < until and (now_s := self._clock.now_s()) < limit_s:
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
        self._first, self._placed = first, False
        self._unread -= frames
        if self._unread <= 0:
            self._unread = client.samplerate // _READINGS
            since = client.frames_since_cycle_start
            self._timeline.observe(self._clock.now_s(), since, first)
            self._placed = True
        self._take()
        for number, port, pending in self._outputs:
            port.clear_buffer()
            if pending:
                self._write(number, port, pending, frames)
        records = [
            pack_message(number, self._here().moment_s(offset), message)
            for number, port in self._inputs
            for offset, data in port.incoming_midi_events()
            if _is_whole(message := bytes(data))
        ]
        if frames != self._frames:
            self._frames = frames
            records.append(pack(Period(frames / client.samplerate)))
        if self._transport is not None and (lead := self._lead(self._transport, frames)) is not None:
            records.append(pack(lead))
        if records:
            self._tell(records)
        self._done += 1

    def _here(self) -> Timeline:
        """The timeline, gone on to this cycle."""
        if not self._placed:
            self._timeline.move(self._first)
            self._placed = True
        return self._timeline

    def _take(self) -> None:
        """What was handed over since the last cycle."""
        if not self._handed.poll(0):
            return
        for record in unpack(os.read(self._leaving, _READ_BYTES)):
            if isinstance(record, Message) and (pending := self._pending.get(record.port)) is not None:
                pending.add(record.at_s, record.data)

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
        kind = message[0] & 0xF0
        if kind in (_NOTE_ON, _NOTE_OFF):
            key = (number, message[0] & 0x0F, message[1])
            if kind == _NOTE_ON and message[2]:
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

    def _lead(self, transport: TransportReader, frames: int) -> Lead | None:
        return transport.feed(self._here().moment_s(0), self._position(), frames)

    def _position(self) -> Position:
        state, position = self._client.transport_query_struct()
        bars = None
        if position.valid & _BBT:
            late = position.bbt_offset if position.valid & _BBT_OFFSET else 0
            bars = BarsBeats(
                position.bar,
                position.beat,
                position.tick,
                position.ticks_per_beat,
                position.beats_per_bar,
                position.beat_type,
                position.beats_per_minute,
                late,
            )
        return Position(state == _ROLLING, position.frame, bars)


def _is_whole(message: bytes) -> bool:
    """JACK has no running status: what begins with a data byte is the rest of a long message."""
    return 0 < len(message) <= LONGEST and message[0] >= _FIRST_STATUS
