"""A first visit over a slow line: the page with everything it loads, compressed."""

import re
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders

from abonent.domain.suppliers.models import Supplier
from flat import HOME, READINGS

KILOBYTE = 1024
MOST = 60 * KILOBYTE
LOADED = re.compile(r'<(?:link|script|img)\b[^>]*?\b(?:href|src)="([^"]+)"')


def loaded(page: str) -> list[str]:
    """Return the addresses of everything the browser fetches for the page by itself."""
    return LOADED.findall(page)


def sizes(client, address) -> dict[str, int]:
    """Return the compressed bytes of the page and of each file that comes with it."""
    answer = client.get(address)
    assert answer.status_code == 200
    found = {address: len(brotli.compress(answer.content))}
    for one in loaded(answer.content.decode()):
        if one.startswith("/static/"):
            path = finders.find(one.removeprefix("/static/"))
            assert path, one
            found[one] = len(brotli.compress(Path(path).read_bytes()))
        else:
            assert one.startswith("/demo/"), f"from another host: {one}"
            found[one] = len(brotli.compress(client.get(one).content))
    return found


@pytest.mark.parametrize("address", [HOME, READINGS])
def test_a_first_visit_is_light(owner, address):
    Supplier.objects.update(cabinet={"theme": {"blue": "#0a5f3c"}, "hotline": "8 (343) 000-00-00"})
    weights = sizes(owner, address)
    assert any(one.endswith(".css") and one.startswith("/static/") for one in weights)
    assert any("theme" in one for one in weights)
    assert sum(weights.values()) <= MOST, weights


def test_the_sheet_adds_only_the_counting(owner):
    assert any("design/reading.js" in one for one in loaded(owner.get(READINGS).content.decode()))
    assert not any("htmx" in one for one in loaded(owner.get(HOME).content.decode()))
