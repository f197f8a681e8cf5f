"""The staff's door: whoever knocks reads what there is and where to go."""

import pytest
from django.test import Client

from flat import flat

pytestmark = pytest.mark.django_db


def test_whoever_comes_to_the_office_is_shown_the_way_to_the_cabinet() -> None:
    flat()
    page = Client().get("/demo/office/").content.decode()
    assert "Страниц для сотрудников в этой версии ещё нет" in page
    assert 'href="/demo/"' in page


def test_the_office_stands_at_the_bare_root_too() -> None:
    page = Client().get("/office/")
    assert page.status_code == 200
    assert 'href="/"' in page.content.decode()
