"""Which MIDI systems this machine has, in which order they are tried, and which of them answer."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from antiphon.errors import Failure
from antiphon.stage.ports.alsa import AlsaSystem, alsa_clients
from antiphon.stage.ports.bindings import load_binding, quiet
from antiphon.stage.ports.jack.client import JackOrder, StartJack, jack_installed, start_jack_process
from antiphon.stage.ports.jack.system import JackSystem
from antiphon.stage.ports.rtmidi import BindingSystem, api_name
from antiphon.stage.ports.system import Listing, MissingError, NoServerError, System

T = TypeVar("T")
APIS = ("auto", "alsa", "jack", "coremidi", "winmm")
_OF_PLATFORM = {"linux": ("alsa", "ALSA"), "darwin": ("coremidi", "CoreMIDI"), "win32": ("winmm", "Windows")}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A MIDI system that may answer. `make` raises NoServerError where it cannot."""

    api: str
    title: str
    make: Callable[[], System]


class NoMidiSystem(Failure):
    """No MIDI system answers."""


def candidates(
    wanted: str, order: JackOrder, library: Any = None, start_jack: StartJack | None = None
) -> list[Candidate]:
    """The MIDI systems of this machine, or the one `wanted`; `order` is for JACK's client.

    A `library` stands in for the binding, and `start_jack` for the process that is JACK's client, without
    which a stand-in has no JACK. Raises Failure, naming the systems, where `wanted` is none of them.
    """
    there = [*_bound(library), *_on_jack(order, library, start_jack)]
    chosen = [one for one in there if wanted in ("auto", one.api)]
    if wanted != "auto" and not chosen:
        known = ", ".join(["auto", *(one.api for one in there)])
        raise Failure(f'MIDI system must be one of {known}, got "{wanted}"')
    return chosen


def _bound(library: Any) -> list[Candidate]:
    """The systems that a binding reaches; where none is installed, the one it would reach says so."""
    try:
        found = library or load_binding()
    except MissingError as missing:
        api, title = _OF_PLATFORM.get(sys.platform, ("alsa", "ALSA"))
        return [Candidate(api, title, partial(_raise, missing))]
    # The kernel knows nothing of a stand-in's ports.
    clients = alsa_clients if library is None else str
    numbers = [number for number in found.get_compiled_api() if api_name(found, number) != "jack"]
    return [_one_bound(found, number, clients) for number in numbers]


def _one_bound(library: Any, number: Any, clients: Callable[[], str]) -> Candidate:
    api, title = api_name(library, number), str(library.get_api_display_name(number))
    if api == "alsa":
        return Candidate(api, title, lambda: AlsaSystem(library, number, clients))
    return Candidate(api, title, lambda: BindingSystem(library, number))


def _on_jack(order: JackOrder, library: Any, start_jack: StartJack | None) -> list[Candidate]:
    if start_jack is None and (library is not None or not sys.platform.startswith("linux")):
        return []
    if start_jack is None and not jack_installed():
        missing = MissingError("JACK-Client is not installed", "pip install JACK-Client")
        return [Candidate("jack", "JACK", partial(_raise, missing))]
    start = start_jack or start_jack_process
    return [Candidate("jack", "JACK", lambda: JackSystem(start(order)))]


def _raise(error: Exception) -> System:
    raise error


def answers(found: Sequence[Candidate], use: Callable[[System], T]) -> Iterator[T]:
    """What `use` gives for each system that answers, one after another; a system is closed if `use` raises.

    Raises Failure, with each system's own words and what to do, where none answers.
    """
    problems, answered = [], False
    for candidate in found:
        try:
            answer = answer_of(candidate, use)
        except MissingError as error:
            problems.append(f"{candidate.title}: {error}: {error.mend}")
        except NoServerError as error:
            problems.append(f"{candidate.title}: {error}")
        else:
            answered = True
            yield answer
    if not answered:
        found_none = f"no MIDI system answers ({'; '.join(problems) or 'none built in'})"
        raise NoMidiSystem(f"{found_none}; {what_to_do()}; antiphon panel needs none")


def answer_of(candidate: Candidate, use: Callable[[System], T]) -> T:
    """What `use` gives for one system, which stays open. Raises NoServerError where it does not answer."""
    with quiet():
        system = candidate.make()
        try:
            return use(system)
        except BaseException:
            system.close()
            raise


def listings(wanted: str = "auto", library: Any = None, start_jack: StartJack | None = None) -> list[Listing]:
    """The ports of the MIDI system `wanted`, or of all that answer. Raises Failure where none answers."""
    return list(answers(candidates(wanted, LOOK, library, start_jack), listing_of))


def listing_of(system: System) -> Listing:
    """Look and close."""
    with closing(system):
        return system.listing()


LOOK = JackOrder("antiphon-look")


def what_to_do() -> str:
    if sys.platform.startswith("linux"):
        return "`sudo modprobe snd-seq` for ALSA, or start jackd for JACK"
    return "see `antiphon doctor`"
