"""`antiphon generate` of 1 000 steps, from start to file: seconds, memory, and what it imported.

    python tests/benchmarks/bench_generate.py [--model NAME|DIR] [--runs N]

Wanted: under 1 s and under 120 MB resident; neither TensorFlow nor music21 in `sys.modules`.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

# In the process that is measured: run the command, then say what it took. ru_maxrss is in KiB on Linux and
# in bytes on macOS.
CHILD = """
import sys, time, resource, json
from antiphon import cli
try:
    cli.main(sys.argv[1:])
except SystemExit as end:
    assert not end.code, end.code
unit = 1 if sys.platform == "darwin" else 1024
heavy = sorted({"tensorflow", "keras", "music21"} & set(sys.modules))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
print(json.dumps({"peak_bytes": peak, "heavy": heavy}), file=sys.stderr)
"""


def one_run(model: str, random_seed: int) -> tuple[float, float, list[str], int]:
    """Seconds from start to file, MB at the peak, heavy modules, steps made."""
    import time

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "melody.mid"
        arguments = ["generate", "--steps", "1000", "--seed", "60 _ _ _ 62 _ 64 _", "--json"]
        settings = Path(folder) / "settings.toml"
        settings.write_text('[sampling.weights]\n"/" = 0\nr = 0.9\n')  # a melody that does not end itself
        arguments += [
            "--config",
            str(settings),
            "--random-seed",
            str(random_seed),
            "--out",
            str(out),
            "--model",
            model,
        ]
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", CHILD, *arguments], capture_output=True, text=True, check=True
        )
        seconds = time.perf_counter() - begun
        assert out.stat().st_size > 0
    said = json.loads(done.stderr.strip().splitlines()[-1])
    return seconds, said["peak_bytes"] / 1e6, said["heavy"], len(json.loads(done.stdout)["steps"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="essen")
    parser.add_argument("--runs", type=int, default=9)
    chosen = parser.parse_args()
    runs = [one_run(chosen.model, seed) for seed in range(chosen.runs)]
    seconds = [run[0] for run in runs]
    print(f"steps made: {min(run[3] for run in runs)}")
    print(f"start to file: median {statistics.median(seconds):.2f} s, slowest {max(seconds):.2f} s")
    print(f"resident at the peak: {max(run[1] for run in runs):.0f} MB")
    print(f"TensorFlow, Keras or music21 imported: {', '.join(runs[0][2]) or 'no'}")


if __name__ == "__main__":
    main()
