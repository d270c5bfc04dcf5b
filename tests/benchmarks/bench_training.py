"""The two recipes side by side on one data folder: speed, cost of the same held-out bits, and memory.

    python tests/benchmarks/bench_training.py --data DIR [--minutes M]

Each recipe trains for M minutes in a process of its own, one after the other, so that peak memory is its own.
Wall-clock figures depend on what else runs; the ratios of processor seconds do so much less.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PROBE = """
import json, resource, sys
from antiphon.command_line import run
from antiphon_training.commands.cli import antiphon_train
code = run(antiphon_train, "antiphon-train", sys.argv[1:])
print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024), file=sys.stderr)
sys.exit(code)
"""


def train(recipe: str, data: Path, out: Path, minutes: float) -> tuple[list[dict[str, Any]], float]:
    """Train one recipe. Returns its epochs and the peak of its resident memory in MB."""
    command = [sys.executable, "-c", PROBE, "fit", "--recipe", recipe, "--data", str(data), "--out", str(out)]
    found = subprocess.run(
        [*command, "--max-minutes", str(minutes)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if found.returncode:
        sys.exit(found.stderr)
    return json.loads((out / "history.json").read_text()), float(found.stderr.splitlines()[-1])


def totals(epochs: list[dict[str, Any]]) -> tuple[float, float]:
    """Symbols per second of wall and of processor, over all epochs but the first, which also compiles."""
    counted = epochs[1:] or epochs
    symbols = sum(epoch["symbols"] for epoch in counted)
    wall_s, cpu_s = (sum(epoch[kind] for epoch in counted) for kind in ("wall_s", "cpu_s"))
    return symbols / wall_s, symbols / cpu_s


def reached(epochs: list[dict[str, Any]], bits: float) -> tuple[int, float] | None:
    """The first epoch with so few held-out bits, and the processor seconds spent by its end."""
    spent = 0.0
    for epoch in epochs:
        spent += epoch["cpu_s"]
        if epoch["valid_bits"] <= bits:
            return epoch["number"], spent
    return None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=10.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seed, seed_mb = train("seed", given.data, Path(folder) / "seed", given.minutes)
        default, default_mb = train("default", given.data, Path(folder) / "default", given.minutes)
    report("seed", seed, seed_mb)
    report("default", default, default_mb)
    (seed_wall, seed_cpu), (default_wall, default_cpu) = totals(seed), totals(default)
    print(f"default / seed, training symbols: {default_wall / seed_wall:.1f} a second of wall, ", end="")
    print(f"{default_cpu / seed_cpu:.1f} a second of processor")
    compare(seed, default)


def report(name: str, epochs: list[dict[str, Any]], peak_mb: float) -> None:
    wall, cpu = totals(epochs)
    best = min(epochs, key=lambda epoch: epoch["valid_bits"])
    spent = sum(epoch["cpu_s"] for epoch in epochs)
    print(f"{name}: {len(epochs)} epochs in {spent:.0f} s of processor, peak memory {peak_mb:.0f} MB")
    print(f"  {wall:,.0f} training symbols a second of wall, {cpu:,.0f} a second of processor")
    print(f"  best: epoch {best['number']}, {best['valid_bits']:.4f} bits per symbol on held-out songs")


def compare(seed: list[dict[str, Any]], default: list[dict[str, Any]]) -> None:
    """Processor seconds to the best that `seed` reached."""
    best = min(epoch["valid_bits"] for epoch in seed)
    (_, seed_s), passed = reached(seed, best) or (0, 0.0), reached(default, best)
    if passed is None:
        print(f"default did not reach the {best:.4f} bits of seed in this time")
        return
    number, default_s = passed
    print(f"{best:.4f} bits: seed took {seed_s:.0f} s of processor, default {default_s:.0f} s ", end="")
    print(f"(epoch {number}): {seed_s / default_s:.1f} times less")


if __name__ == "__main__":
    main()
