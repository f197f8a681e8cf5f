"""A telephone that has lost its network: what was opened is there, and gone after signing out."""

import pytest
from browser_world import WHOLE
from playwright.sync_api import BrowserContext, Page, expect
from steps import owner
from visitor import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
READY = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"


def telephone(browser, anna, town) -> BrowserContext:
    """A window of its own with Anna's cookies: its complaints about the network are expected."""
    context = browser.new_context(
        base_url=town.url, viewport={"width": DESK.width, "height": DESK.height}, locale="ru-RU"
    )
    context.add_cookies(anna.page.context.cookies())
    return context


def open_there(page: Page, path: str, heading: str) -> None:
    page.goto(path)
    expect(page.locator("h1")).to_have_text(heading)


def test_a_bill_that_was_opened_is_kept_until_its_reader_leaves(visit, town, browser):
    flat, anna = town.flat(), visit(PHONE)
    owner(anna, flat)
    context = telephone(browser, anna, town)
    page = context.new_page()
    charges = f"/{WHOLE}/accounts/{flat.number}/charges/"
    page.goto(charges)
    page.wait_for_function(READY)
    open_there(page, f"{charges}2026-10/", "Счёт за октябрь 2026")
    context.set_offline(True)
    open_there(page, f"{charges}2026-10/", "Счёт за октябрь 2026")
    open_there(page, charges, "Нет связи")
    context.set_offline(False)
    page.goto(charges)
    page.get_by_role("button", name="Выйти").first.click()
    page.wait_for_load_state()
    context.set_offline(True)
    open_there(page, f"{charges}2026-10/", "Нет связи")
    context.close()
