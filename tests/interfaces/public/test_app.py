"""The site on a telephone's screen: manifest, worker, the page without a network."""

import json
import re

import pytest
from django.test import Client

from abonent.domain.suppliers.models import Supplier
from cabinets import owner_of
from flat import flat
from seen import keeps_the_policy, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    household = flat()[0]
    Supplier.objects.update(cabinet={"short_name": "Пример", "theme": {"blue": "#0a5f3c"}})
    return household


def given() -> dict:
    answer = Client().get("/demo/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    return json.loads(re.match(r"const GIVEN = (.*);\n", answer.content.decode())[1])


def test_the_manifest_is_the_suppliers_own(home):
    answer = Client().get("/demo/app.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    found = json.loads(answer.content)
    assert (found["start_url"], found["scope"], found["display"]) == (
        "/demo/",
        "/demo/",
        "standalone",
    )
    assert found["theme_color"] == "#0a5f3c"
    assert "АО «Пример-Энерго»" in found["name"]


def test_every_page_names_manifest_and_worker_without_anything_inline(home):
    for client, address in ((Client(), "/demo/"), (owner_of(home), "/demo/accounts/0010012345/")):
        answer = client.get(address)
        assert 'rel="manifest" href="/demo/app.webmanifest"' in answer.content.decode()
        assert answer.content.decode().count('data-worker="/demo/worker.js"') == 1
        assert keeps_the_policy(answer)


def test_the_worker_keeps_only_its_own_supplier(home):
    found = given()
    assert found["accounts"] == "/demo/accounts/"
    assert found["leaving"] == ["/demo/sign-out/", "/demo/sign-in/"]
    assert found["offline"] == "/demo/offline/"
    assert len(found["release"]) == 12


def test_the_page_without_a_network_is_nobodys(home):
    page = words(Client().get("/demo/offline/"))
    assert "Нет связи" in page
    assert "Иванов" not in page


def test_without_a_supplier_there_is_no_application(home):
    for address in ("/app.webmanifest", "/worker.js"):
        assert Client().get(address).status_code == 404
