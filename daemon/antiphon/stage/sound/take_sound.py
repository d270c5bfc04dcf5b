"""A take as sound: both voices, mixed and written to a WAV file."""

import wave
from collections.abc import Iterator, Sequence
from pathlib import Path

from antiphon.errors import Failure
from antiphon.events import ControlChange, NoteOn, Timed, Turned
from antiphon.midi.messages import PEDAL_DOWN, SUSTAIN
from antiphon.stage.sound.mixer import Instrument, Mixer, Wave

RATE_HZ = 44100
_BLOCK = 4096
_BEFORE_S, _LONGEST_TAIL_S = 0.1, 8.0

Played = Sequence[Timed | Turned]


def mixed(voices: Sequence[Played], instruments: Sequence[Instrument | None]) -> Iterator[Wave]:
    """Blocks of sound from shortly before the first note until the last has faded; moments in seconds."""
    events = sorted(
        ((one.at_s, voice, one) for voice, played in enumerate(voices) for one in played),
        key=lambda event: event[0],
    )
    if not events:
        return
    begin_s, mixer = events[0][0] - _BEFORE_S, Mixer(instruments, RATE_HZ)
    end = round((events[-1][0] - begin_s + _LONGEST_TAIL_S) * RATE_HZ)
    given = 0
    while mixer.frame < end and (given < len(events) or not mixer.silent):
        until_s = begin_s + (mixer.frame + _BLOCK) / RATE_HZ
        while given < len(events) and events[given][0] < until_s:
            at_s, voice, one = events[given]
            _hand_over(mixer, voice, one, round((at_s - begin_s) * RATE_HZ))
            given += 1
        if given == len(events):
            mixer.silence(round((events[-1][0] - begin_s) * RATE_HZ))
        yield mixer.render(_BLOCK)


def _hand_over(mixer: Mixer, voice: int, one: Timed | Turned, at: int) -> None:
    if isinstance(one, Turned):
        change = one.change
        if isinstance(change, ControlChange) and change.control == SUSTAIN:
            mixer.pedal(voice, change.value >= PEDAL_DOWN, at)
    elif isinstance(one.event, NoteOn):
        mixer.strike(voice, one.event.pitch, one.event.velocity, at)
    else:
        mixer.release(voice, one.event.pitch, at)


def write_wav(file: Path, blocks: Iterator[Wave]) -> float:
    """Write mono sound of 16 bits; gives its seconds. Raises Failure where the file cannot be written."""
    frames = 0
    try:
        with file.open("wb") as opened, wave.open(opened, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(RATE_HZ)
            for block in blocks:
                sound.writeframes((block * 32767).astype("<i2").tobytes())
                frames += len(block)
    except OSError as error:
        raise Failure(f"{file}: cannot be written: {error.strerror or error}") from None
    return frames / RATE_HZ
