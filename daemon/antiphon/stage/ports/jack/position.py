"""JACK's transport as its library tells it, cycle by cycle, becomes records. Loaded where it is followed."""

from typing import Any

from antiphon.stage.ports.jack.records import pack_lead
from antiphon.stage.ports.jack.transport import BarsBeats, Position, TransportReader

_ROLLING, _BBT, _BBT_OFFSET = 1, 0x10, 0x40  # JackTransportRolling, JackPositionBBT, JackBBTFrameOffset


class TransportWatch:
    """Call it in each cycle. `bpm` is the tempo where the server has none."""

    def __init__(self, client: Any, bpm: float) -> None:
        self._client = client
        self._reader = TransportReader(client.samplerate, bpm)

    def __call__(self, at_s: float, frames: int) -> bytes | None:
        """A record of where the transport is in the cycle that begins at `at_s`, if that has changed."""
        lead = self._reader.feed(at_s, self._position(), frames)
        return None if lead is None else pack_lead(lead)

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
