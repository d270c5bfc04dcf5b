"""Which ports are opened, and what passes them."""

from dataclasses import dataclass

from antiphon.stage.ports.jack.client import JackOrder
from antiphon.stage.ports.open import Names


@dataclass(frozen=True, slots=True)
class PartOutput:
    """A port for what is on one channel, 0–15: its title if it is ours, and a port's name; empty: ours."""

    title: str
    name: str
    channel: int


@dataclass(frozen=True, slots=True)
class Wiring:
    """Which ports, and what passes them.

    api             "auto" (the first that answers), "alsa", "jack", "coremidi" or "winmm"
    client_name     what stands before the colon of our own ports' names
    inputs, output  ports there are, by name, pattern or part of a name; empty: a virtual port of ours
    input_channel   the only channel listened to, 0–15; None: all
    thru            whether what the player does goes to the output too
    clock_input     a port that MIDI clock comes from; empty: a virtual one; None: clock is not listened to
    clock_output    a port that MIDI clock goes to; empty: a virtual one; None: there is none
    click_output    a port that clicks go to; empty: a virtual one; None: the output
    part_outputs    further ports, for the parts that have one of their own
    transport_bpm   on JACK: its transport is followed, at this tempo where it has none; None: it is not
    may_be_silent   where no MIDI system answers, it plays without ports
    insist          on JACK: that very name, which a process that has ended may have for a moment yet
    """

    api: str = "auto"
    client_name: str = "antiphon"
    inputs: tuple[str, ...] = ()
    output: str = ""
    input_channel: int | None = None
    thru: bool = False
    clock_input: str | None = None
    clock_output: str | None = None
    click_output: str | None = None
    transport_bpm: float | None = None
    insist: bool = False
    may_be_silent: bool = False
    part_outputs: tuple[PartOutput, ...] = ()

    @property
    def names(self) -> Names:
        outputs = (self.output, self.clock_input, self.clock_output, self.click_output)
        parts = tuple((part.title, part.name) for part in self.part_outputs)
        return Names(self.client_name, self.inputs, *outputs, parts)

    @property
    def jack_order(self) -> JackOrder:
        return JackOrder(self.client_name, self.transport_bpm, self.insist)
