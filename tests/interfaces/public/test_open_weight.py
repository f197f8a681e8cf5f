"""Open pages over a slow line, and what none of them may say."""

import re
from pathlib import Path

import brotli
import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.test import Client

from abonent.domain.suppliers.models import Supplier
from abonent.presets.load import load_preset
from bills import NUMBER
from flat import NOVEMBER_23, flat

pytestmark = pytest.mark.django_db
MOST = 60 * 1024
LOADED = re.compile(r'<(?:link|script|img)\b[^>]*?\b(?:href|src)="([^"]+)"')
PAGES = (
    "/demo/", "/demo/open/readings/", "/demo/open/payment/", "/demo/open/debt/",
    "/demo/open/tariffs/", "/demo/sign-in/", "/demo/sign-up/", "/demo/advice/",
)  # fmt: skip


@pytest.fixture
def home():
    with time_machine.travel(NOVEMBER_23, tick=False):
        flat()
        Supplier.objects.update(cabinet=load_preset("sesb").preset.cabinet)
        yield


@pytest.mark.parametrize("address", PAGES)
def test_a_first_visit_is_light(home, address: str):
    client = Client(headers={"Accept-Encoding": "br"})
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Encoding"] == "br"
    weights = {address: len(answer.content)}
    for one in LOADED.findall(brotli.decompress(answer.content).decode()):
        if one.startswith("/static/"):
            path = finders.find(one.removeprefix("/static/"))
            assert path, one
            weights[one] = len(brotli.compress(Path(path).read_bytes()))
        else:
            assert one.startswith("/demo/"), f"from another host: {one}"
            weights[one] = len(client.get(one).content)
    assert len(weights) > 2
    assert sum(weights.values()) <= MOST, weights


@pytest.mark.parametrize("address", PAGES)
def test_nothing_of_an_account_is_said(home, address: str):
    page = Client().get(address).content.decode()
    for marker in (NUMBER, "Иванов", "10475512", "5\u00a0198", "75ДА533315"):
        assert marker not in page, marker


@pytest.mark.parametrize("code", ["plain", "nesk", "sesb", "teplo-nn", "tmesbyt", "tns-voronezh"])
def test_every_page_that_a_preset_opens_answers(home, code: str):
    Supplier.objects.update(cabinet=load_preset(code).preset.cabinet)
    first = Client().get("/demo/").content.decode()
    found = set(re.findall(r'href="(/demo/open/[^"]+)"', first))
    assert "/demo/open/tariffs/" in found
    assert [one for one in found if Client().get(one).status_code != 200] == []
