"""One browser, one house and one bank for all browser tests; a new window for each."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser_world import House, house
from playwright.sync_api import Browser, expect, sync_playwright
from visitor import TIMEOUT, Visitor, Window

from browser_path import browser_path

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put these tests last: in their house time stands still, and nothing is undone."""
    items.sort(key=lambda item: Path(__file__).parent in item.path.parents)


@pytest.fixture(autouse=True)
def _django_db_helper() -> None:
    """Undo nothing after a test: the mark of the database only sees to it that there is one."""


@pytest.fixture(scope="session")
def town(
    django_db_setup: None, django_db_blocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Settle the two suppliers once, for all tests of this folder."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        # The synchronous interface of the browser runs an event loop in this very thread.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with house(tmp_path_factory.mktemp("bundles")) as opened:
            yield opened


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once."""
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(town: House, browser: Browser) -> Iterator[Callable[[Window], Visitor]]:
    """Open windows; whatever a page complained of fails the test at its end."""
    opened: list[Visitor] = []

    def open_window(window: Window) -> Visitor:
        opened.append(Visitor(browser, town, window))
        return opened[-1]

    yield open_window
    for visitor in opened:
        visitor.leave()
