"""Every page of the cabinet fits the window, in usual and in large type, wide and narrow."""

import re
from decimal import Decimal

import pytest
from browser_world import WHOLE
from playwright.sync_api import expect
from steps import owner, pay_at_the_bank, wheels
from visitor import DESK, PHONE, Window

from abonent.common.periods import Period
from abonent.domain.accounts.models import CustomerAccount
from abonent.domain.metering.models import PastVolume
from abonent.domain.suppliers.models import ServiceCategory

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

OF_THE_ACCOUNT = (
    "", "readings/", "readings/history/", "charges/", "charges/2026-10/", "payments/",
    "payments/history/", "payments/code/", "documents/", "about/", "name/", "unlink/",
)  # fmt: skip
OF_THE_PERSON = (
    "support/", "support/faq/", "support/new/", "support/new/reading/", "ratings/",
    "ratings/cabinet/", "home/offices/", "accounts/", "accounts/link/", "profile/", "profile/name/", "profile/sessions/",
    "profile/journal/", "profile/data/", "profile/delete/", "profile/email/", "profile/phone/",
    "profile/keys/", "profile/stolen/",
)  # fmt: skip


def two_years(flat) -> None:
    """Let the account have long numbers for two years back: charts and tables are full."""
    account = CustomerAccount.objects.get(number=flat.number, supplier__code=flat.supplier)
    PastVolume.objects.bulk_create(
        PastVolume(
            supplier_id=account.supplier_id,
            account=account,
            service=service,
            zone="single",
            period=Period(2026, 11).plus(-back).first_day,
            volume=Decimal("12345.678") + back,
        )
        for service in ServiceCategory.objects.filter(supplier_id=account.supplier_id)
        for back in range(24)
    )


@pytest.mark.parametrize("view", ["", "large"])
@pytest.mark.parametrize("window", [PHONE, DESK], ids=str)
def test_every_page_of_the_cabinet_fits(visit, town, window: Window, view: str):
    flat, anna = town.flat(), visit(window)
    owner(anna, flat)
    two_years(flat)
    if view:
        anna.take_cookies({"view": view})
    root = f"/{WHOLE}/accounts/{flat.number}/"
    anna.open(f"{root}readings/")
    wheels(anna, "Холодная вода", "128,250")
    anna.press("Проверить")
    anna.at("Проверьте показания")
    anna.press("Подтвердить и передать")
    anna.at("Показания приняты")
    anna.open(f"{root}payments/")
    anna.press("Проверить")
    anna.at("Проверьте платёж")
    anna.page.get_by_role("button", name=re.compile("^Заплатить")).click()
    expect(anna.page.locator("h1")).to_have_text("Оплата картой")
    anna.open(f"{root}payments/")
    anna.look("Платёж в пути")
    anna.follow("Открыть платёж")
    anna.at("Платёж ждёт оплаты")
    anna.follow("Продолжить оплату")
    pay_at_the_bank(anna)
    anna.at("Платёж зачислен")
    anna.follow("Справка об оплате")
    anna.at("Справка об оплате")
    for place, pages in ((root, OF_THE_ACCOUNT), (f"/{WHOLE}/", OF_THE_PERSON)):
        for page in pages:
            anna.open(f"{place}{page}")
            expect(anna.page.locator("h1")).to_be_visible()
            anna.look(page or "overview")
