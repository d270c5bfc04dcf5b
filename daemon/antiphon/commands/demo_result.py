"""What `antiphon demo --json` says: the phrase as it was heard, and the answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from antiphon.compose.symbols import decode
from antiphon.events import GridNote, NoteOn, Timed
from antiphon.perform.answer_reports import Composed, Heard
from antiphon.perform.reports import Received, Report, Sent
from antiphon.perform.transport import Transport
from antiphon.timebase import Meter

# [onset in quarters from the first bar line, length in quarters, pitch, velocity, onset as played, in seconds
# from the first note of the phrase]; the last two are null where a note did not sound.
_Note = list[float | int | None]


@dataclass(slots=True)
class DemoResult:
    """What a program may want to know of a demo; feed it every report."""

    model: str
    random_seed: int
    heard: list[Heard] = field(default_factory=list)
    composed: list[Composed] = field(default_factory=list)
    received: list[Timed] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)

    def record(self, report: Report) -> None:
        match report:
            case Heard():
                self.heard.append(report)
            case Composed():
                self.composed.append(report)
            case Received(Timed() as timed):
                self.received.append(timed)
            case Sent():
                self.sent.append(report)

    def as_json(self, take: Path | None) -> dict[str, Any]:
        late_ms = sorted(1000 * sent.late_s for sent in self.sent)
        heard, symbols = self.heard[-1], [one.symbol for one in self.composed]
        begins = self.composed[0].step if self.composed else 0
        answer = [GridNote(n.onset_steps + begins, n.duration_steps, n.pitch) for n in decode(symbols)]
        zero_s = next((timed.at_s for timed in self.received if isinstance(timed.event, NoteOn)), 0.0)
        return {
            "take": str(take or ""),
            "model": self.model,
            "random_seed": self.random_seed,
            "key": str(heard.key),
            "bpm": round(heard.grid.bpm, 3),
            "meter": str(heard.meter),
            "pickup_quarters": _pickup_quarters(heard),
            "swing": round(heard.swing, 3),
            "steps_per_quarter": heard.grid.steps_per_quarter,
            "phrase": list(_notes(heard.notes, heard, self.received, zero_s)),
            "answer_starts_at_step": heard.answer_start_steps,
            "answer": list(_notes(answer, heard, [sent.timed for sent in self.sent], zero_s)),
            "symbols": " ".join(symbols),
            "notes_sent": sum(isinstance(sent.timed.event, NoteOn) for sent in self.sent),
            "late_ms": {"median": late_ms[len(late_ms) // 2], "worst": late_ms[-1]},
        }


def _first_bar_line(heard: Heard) -> int:
    transport = Transport(heard.grid, heard.meter or Meter())
    return transport.first_bar_line(heard.notes[0].onset_steps)


def _pickup_quarters(heard: Heard) -> float:
    """How long before the first bar line a phrase begins; 0 where it begins with or after one."""
    begun = heard.notes[0].onset_steps
    return max(0, _first_bar_line(heard) - begun) / heard.grid.steps_per_quarter


def _notes(
    notes: Sequence[GridNote], heard: Heard, played: Sequence[Timed], zero_s: float
) -> Iterator[_Note]:
    """Each note beside the next of its pitch that was played."""
    first, quarter = _first_bar_line(heard), heard.grid.steps_per_quarter
    coming = 0
    for note in notes:
        found = next((k for k in range(coming, len(played)) if _begins(played[k], note.pitch)), None)
        onset, length = (note.onset_steps - first) / quarter, note.duration_steps / quarter
        velocity, at_s = None, None
        if found is not None:
            coming, timed = found + 1, played[found]
            velocity = timed.event.velocity if isinstance(timed.event, NoteOn) else None
            at_s = round(timed.at_s - zero_s, 6)
        yield [round(onset, 6), round(length, 6), note.pitch, velocity, at_s]


def _begins(timed: Timed, pitch: int) -> bool:
    return isinstance(timed.event, NoteOn) and timed.event.pitch == pitch
