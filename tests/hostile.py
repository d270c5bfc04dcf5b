"""All that is thrown at the program: a table of targets; each case has a number, to be had again by.

To add one: a function of (chance) or (chance, folder) that gives a word or raises, and a row here.
"""

import random
import resource
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from hostile_files import bundle_case, config_case, load_cases, memory_case, phrase_case
from hostile_midi import session_case, shipped_voices
from hostile_osc import osc_case
from hostile_panel import panel_case
from hostile_takes import take_case
from hostile_talk import talk_case
from tally import Tally, run_cases

MESSAGES = 1000  # of an ordinary session
MOST_GROWTH_MIB = 48.0
Run = Callable[[str, int, Iterable[int]], Tally]  # name, seed, numbers of cases


@dataclass(frozen=True)
class Target:
    """`cases` of a whole run, of `size` messages or files each."""

    run: Run
    cases: int
    size: int = 1


def _sessions(
    case: Callable[[random.Random], str], size: int, name: str, seed: int, numbers: Iterable[int]
) -> Tally:
    """Sessions, with a look at the memory: in the second half of a long run it may hardly grow."""
    numbers = list(numbers)
    half = len(numbers) // 2
    tally = run_cases(name, case, seed, numbers[:half], size)
    before = _peak_mib()
    tally.add(run_cases(name, case, seed, numbers[half:], size))
    grown = _peak_mib() - before
    if half >= 20:
        tally.outcomes[f"memory grew by {grown:.0f} MiB in a second half"] += 1
    if half >= 20 and grown > MOST_GROWTH_MIB:
        tally.findings.append(f"{name}: memory grew by {grown:.0f} MiB in the second half of {len(numbers)}")
    return tally


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _files(case: Callable[..., None], name: str, seed: int, numbers: Iterable[int]) -> Tally:
    return load_cases(name, case, seed, numbers)


def _plain(case: Callable[[random.Random], str], name: str, seed: int, numbers: Iterable[int]) -> Tally:
    return run_cases(name, case, seed, numbers)


def _scores(name: str, seed: int, numbers: Iterable[int]) -> Tally:
    from hostile_scores import score_case  # music21 takes seconds to come

    return run_cases(name, score_case, seed, numbers)


TARGETS: dict[str, Target] = {
    "midi": Target(partial(_sessions, partial(session_case, messages=MESSAGES), MESSAGES), 840, MESSAGES),
    "midi-shipped": Target(
        partial(_sessions, partial(session_case, messages=MESSAGES, voices=shipped_voices), MESSAGES),
        60,
        MESSAGES,
    ),
    "midi-long": Target(partial(_sessions, partial(session_case, messages=50_000), 50_000), 2, 50_000),
    "phrase": Target(partial(_files, phrase_case), 25_000),
    "bundle": Target(partial(_files, bundle_case), 25_000),
    "config": Target(partial(_files, config_case), 25_000),
    "score": Target(_scores, 500),
    "memory": Target(partial(_files, memory_case), 25_000),
    "control": Target(partial(_files, talk_case), 100_000),
    "osc": Target(partial(_plain, osc_case), 100_000),
    "panel": Target(partial(_plain, panel_case), 100_000),
    "take": Target(partial(_files, take_case), 3_000),
}
