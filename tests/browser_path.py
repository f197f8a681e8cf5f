"""Which browser the tests use, and an honest count of those that had none.

A plugin of the test runner. ``ABONENT_REQUIRE_BROWSER=1`` (set in CI) makes a run fail in
which no browser test ran.
"""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_BROWSER = "no Chromium on this machine"
RAN = pytest.StashKey[int]()
LEFT_OUT = pytest.StashKey[int]()


def browser_path() -> str | None:
    """Return the path of Chromium: the one that `make test` has found, else the machine's."""
    given = os.environ.get("ABONENT_CHROMIUM")
    return given or next(filter(None, map(shutil.which, NAMES)), None)


def pytest_configure(config: pytest.Config) -> None:
    """Count from nothing."""
    config.stash[RAN] = config.stash[LEFT_OUT] = 0
    config.pluginmanager.register(_Counter(config))


class _Counter:
    """Counts by the reports, which also come from the processes that share a run."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a browser test that ran, and one that had no browser."""
        if "browser" not in report.keywords:
            return
        if report.when == "call":
            self.config.stash[RAN] += 1
        elif report.skipped and NO_BROWSER in str(report.longrepr):
            self.config.stash[LEFT_OUT] += 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the browser tests out when there is no browser."""
    if browser_path():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run that required a browser and had none."""
    if _found_wanting(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how many tests had no browser."""
    left_out = config.stash.get(LEFT_OUT, 0)
    if left_out:
        terminalreporter.write_line(
            f"Не выполнены тесты в браузере: {left_out}. "
            "Установите Chromium: sudo apt-get install -y chromium",
            yellow=True,
        )
    if _found_wanting(config):
        terminalreporter.write_line(
            "ABONENT_REQUIRE_BROWSER=1, а тестов в браузере не было.", red=True
        )


def _found_wanting(config: pytest.Config) -> bool:
    required = os.environ.get("ABONENT_REQUIRE_BROWSER") == "1"
    return required and not config.option.collectonly and config.stash.get(RAN, 0) == 0
