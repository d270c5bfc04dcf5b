"""A live or training test is skipped where something is missing, but in CI (CI=true) it fails then."""

import os
from importlib.util import find_spec

import pytest
from hypothesis import settings

# The tests share the cores already: threads of scikit-learn would wait for each other, three times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# How long an example takes says something of the machine, not of what is tested.
settings.register_profile("antiphon", deadline=None)
# The same examples each time, so that a run of CI says something of the change and not of chance.
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
# Few examples, to see that the same program also runs on another Python or with other packages.
settings.register_profile("versions", deadline=None, derandomize=True, database=None, max_examples=10)
# Many examples of each property, for whoever looks for faults: HYPOTHESIS_PROFILE=search.
settings.register_profile("search", deadline=None, max_examples=3000)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") == "true" else "antiphon")
)
# The rooms of `stage/` whose tests start processes and threads and open sockets.
REAL_PROCESSES = {"process", "control", "panel", "osc", "sound", "sync", "jack"}
# What the extra `train` installs.
TRAIN = ("h5py", "matplotlib", "music21", "scipy", "sklearn", "tensorflow")


@pytest.fixture(scope="session")
def browser():
    """One for all tests of a process: playwright allows no second one beside it."""
    from browser import chromium  # only where one is wanted

    with chromium() as browser:
        yield browser


@pytest.fixture
def antiphon(capsys, tmp_path, monkeypatch):
    """Runs a command in an empty folder; gives exit code, stdout and stderr."""
    from antiphon import cli

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))

    def run(*arguments):
        with pytest.raises(SystemExit) as end:
            cli.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return end.value.code or 0, said.out, said.err

    return run


def pytest_make_parametrize_id(val, argname):
    """Bytes do not name a test: those of a zip file hold the time, and so differ between processes."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(items):
    for item in items:
        if "antiphon_training" in item.path.parts:
            item.add_marker(pytest.mark.train)
        if item.get_closest_marker("live") or REAL_PROCESSES & set(item.path.parts):
            # Where other work holds the processor, a MIDI server drops messages, and processes, threads and
            # sockets come late. What fails twice is wrong.
            item.add_marker(pytest.mark.flaky(reruns=1, reruns_delay=2))


def pytest_terminal_summary(terminalreporter):
    """A test that failed and then passed is told of, with why: the cause may be the program all the same."""
    for report in terminalreporter.getreports("rerun"):
        terminalreporter.section(f"failed at first: {report.nodeid}")
        terminalreporter.line(report.longreprtext)
        for title, text in report.sections:
            terminalreporter.line(f"{title}:\n{text}")


def pytest_runtest_setup(item):
    if item.get_closest_marker("train"):
        missing = [name for name in TRAIN if find_spec(name) is None]
        if missing:
            pytest.skip(f"not installed: {', '.join(missing)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    needed = [name for name in ("live", "train") if item.get_closest_marker(name)]
    if report.skipped and os.environ.get("CI") == "true" and needed:
        report.outcome = "failed"
        why = call.excinfo.value if call.excinfo else ""
        report.longrepr = f"a test that is marked {needed[0]} was skipped in CI: {why}"
    return report
