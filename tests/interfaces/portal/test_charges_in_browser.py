"""The pages of bills in a real browser: on a phone, for a screen reader, without scripts."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, sync_playwright

from bills import NUMBER, two_bills
from browser_path import browser_path
from cabinets import owner_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = f"/demo/accounts/{NUMBER}/charges/"
OCTOBER = f"{LIST}2026-10/"
PAPERS = f"/demo/accounts/{NUMBER}/documents/"
WIDER_THAN_WINDOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

UNFOLD_ALL = "document.querySelectorAll('details').forEach(part => { part.open = true; }), 0"


@pytest.fixture
def phone(live_server, monkeypatch: pytest.MonkeyPatch) -> Iterator[BrowserContext]:
    """Open a phone's browser in which the owner is signed in; scripts are off until asked."""
    # The synchronous interface of the browser runs an event loop in this very thread.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    client = owner_of(two_bills())
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=browser_path(),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        context = browser.new_context(
            viewport={"width": 390, "height": 800}, base_url=live_server.url
        )
        context.add_cookies(
            [
                {
                    "name": "sessionid",
                    "value": client.cookies["sessionid"].value,
                    "url": live_server.url,
                }
            ]
        )
        yield context
        browser.close()


def test_pages_fit_a_phone_and_have_no_barriers(phone: BrowserContext) -> None:
    page = phone.new_page()
    for address in (LIST, OCTOBER, PAPERS):
        page.goto(address)
        page.evaluate(UNFOLD_ALL)
        assert not page.evaluate(WIDER_THAN_WINDOW), address
        found = Axe().run(page).response["violations"]
        assert [violation["id"] for violation in found] == [], address


def test_a_line_unfolds_with_scripts_off(phone: BrowserContext) -> None:
    page = phone.new_page()
    page.route("**/*.js", lambda route: route.abort())
    page.goto(OCTOBER)
    column = page.get_by_text("123,456")
    assert not column.is_visible()
    page.get_by_text("Холодная вода").first.click()
    column.wait_for(state="visible")


def test_everything_is_unfolded_on_paper(phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(OCTOBER)
    page.emulate_media(media="print")
    page.get_by_text("123,456").wait_for(state="visible")
    assert not page.get_by_text("Скачать PDF").is_visible()
