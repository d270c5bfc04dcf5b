"""The Python packages that reach ALSA, CoreMIDI and Windows' MIDI, all with the interface of python-rtmidi.

A package is loaded when it is first needed. JACK is not reached through any of them.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

from antiphon.stage.ports.system import MissingError

_FIRST_WITHOUT_RTMIDI = (3, 13)
# supriya-midi's wheel uses the system's library of ALSA, which a server or a container may not have.
_GET_LIBASOUND = "sudo apt install libasound2 (libasound2t64 on Debian 13 and Ubuntu 24.04 or later)"


class SupriyaMidi:
    """supriya-midi with the interface of python-rtmidi, as far as it is used here."""

    def __init__(self, package: ModuleType) -> None:
        self._package = package
        self._apis = import_module("supriya_midi.rtmidi_ext").RtMidiAPI
        self.RtMidiError: type[Exception] = package.RtMidiError

    def get_compiled_api(self) -> list[Any]:
        # Its wheel brings a JACK library of its own, which newer servers refuse.
        unused = (self._apis.UNIX_JACK, self._apis.RTMIDI_DUMMY)
        return [api for api in self._package.get_compiled_apis() if api not in unused]

    def get_api_name(self, number: Any) -> str:
        return str(self._package.get_api_name(self._apis(number)))

    def get_api_display_name(self, number: Any) -> str:
        return str(self._package.get_api_display_name(self._apis(number)))

    def MidiIn(self, number: Any, client: str, queue_size: int) -> Any:  # noqa: N802
        return self._made(lambda: self._package.MidiIn(self._apis(number), client, queue_size))

    def MidiOut(self, number: Any, client: str) -> Any:  # noqa: N802
        return self._made(lambda: self._package.MidiOut(self._apis(number), client))

    def _made(self, make: Callable[[], Any]) -> Any:
        try:
            return make()
        except RuntimeError as error:  # where there is no sequencer it raises this, and not its own error
            raise self.RtMidiError(str(error)) from None


# What can be imported, and what gives its interface; the first that is installed is used.
_BINDINGS: tuple[tuple[str, Callable[[ModuleType], Any]], ...] = (
    ("rtmidi", lambda package: package),
    ("supriya_midi", SupriyaMidi),
)


def load_binding() -> Any:
    """The first binding that can be loaded. Raises MissingError, saying what to install, where none can."""
    problems = []
    for name, interface in _BINDINGS:
        try:
            return interface(import_module(name))
        except (ImportError, AttributeError) as error:  # not there, or another package of that name
            problems.append(str(error))
    told = "; ".join(problems)
    mend = _GET_LIBASOUND if "libasound" in told else how_to_install()
    raise MissingError(f"no MIDI library can be loaded ({told})", mend)


def how_to_install() -> str:
    """The command for this Python: python-rtmidi has no wheels for later ones."""
    package = "python-rtmidi" if sys.version_info < _FIRST_WITHOUT_RTMIDI else "'supriya-midi>=26.10b4'"
    return f"pip install {package}"


@contextmanager
def quiet() -> Iterator[None]:
    """Hold back what MIDI libraries print to stderr while they look for their server."""
    try:
        stderr = os.dup(2)
    except OSError:  # stderr is closed
        yield
        return
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
