"""What a first visit weighs, and what hands without a mouse can do."""

import re

import brotli
import pytest
from browser_world import WHOLE
from playwright.sync_api import Response, expect
from steps import owner
from visitor import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
# UX 3.3: on a line of 256 kbit/s a second.
MOST = 30 * 1024
LONGEST_WAY = 60
AT_WORK = "document.activeElement.name || document.activeElement.textContent.trim()"


@pytest.mark.parametrize("page", ["", "readings/"])
def test_a_first_visit_is_light(visit, town, page):
    flat, anna = town.flat(), visit(PHONE)
    owner(anna, flat)
    answers: list[Response] = []

    def keep(answer: Response) -> None:
        answers.append(answer)

    anna.page.on("response", keep)
    anna.open(f"/{WHOLE}/accounts/{flat.number}/{page}")
    anna.page.wait_for_load_state("networkidle")
    # Files are served packed; pages as they are: packing what holds a token tells of it.
    weights = {
        answer.url: len(
            brotli.compress(answer.body()) if "/static/" in answer.url else answer.body()
        )
        for answer in answers
    }
    assert any(url.endswith("abonent.css") for url in weights)
    assert any(url.endswith("theme.css") for url in weights)
    assert sum(weights.values()) <= MOST, weights


def walk_to(anna, name: str) -> None:
    """Press Tab until the field or the button of this name has the focus."""
    for _ in range(LONGEST_WAY):
        if anna.page.evaluate(AT_WORK) == name:
            return
        anna.page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not come to {name}")


def test_readings_are_given_with_the_keyboard_alone(visit, town):
    flat, anna = town.flat(), visit(DESK)
    owner(anna, flat)
    anna.open(f"/{WHOLE}/accounts/{flat.number}/readings/")
    keyboard = anna.page.keyboard
    black = anna.page.get_by_label("Сейчас на счётчике: Холодная вода").get_attribute("name")
    keyboard.press("Tab")
    expect(anna.page.get_by_role("link", name="К содержанию страницы")).to_be_focused()
    keyboard.press("Enter")
    walk_to(anna, black)
    keyboard.type("128,")
    expect(anna.page.locator(f"[name={black}-litres]")).to_be_focused()
    keyboard.type("250")
    expect(anna.page.locator("output").first).to_contain_text("2,350")
    keyboard.press("Enter")
    expect(anna.page.locator("h1")).to_have_text("Проверьте показания")
    walk_to(anna, "Подтвердить и передать")
    keyboard.press("Enter")
    expect(anna.page.locator("h1")).to_have_text("Показания приняты")
    expect(anna.page).to_have_title(re.compile("^Показания приняты"))
