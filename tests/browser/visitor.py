"""A person at a browser: opens, types, presses; and looks at each page with a critic's eye."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from browser_world import House
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect

NARROWEST = 320
MOST_TRIES = 200
PATIENCE = 200  # questions to the browser, each a millisecond or more
TIMEOUT = 15_000
WIDE = 800
GRAVE = ("serious", "critical")
# Set it to a folder to get a picture of every page that the tests look at.
PICTURES = os.environ.get("ABONENT_PICTURES", "")
UNFOLD_ALL = "document.querySelectorAll('details').forEach(part => { part.open = true; }), 0"
HOW_WIDE = "document.documentElement.scrollWidth"
STICKS_OUT = """width => Array.from(document.querySelectorAll('body *'))
    .filter(part => part.getBoundingClientRect().right > width)
    .map(part => part.outerHTML.slice(0, 120)).slice(-3)"""
# The browser itself says so of an answer 422, which our pages give on purpose.
ANSWERED_SO = re.compile(r"Failed to load resource: the server responded with a status of 422")


@dataclass(frozen=True)
class Window:
    """The size of the window, and whether scripts run in it."""

    width: int
    height: int
    scripts: bool = True

    def __str__(self) -> str:
        return f"{self.width}{'' if self.scripts else '-no-scripts'}"


PHONE, DESK = Window(360, 800), Window(1280, 900)
WINDOWS = [PHONE, DESK, Window(360, 800, scripts=False), Window(1280, 900, scripts=False)]


class Visitor:
    """One person with a window of their own: no cookies of others."""

    def __init__(self, browser: Browser, house: House, window: Window) -> None:
        self.house, self.window = house, window
        self._context = browser.new_context(
            viewport={"width": window.width, "height": window.height},
            base_url=house.url,
            java_script_enabled=window.scripts,
            locale="ru-RU",
        )
        self._context.set_default_timeout(TIMEOUT)
        self._homes = {urlsplit(url).netloc for url in (house.url, house.named_url, house.bank.url)}
        self.complaints: list[str] = []
        self._looked = 0
        self._context.on("console", self._on_console)
        self._context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self._context.on("request", self._on_request)
        self.page = self._context.new_page()

    def leave(self) -> None:
        """Close the window; complaints of its pages are failures."""
        self._context.close()
        assert not self.complaints, "\n".join(self.complaints)

    def another_tab(self) -> Page:
        """Open a second tab of the same person."""
        return self._context.new_page()

    def take_cookies(self, cookies: dict[str, str]) -> None:
        """Be who these cookies say."""
        url = self.house.url
        self._context.add_cookies(
            [{"name": name, "value": value, "url": url} for name, value in cookies.items()]
        )

    def open(self, path: str) -> None:
        """Go to an address of the house."""
        self.page.goto(path)

    def press(self, name: str, *, within: Locator | None = None) -> None:
        """Press the button of this name."""
        (within or self.page).get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str, *, within: Locator | None = None) -> None:
        """Follow the link of this name."""
        (within or self.page).get_by_role("link", name=name, exact=True).first.click()

    def step_back(self) -> None:
        """Press Back; every page can be read again."""
        self.page.go_back()

    def type(self, label: str, text: str) -> None:
        """Type into the field of this label."""
        self.page.get_by_label(label, exact=True).fill(text)

    def typed(self, name: str) -> str:
        """Return what stands in the wheels of a scale, black and red together."""
        black = self.page.get_by_label(f"Сейчас на счётчике: {name}")
        red = self.page.locator(f"[id='{black.get_attribute('id')}-litres']")
        fraction = red.input_value() if red.count() else ""
        return f"{black.input_value()},{fraction}" if fraction else black.input_value()

    def go_to(self, section: str) -> None:
        """Choose a section of the menu, which a phone keeps folded."""
        if self.window.width < WIDE:
            self.follow("Меню")
        self.follow(section, within=self.page.get_by_role("navigation", name="Разделы"))

    def tick(self, label: str) -> None:
        """Tick the box, or choose the answer, whose label begins so."""
        self.page.get_by_label(_with_any_spaces(label)).check()

    def at(self, heading: str) -> None:
        """Wait for the page of this heading, and look at it."""
        expect(self.page.locator("h1")).to_have_text(heading)
        self.look(heading)

    def sees(self, *texts: str) -> None:
        """Find these words on the page, spaces of any kind alike."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text.replace("\u00a0", " "))

    def does_not_see(self, *texts: str) -> None:
        """Find none of these words anywhere in the page, hidden or not."""
        whole = self.page.content().replace("\u00a0", " ")
        assert not [text for text in texts if text in whole]

    def look(self, name: str) -> None:
        """Judge the page: barriers (once a page), the narrowest window; keep a picture if asked."""
        # The heading is there before the styles are.
        self.page.wait_for_load_state()
        if self.window.scripts:
            self._judge_barriers(name)
        self._measure(name, self.window.width)
        self.page.set_viewport_size({"width": NARROWEST, "height": self.window.height})
        self._measure(name, NARROWEST)
        self.page.set_viewport_size({"width": self.window.width, "height": self.window.height})
        self._keep_picture(name)

    def _measure(self, name: str, width: int) -> None:
        for _ in range(MOST_TRIES):
            if self.page.evaluate("innerWidth") == width:
                break
        seen = self.page.evaluate(HOW_WIDE)
        if seen > width:
            parts = self.page.evaluate(STICKS_OUT, width)
            self.complaints.append(f"{name}: {seen} px wide in a window of {width}: {parts}")

    def _judge_barriers(self, name: str) -> None:
        seen = (name, self.page.title(), self.window.width)
        if seen in self.house.judged:
            return
        self.house.judged.add(seen)
        found = Axe().run(self.page).response["violations"]
        self.complaints += [
            f"{name}: {one['id']}: {[node['html'] for node in one['nodes']]}"
            for one in found
            if one["impact"] in GRAVE
        ]

    def _keep_picture(self, name: str) -> None:
        if not PICTURES:
            return
        self._looked += 1
        folder = Path(PICTURES) / str(self.window)
        title = re.sub(r"\W+", "-", name)[:60].strip("-")
        self.page.screenshot(
            path=folder / f"{self._looked:02d}-{title}.png", full_page=True, animations="disabled"
        )

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not ANSWERED_SO.match(message.text):
            self.complaints.append(f"{message.page.url if message.page else ''}: {message.text}")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and parts.netloc not in self._homes:
            self.complaints.append(f"asked a foreign host: {request.url}")


def _with_any_spaces(text: str) -> re.Pattern[str]:
    return re.compile(r"^\s*" + r"\s+".join(map(re.escape, text.split())))
