"""What the settings say of the sound that is made here, and a port that is made audible."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from antiphon.config import Config
from antiphon.stage.ports.port import Port
from antiphon.stage.process.entry import jack_is_likely
from antiphon.stage.sound.feed import SoundFeed, SoundingPort, link
from antiphon.stage.sound.output import SoundOutput
from antiphon.stage.sound.process import SoundOrder

_MOST_WAIT_S = 10.0


def sound_order(settings: Config) -> SoundOrder | None:
    """None where no sound is wanted. On JACK's ports its sound device is tried first."""
    sound = settings.sound
    if sound.by == "none":
        return None
    return SoundOrder(sound.by, sound.yours, sound.answers, jack_is_likely(settings.midi.api))


@contextmanager
def made_audible(order: SoundOrder | None, say: Callable[[str], None]) -> Iterator[Callable[[Port], Port]]:
    """Gives what makes a port audible; `say` is told how, or why not: the port plays in any case."""
    if order is None:
        yield lambda port: port
        return
    heard, played = link()
    with SoundOutput(heard, order, say) as output:
        output.wait(_MOST_WAIT_S)
        yield lambda port: SoundingPort(port, SoundFeed(played))
