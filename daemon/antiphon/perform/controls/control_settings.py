"""What the knobs, buttons and pads of a keyboard do: the settings of `[control]`."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Le

Knob = Literal[
    "temperature",
    "rests",
    "density",
    "memory",
    "closeness",
    "swing",
    "timing",
    "dynamics",
    "bars",
    "mode",
    "clock",
]


Button = Literal[
    "answer_now",
    "again",
    "motif",
    "stop",
    "panic",
    "record",
    "remember",
    "forget",
    "keep_memory",
    "click",
    "count_in",
    "bass",
    "chords",
    "second_voice",
]


Number = Annotated[int, Ge(0), Le(127)] | None


@dataclass(frozen=True, slots=True)
class ControlSettings:
    """The number of the control change, 0–127, for each; None for none. A pedal is not a free number: 64.

    temperature   0.1 … 2          rests     weight of rests, 0 … 2
    density       few notes … many bars      length of the answer: as long as the phrase, 1 … 8
    memory        how loud what was played before is, 0 … 2
    closeness     how closely the answer follows the phrase, 0 … 1
    swing         the player's, 1 … 3   timing, dynamics   how much of the player's, 0 … 1
    mode          answer, continue, trade, accompany
    clock         who keeps the time: internal, midi, link, jack
    again         another answer to the phrase that was answered last
    motif         the next answer keeps to the motif of the last one
    answer_now    ends the phrase  stop      ends the answer    panic   silences everything at once
    record        ends the take, or begins a new one
    remember      from now on phrases are no longer kept in memory, or are again
    forget        clears the memory
    keep_memory   writes the memory into its file
    click         the click is on from now on, or off
    count_in      bars of clicks, and then new bars begin
    bass, chords, second_voice   the part plays from now on, or no longer
    state         goes out, for pad lights: 0 idle or waiting, 64 listening, 127 answering
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    temperature: Number = None
    rests: Number = None
    density: Number = None
    memory: Number = None
    closeness: Number = None
    swing: Number = None
    timing: Number = None
    dynamics: Number = None
    bars: Number = None
    mode: Number = None
    clock: Number = None
    answer_now: Number = None
    stop: Number = None
    panic: Number = None
    record: Number = None
    remember: Number = None
    forget: Number = None
    keep_memory: Number = None
    click: Number = None
    count_in: Number = None
    again: Number = None
    motif: Number = None
    state: Number = None
    bass: Number = None
    chords: Number = None
    second_voice: Number = None
