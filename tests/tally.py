"""What came of many hostile cases: counts, findings, the slowest. Cases are numbered, so that each can be had
again alone."""

import random
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

# A load that takes longer of the processor is a finding, however busy the machine is.
LIMIT_S = 5.0
_MOST_FINDINGS = 20


class FindingError(Exception):
    """Something that must not be; the message says what."""


@dataclass
class Tally:
    """Counts of one target, to be added up. `slowest` holds the longest cases: seconds, what it was."""

    count: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.count += other.count
        self.outcomes += other.outcomes
        self.findings += other.findings
        self.slowest = sorted(self.slowest + other.slowest, reverse=True)[:3]


def run_cases(
    name: str, case: Callable[[random.Random], str], seed: int, numbers: Iterable[int], size: int = 1
) -> Tally:
    """Run numbered cases, each with chance of its own; `case` gives its outcome in a word, or raises."""
    tally = Tally()
    for number in numbers:
        began_s = time.process_time()
        try:
            tally.outcomes[case(random.Random(f"{seed}/{name}/{number}"))] += size
        except Exception as error:
            tally.findings.append(f"{name} --seed {seed} --first {number} --cases 1: {_where(error)}")
        took_s = time.process_time() - began_s
        tally.add(Tally(size, slowest=[(took_s, f"{name} {number}")]))
        if len(tally.findings) >= _MOST_FINDINGS:
            break
    return tally


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "antiphon" in frame.filename] or frames[-1:]
    last = ours[-1]
    return f"{type(error).__name__}: {str(error)[:300]} ({Path(last.filename).name}:{last.lineno})"
