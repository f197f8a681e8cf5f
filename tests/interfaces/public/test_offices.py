"""The page of offices: list first, filters in the address, the same in the cabinet."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from abonent.domain.identity.models import User
from abonent.domain.suppliers.models import Supplier
from abonent.domain.suppliers.operations import apply_preset
from abonent.presets.load import load_preset
from entrance import text
from town import NOW, Town, build_town


@pytest.fixture
def town(db: None):
    with time_machine.travel(datetime(2026, 11, 24, 6, 30, tzinfo=UTC), tick=False):
        built = build_town()
        with transaction.atomic():
            apply_preset(supplier_id=built.supplier_id, preset=load_preset("sesb").preset, now=NOW)
        yield built


def test_everybody_sees_the_list_the_branches_and_the_map(town: Town):
    page = text(Client().get("/test/offices/"))
    assert page.index("1. Центральный офис") < page.index("Платёжные агенты")
    assert "Открыто до 20:00" in page
    assert "ждут обычно 9:00–11:00, 17:00–19:00" in page
    assert "Нижнетагильский сбыт" in page
    assert page.index("6. Платёжный агент") < page.index('class="place-map"')
    assert "geo:56.837800,60.603700" in page


def test_filters_narrow_the_list_and_stay_ticked(town: Town):
    page = text(Client().get("/test/offices/?self_service=1&accessible=1&quiet=2"))
    assert "1. Центральный офис" in page
    assert "2. Офис в Нижнем Тагиле" in page
    assert "Химмаше" not in page
    assert page.count(" checked") == 2
    assert "Показать все" in page


def test_a_wish_that_nothing_meets_says_so(town: Town):
    Supplier.objects.get().office_set.all().delete()
    assert "Таких мест нет" in text(Client().get("/test/offices/?open_now=1"))
    assert "ещё не назвал своих офисов" in text(Client().get("/test/offices/"))


def test_the_cabinet_has_the_same_list(town: Town):
    client = Client()
    client.force_login(
        User.objects.get(pk=town.owner_id),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    page = text(client.get("/test/home/offices/?accessible=1"))
    assert "2. Офис на Химмаше" in page
    assert "Уралмаше" not in page
