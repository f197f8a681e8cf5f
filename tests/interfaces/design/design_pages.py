"""Reads rendered pages as a browser does, to say what they are made of."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "img", "hr", "rect", "line", "path"}


@dataclass
class Element:
    """One element with its attributes and the text inside it."""

    tag: str
    attrs: dict[str, str]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """All elements of a page in their order; ``unclosed`` must be empty at the end."""

    html: str
    elements: list[Element] = field(default_factory=list)
    unclosed: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element; a doubled attribute is an error of the template."""
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"doubled attribute in <{tag} {attrs}>"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self.unclosed.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element that closes itself."""
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """Close an element; it must be the one that was opened last."""
        assert self.unclosed, f"</{tag}> closes nothing"
        last = self.unclosed.pop()
        assert last.tag == tag, f"</{tag}> closes <{last.tag} {last.attrs}>"

    def handle_data(self, data: str) -> None:
        """Give the text to all elements it lies in."""
        for element in self.unclosed:
            element.text += data

    def all(self, tag: str) -> list[Element]:
        """Return the elements with this tag."""
        return [element for element in self.elements if element.tag == tag]

    def one(self, tag: str) -> Element:
        """Return the only element with this tag."""
        (element,) = self.all(tag)
        return element

    def by_id(self, name: str) -> Element:
        """Return the element with this identifier."""
        (element,) = [one for one in self.elements if one.attrs.get("id") == name]
        return element


def assert_safe(page: Page) -> None:
    """Check that the content security policy has nothing to forbid."""
    assert not page.all("style")
    for element in page.elements:
        assert "style" not in element.attrs, element
        assert not [name for name in element.attrs if name.startswith("on")], element
        if element.tag == "script":
            assert element.attrs.get("src", "").startswith("/static/"), element
            assert not element.text.strip()


def assert_sound(page: Page) -> None:
    """Check that identifiers are single and that every reference leads somewhere."""
    ids = [element.attrs["id"] for element in page.elements if "id" in element.attrs]
    assert len(ids) == len(set(ids)), sorted(one for one in ids if ids.count(one) > 1)
    for element in page.elements:
        named = [element.attrs[key] for key in ("for",) if key in element.attrs]
        for key in ("aria-describedby", "aria-labelledby"):
            named += element.attrs.get(key, "").split()
        assert set(named) <= set(ids), element
        if element.tag in {"input", "select", "textarea"} and element.attrs.get("type") != "hidden":
            assert element.attrs.get("aria-label") or any(
                label.attrs["for"] == element.attrs["id"] for label in page.all("label")
            ), f"no label for {element}"
