"""What a person sees of an answer: words, errors, what a form carries on."""

import re
from html import unescape


def plain(text: str) -> str:
    """Return a piece of a page without tags and with plain spaces."""
    without = unescape(re.sub(r"<[^>]+>", "", text))
    return re.sub(r"\s+", " ", without.replace("\u00a0", " ")).strip()


def words(answer) -> str:
    """Return what is read on the page, without tags and double spaces."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    text = re.sub(r"\s+", " ", unescape(text).replace("\u00a0", " "))
    return re.sub(r" ([.,:])", r"\1", text)


def body(answer) -> str:
    """Return the words after the heading."""
    page = answer.content.decode()
    return plain(re.sub(r"<[^>]+>", " ", page[page.index("</h1>") :].split("<footer")[0]))


def hidden(answer) -> dict[str, str]:
    """Return what a page of checking carries on."""
    page = answer.content.decode()
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def box(answer) -> list[str]:
    """Return the lines of the box of errors."""
    page = answer.content.decode()
    assert 'id="errors"' in page
    lines = page[page.index('id="errors"') :].split("</ul>")[0]
    return [plain(line) for line in re.findall(r"<li>(.*?)</li>", lines, re.DOTALL)]


def field_error(answer, name: str) -> str:
    """Return the error that stands at a field."""
    page = answer.content.decode()
    found = re.search(rf'id="id_{re.escape(name)}-error">(.*?)</p>', page, re.DOTALL)
    assert found, words(answer)
    return plain(found[1])


def keeps_the_policy(answer) -> bool:
    """Tell whether the page has nothing inline and nothing from another host."""
    page = answer.content.decode()
    scripts = [piece.split(">")[0] for piece in page.split("<script")[1:]]
    return (
        " style=" not in page
        and "<style" not in page
        and not re.search(r"\son[a-z]+=\"", page)
        and all('src="/' in one for one in scripts)
        and not re.search(r"<(?:link|img)[^>]+(?:href|src)=\"(?:https?:)?//", page)
    )
