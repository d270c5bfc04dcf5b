"""A live test that is skipped in CI (CI=true) is a failure; properties have no deadline."""

import os

import pytest
from hypothesis import settings

# How long an example takes says something of the machine, not of what is tested.
settings.register_profile("antiphon", deadline=None)
settings.load_profile("antiphon")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and item.get_closest_marker("live"):
        report.outcome = "failed"
        report.longrepr = f"a live test was skipped in CI: {call.excinfo.value if call.excinfo else ''}"
    return report
