"""What the panel is told of a performance: reports become messages. Knows no socket and no clock."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from antiphon import config
from antiphon.config import Config
from antiphon.events import Event, NoteOn, PlayedNote, Timed
from antiphon.perform.answer_reports import Answered, ChordGuessed, ChordsHeard, Foreseen, Heard
from antiphon.perform.reports import (
    Learned,
    ProgramChosen,
    Received,
    Released,
    Report,
    Sent,
    SettingChanged,
    StateChanged,
)
from antiphon.stage.panel.ranges import RANGES
from antiphon.stage.performance_state import PerformanceState

VERSION = 1
Message = dict[str, Any]
# What a page that is loaded again must be told, beside the newest state.
PAST = ("heard", "phrase", "chords", "plan", "sounded", "cut")


class Narration:
    """Remembers which answer is under way, and since when a phrase is played."""

    def __init__(self) -> None:
        self._answer: int | None = None  # the number of the one that is foreseen or sounds
        self._begins_s = 0.0
        self._counts = False
        self._phrase_s: float | None = None
        self._heard_s = 0.0

    def hear(self, report: Report, settings: Config | None = None) -> Iterator[Message]:
        """What is told of a report; `settings` are those in force, which say what plays on a channel."""
        match report:
            case Received(Timed(at_s, event)):
                self._heard_s = at_s
                yield {"type": "heard", **_note(event, at_s)}
            case Sent(Timed(at_s, event)) | Released(Timed(at_s, event)):
                yield {"type": "sounded", **_note(event, at_s), **_part(event, settings)}
            case StateChanged(at_s, state):
                yield from self._phrase(state == "listening", at_s)
            case Heard():
                self._counts = True
            case ChordsHeard(_, chords, ends_s):
                named = [{"at_s": chord.at_s, "name": chord.name} for chord in chords]
                yield {"type": "chords", "chords": named, "ends_s": ends_s}
            case ChordGuessed(_, begins_s, ends_s, name):
                yield {"type": "chords", "chords": [{"at_s": begins_s, "name": f"{name}?"}], "ends_s": ends_s}
            case Foreseen():
                yield from self._foresee(report)
            case Answered(at_s, cut):
                if cut and self._answer is not None:
                    yield {"type": "cut", "answer": self._answer, "at_s": at_s}
                self._answer, self._counts = None, False
            case SettingChanged(_, name, value):
                yield {"type": "setting", "name": name, "value": value}
            case ProgramChosen(name=str(model)):
                yield {"type": "setting", "name": "model.name", "value": model}
            case Learned(_, name, control):
                yield {"type": "learned", "name": name, "number": control}

    def _phrase(self, listens: bool, at_s: float) -> Iterator[Message]:
        if listens and self._phrase_s is None:
            self._phrase_s = at_s
            yield {"type": "phrase", "begins_s": at_s, "ends_s": None}
        elif not listens and self._phrase_s is not None:
            yield {"type": "phrase", "begins_s": self._phrase_s, "ends_s": max(self._phrase_s, self._heard_s)}
            self._phrase_s = None

    def _foresee(self, foreseen: Foreseen) -> Iterator[Message]:
        if foreseen.notes:
            self._answer, self._begins_s = foreseen.answer, foreseen.begins_s
            yield _plan(foreseen)
        elif self._answer is not None and not self._counts:  # the player went on
            withdrawn = Foreseen(self._answer, self._begins_s, self._begins_s, (), ())
            self._answer = None
            yield _plan(withdrawn)


def _plan(foreseen: Foreseen) -> Message:
    quoted = zip(foreseen.notes, foreseen.quoted, strict=True)
    notes = [_planned(note, is_quoted) for note, is_quoted in quoted]
    notes += [{**_planned(note, False), "part": part} for part, note in foreseen.parts]
    chords = [{"at_s": at_s, "name": name} for at_s, name in foreseen.chords]
    symbols = [
        {"at_s": at_s, "entropy": round(entropy, 4), "temperature": round(temperature, 4)}
        for at_s, entropy, temperature in foreseen.draws
    ]
    span = {"begins_s": foreseen.begins_s, "ends_s": foreseen.ends_s}
    said = {"notes": notes, "symbols": symbols, "chords": chords}
    return {"type": "plan", "answer": foreseen.answer, **span, **said}


def _planned(note: PlayedNote, quoted: bool) -> Message:
    span = {"at_s": note.onset_s, "ends_s": note.release_s}
    return {"pitch": note.pitch, "velocity": note.velocity, **span, "quoted": quoted}


def _part(event: Event, settings: Config | None) -> Message:
    """The part that an event is of; nothing for one of the answer itself."""
    part = None if settings is None else settings.session.part_on(event.channel)
    return {} if part is None else {"part": part}


def _note(event: Event, at_s: float) -> Message:
    on = isinstance(event, NoteOn)
    return {
        "pitch": event.pitch,
        "velocity": event.velocity if isinstance(event, NoteOn) else 0,
        "on": on,
        "at_s": at_s,
    }


def hello(state: PerformanceState, models: Sequence[str], version: str, takes_ok: bool) -> Message:
    """What a page must know at first."""
    settings = flat(state.settings)
    numbers = {
        name.removeprefix("control."): value
        for name, value in settings.items()
        if name.startswith("control.")
    }
    numbers.pop("state", None)
    ports = state.ports
    return {
        "type": "hello",
        "version": VERSION,
        "version_of_antiphon": version,
        "settings": settings,
        "ranges": RANGES,
        "controls": numbers,
        "models": list(models),
        "takes_folder_ok": takes_ok,
        "ports": ports and {"api": ports.api, "inputs": ports.inputs, "output": ports.output},
    }


def flat(settings: Config) -> dict[str, Any]:
    """The settings by their names in config.toml, "section.key"."""
    plain: Mapping[str, Mapping[str, Any]] = config.to_plain(settings)
    return {f"{section}.{key}": value for section, keys in plain.items() for key, value in keys.items()}


def state_of(state: PerformanceState, now_s: float) -> Message:
    """The state at a moment."""
    recording = state.recording
    return {
        "type": "state",
        "state": state.session,
        "bpm": round(state.grid.bpm, 2),
        "leader": state.settings.clock.source,
        "meter": str(state.meter),
        "key": None if state.key is None else str(state.key),
        "key_sure": None if state.key_sure is None else round(state.key_sure, 3),
        "chords": list(state.chords),
        "model": state.model,
        "lateness_p99_ms": round(1000 * state.late_within_s(0.99), 2) if state.late_s else None,
        "take": recording.take and recording.take.replace("\\", "/").rpartition("/")[2].removesuffix(".mid"),
        "recording": recording.recording,
        "trouble": recording.trouble,
        "grid": _grid(state, now_s),
    }


def _grid(state: PerformanceState, now_s: float) -> Message | None:
    bar = state.bar_at(now_s)
    if bar is None:
        return None
    begins = state.ahead_steps + (bar - 1) * state.steps_per_bar
    return {
        "bar": bar,
        "bar_begins_s": state.grid.time_s(begins),
        "quarter_s": 60 / state.grid.bpm,
        "quarters_a_bar": state.meter.quarters_per_bar,
        "beat_quarters": 4 / state.meter.denominator,
    }
