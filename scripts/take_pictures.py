"""Take the pictures of the README from a running demonstration: `make pictures`.

Anna of the demonstration signs in; her first page and her last bill are kept as far as two
screens show them, in a palette, so that each file stays small in the repository's history.
"""

import argparse
import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
SUPPLIER, MAILBOX, PASSWORD = "sesb", "anna@example.ru", "stolbik-2026"
COLOURS, TALLEST, MOST_BYTES = 128, 1_690, 150_000
UNFOLD_FIRST = "document.querySelector('.bill-line').open = true"


def keep(page: Page, name: str) -> None:
    """Write a picture of the top of the page; refuse one that is too heavy."""
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True, animations="disabled")))
    path = FOLDER / f"{name}.png"
    picture = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, TALLEST)))
    picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        path, optimize=True
    )
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{path.name}: {size} bytes, allowed are {MOST_BYTES}")


def main() -> None:
    """Sign in as Anna and take the pictures."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--url", default="http://127.0.0.1:8000")
    words.add_argument("--chromium")
    given = words.parse_args()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": 1280, "height": 900}, base_url=given.url, locale="ru-RU"
        )
        page.goto(f"/{SUPPLIER}/sign-in/")
        page.locator("[name=login]").fill(MAILBOX)
        page.get_by_label("Пароль", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Войти", exact=True).click()
        page.wait_for_url("**/accounts/*/")
        keep(page, "overview")
        overview = page.url
        page.goto(f"{overview}charges/")
        page.locator("main a[href*='charges/2']").first.click()
        page.wait_for_url("**/charges/*-*/")
        page.evaluate(UNFOLD_FIRST)
        keep(page, "bill")
        browser.close()


main()
