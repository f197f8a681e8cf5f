"""The first page, readings and payment in a real browser: on a phone, without scripts, by ear."""

from collections.abc import Iterator

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from browser_path import browser_path
from cabinets import owner_of
from flat import COLD, HISTORY, HOME, LIGHT, NOVEMBER_23, READINGS, flat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAY = f"{HOME}payments/"
# The narrowest window that must do without scrolling sideways (WCAG 1.4.10).
NARROW, WIDE = 320, 1280
WIDER_THAN_WINDOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
UNFOLD_ALL = "document.querySelectorAll('details').forEach(part => { part.open = true; }), 0"


@pytest.fixture
def browser(live_server, monkeypatch: pytest.MonkeyPatch) -> Iterator:
    """Give pages of a signed-in owner: ``browser(width, scripts)``; also the registers."""
    # The synchronous interface of the browser runs an event loop in this very thread.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with time_machine.travel(NOVEMBER_23):
        # Before the browser: inside its loop Django would open a connection of its own.
        household, registers = flat()
        session = owner_of(household).cookies["sessionid"].value
        yield from _pages(live_server.url, session, registers)


def _pages(url: str, session: str, registers) -> Iterator:
    with sync_playwright() as driver:
        program = driver.chromium.launch(
            executable_path=browser_path(),
            args=["--no-sandbox", "--disable-background-networking"],
        )

        def page(width: int, *, scripts: bool) -> Page:
            context = program.new_context(
                viewport={"width": width, "height": 800},
                base_url=url,
                java_script_enabled=scripts,
            )
            context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
            return context.new_page()

        page.registers = registers
        yield page
        program.close()


def barriers(page: Page) -> list[str]:
    page.evaluate(UNFOLD_ALL)
    return [violation["id"] for violation in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_pages_fit_and_have_no_barriers(browser, bank, width):
    page = browser(width, scripts=True)
    for address in (HOME, READINGS, HISTORY, PAY, f"{PAY}code/", f"{PAY}history/"):
        page.goto(address)
        assert barriers(page) == [], address
        assert not page.evaluate(WIDER_THAN_WINDOW), address


def test_readings_go_out_without_scripts(browser):
    page = browser(360, scripts=False)
    registers = browser.registers
    page.goto(HOME)
    page.get_by_role("link", name="Передать показания").first.click()
    page.fill(f"#id_r{registers[LIGHT, 'day'].pk}", "14331")
    page.get_by_role("button", name="Проверить").click()
    page.get_by_text("зоны передают вместе").first.wait_for()
    page.get_by_role("link", name="Электричество, ночь").click()
    page.fill(f"#id_r{registers[LIGHT, 'night'].pk}", "6189")
    page.fill(f"#id_r{registers[COLD, 'single'].pk}", "200")
    page.fill(f"#id_r{registers[COLD, 'single'].pk}-litres", "000")
    page.get_by_role("button", name="Проверить").click()
    page.get_by_role("heading", name="Проверьте показания").wait_for()
    page.get_by_label("Нет, исправлю").check()
    page.get_by_role("button", name="Подтвердить и передать").click()
    typed = page.locator(f"#id_r{registers[COLD, 'single'].pk}")
    assert typed.input_value() == "200"
    typed.fill("128")
    page.get_by_role("button", name="Проверить").click()
    page.get_by_role("button", name="Подтвердить и передать").click()
    page.get_by_role("heading", name="Показания приняты").wait_for()
    assert page.get_by_text("Код подтверждения").is_visible()


def test_scripts_only_add_the_counting(browser):
    page = browser(WIDE, scripts=True)
    box = f".reading:has(#id_r{browser.registers[LIGHT, 'day'].pk})"
    page.goto(READINGS)
    assert not page.locator(f"{box} output").is_visible()
    page.fill(f"{box} input", "14331")
    page.locator(f"{box} .reading-cost").get_by_text("19,72").wait_for()
    assert page.locator(f"{box} output .unseen").text_content() == "4"


def test_a_payment_is_begun_without_scripts_and_seen_to_be_done_with_them(browser, bank):
    plain = browser(360, scripts=False)
    plain.goto(PAY)
    plain.get_by_label("Сумма, ₽").fill("100")
    plain.get_by_role("button", name="Проверить").click()
    plain.get_by_role("button", name="Заплатить").click()
    plain.wait_for_url(f"{bank.simulator.url}/**")
    plain.goto(f"{PAY}history/")
    plain.locator("main table a").first.click()
    plain.get_by_role("heading", name="Платёж ждёт оплаты").wait_for()
    watching = browser(360, scripts=True)
    watching.goto(plain.url)
    assert barriers(watching) == []
    number = plain.url.rstrip("/").rpartition("/")[2]
    paid_at_the_bank(bank, number)
    watching.get_by_role("heading", name="Платёж зачислен").wait_for(timeout=30_000)
    assert barriers(watching) == []
    watching.get_by_role("link", name="Справка об оплате").click()
    watching.emulate_media(media="print")
    watching.get_by_text("Номер операции в банке").wait_for(state="visible")
    watching.get_by_text("Вернуться к платежу").wait_for(state="hidden")


def paid_at_the_bank(bank, number: str) -> None:
    """Let the payer pay what the bank knows by our number."""
    told = bank.simulator.truth()["payments"]
    (known,) = [
        one["id"] for one in told if one["details"]["metadata"]["abonent_payment"] == number
    ]
    bank.simulator.payer(known, act="pay")
