"""A player that is not ours: a JACK client that plays notes at places of JACK's transport, to the sample."""

import sys
import time
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import jack

sys.path.append(str(Path(__file__).resolve().parent.parent))

from watch import Watch

VELOCITY = 80


class Note(NamedTuple):
    """In quarter notes from the transport's beginning."""

    pitch: int
    beat: float
    beats: float


class Player:
    """Plays the notes on its port `out`, whenever and wherever the transport rolls."""

    def __init__(self, name: str, notes: Iterable[Note], bpm: float) -> None:
        self.client: Any = jack.Client(name)
        self._out = self.client.midi_outports.register("out")
        self._beats = bpm / 60 / self.client.samplerate  # a frame is
        self._watch, self._here = Watch(self.client.samplerate), 0.0
        # Where the server did not keep time, or a client was late and its messages fell out: beat, what, ms.
        self.trouble: list[tuple[float, str, float]] = []
        self._events = sorted(event for note in notes for event in self._both_ends(note, bpm))
        self.client.set_process_callback(self._process)
        self.client.set_xrun_callback(lambda us: self._note("xrun", us / 1000))
        self.client.activate()

    def _both_ends(self, note: Note, bpm: float) -> list[tuple[int, bytes]]:
        rate = self.client.samplerate * 60 / bpm
        return [
            (round(note.beat * rate), bytes([0x90, note.pitch, VELOCITY])),
            (round((note.beat + note.beats) * rate), bytes([0x80, note.pitch, 0])),
        ]

    def _process(self, frames: int) -> None:
        self._out.clear_buffer()
        state, place = self.client.transport_query_struct()
        self._here = place.frame * self._beats
        for what, late_s in self._watch.cycle(self.client.last_frame_time, frames, time.monotonic()):
            self._note(what, late_s * 1000)
        if state != jack.ROLLING:
            return
        begin = place.frame
        for at, message in self._events[bisect_left(self._events, (begin, b"")) :]:
            if at >= begin + frames:
                return
            self._out.write_midi_event(at - begin, message)

    def _note(self, what: str, ms: float) -> None:
        self.trouble.append((self._here, what, ms))

    def bars_and_beats(self) -> str:
        """What the timebase master says of the transport."""
        _, place = self.client.transport_query()
        if "bar" not in place:
            return "nobody says bars and beats on the transport"
        return (
            f"bar {place['bar']}, beat {place['beat']}, {place['beats_per_minute']:.3f} bpm, "
            f"{place['beats_per_bar']:g}/{place['beat_type']:g}"
        )

    def beat(self, bpm: float) -> float:
        return float(self.client.transport_frame / self.client.samplerate * bpm / 60)

    def ports(self) -> set[str]:
        return {port.name for port in self.client.get_ports(is_midi=True)}

    def connect(self, source: str, sink: str) -> None:
        self.client.connect(source, sink)

    def end(self) -> int:
        self.client.deactivate()
        self.client.close()
        return 0
