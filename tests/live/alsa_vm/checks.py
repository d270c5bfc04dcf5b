"""Runs in the virtual machine, started by init: every check, a line for each, and a summary."""

import ctypes
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version

import exchange
import handover
import plugging
import usb_device
from peers import WrongError, run

CHECKS: tuple[Callable[[], str], ...] = (
    exchange.ports_are_listed,
    exchange.doctor_finds_alsa,
    exchange.names_last,
    exchange.phrase_is_answered,
    exchange.memory_is_small,
    exchange.end_in_mid_note,
    exchange.answer_looped_back_is_no_phrase,
    exchange.bytes_of_every_kind,
    exchange.panic_silences,
    plugging.keyboard_comes_back,
    plugging.keyboard_comes_back_at_once,
    plugging.synthesizer_comes_back,
    handover.aconnect_reaches_either_by_its_name,
    handover.playing_process_is_killed,
    handover.playing_process_is_stopped,
    handover.twice_in_a_row,
    handover.parent_is_killed,
    handover.parent_is_killed_while_its_playing_process_is_stopped,
    handover.asked_from_outside,
)


def _alsa_lib() -> str:
    library = ctypes.CDLL("libasound.so.2")
    library.snd_asoundlib_version.restype = ctypes.c_char_p
    return bytes(library.snd_asoundlib_version()).decode()


def _machine() -> str:
    return (
        f"Linux {platform.release()}, Python {platform.python_version()}, alsa-lib {_alsa_lib()}, "
        f"{run('aplaymidi', '-V').strip()}, python-rtmidi {version('python-rtmidi')}, "
        f"antiphon {version('antiphon')}"
    )


def _passes(check: Callable[[], str]) -> bool:
    begun_s = time.monotonic()
    try:
        word, seen = "PASS", check()
    except WrongError as wrong:
        word, seen = "FAIL", str(wrong)
    except Exception as error:
        word, seen = "FAIL", f"{type(error).__name__}: {error}"
    name = check.__name__.replace("_", " ")
    print(f"{word}  {name}: {seen}", flush=True)
    print(f"{name}: {time.monotonic() - begun_s:.0f} s", file=sys.stderr)
    return word == "PASS"


def main() -> None:
    print(_machine(), flush=True)
    usb_device.make()
    passed = [_passes(check) for check in CHECKS]
    if all(passed):
        print(f"All {len(passed)} checks passed.")
    else:
        print(f"{passed.count(False)} of {len(passed)} checks failed.")


if __name__ == "__main__":
    main()
