"""Money that went back is seen where it was paid."""

import re
from datetime import timedelta
from uuid import uuid4

from abonent.domain.accounts.rules import AccessState
from abonent.domain.payments.models import Payment
from abonent.domain.payments.operations import refund_payment, settle_awaiting, settle_payment
from bills import NUMBER
from cabinets import LONG_AGO, link, signed_in
from flat import HOME, NOVEMBER_23
from seen import body, hidden, keeps_the_policy, words

PAY = f"{HOME}payments/"


def test_money_that_went_back_is_seen_at_its_payment_and_in_the_history(owner, home, bank):
    typed = {"key": "0" * 32, f"sum-{NUMBER}": "100"}
    owner.post(PAY, hidden(owner.post(f"{PAY}preview/", typed, follow=True)))
    payment = Payment.objects.get()
    bank.pays(payment)
    settle_payment(payment_id=payment.pk, now=NOVEMBER_23)
    refund = refund_payment(
        supplier_id=home[0].supplier_id, payment_id=payment.pk, account_id=home[0].account_id,
        amount=4_000, why="ошибка", key=uuid4(), actor_id=payment.user_id, now=NOVEMBER_23,
    )  # fmt: skip
    address = f"{PAY}{payment.uuid}/"
    assert "Возврат 40,00 ₽ – Банк возвращает деньги" in body(owner.get(address))
    settle_awaiting(now=bank.at(NOVEMBER_23 + timedelta(minutes=5)))
    assert "Возврат 40,00 ₽ – Деньги возвращены" in body(owner.get(address))
    assert "\u2212\u00a040,00" in owner.get(f"{PAY}history/").content.decode()
    assert "Деньги возвращены" in words(owner.get(f"{PAY}{refund.uuid}/"))
    page = owner.get(f"{PAY}?by=services").content.decode()
    sums = re.findall(r'name="line-[^"]*" value="([^"]*)"', page)
    owed = 519_826 - 10_000 + 4_000
    assert sum(int(re.sub(r"\D", "", one)) for one in sums) == owed, "what went back is owed again"


def test_the_cash_registers_receipt_is_shown_to_its_payer(owner, home, bank):
    typed = {"key": "0" * 32, f"sum-{NUMBER}": "5198,26"}
    owner.post(PAY, hidden(owner.post(f"{PAY}preview/", typed, follow=True)))
    payment = Payment.objects.get()
    fiscal = f"{PAY}{payment.uuid}/fiscal/"
    assert owner.get(fiscal).status_code == 404, "no receipt before the money"
    bank.pays(payment)
    settle_payment(payment_id=payment.pk, now=NOVEMBER_23)
    assert "Чек готовится" in body(owner.get(f"{PAY}{payment.uuid}/"))
    assert "Касса обычно выдаёт чек за несколько минут" in words(owner.get(fiscal))
    settle_awaiting(now=bank.at(NOVEMBER_23 + timedelta(minutes=2)))
    page = words(owner.get(fiscal))
    assert "Чек выдан. Отправлен на owner@example.ru" in page
    assert f"Отопление, л/с {NUMBER}, 10.2026 НДС 22 % 3 491,64" in page
    assert "Признак (ФП)" in page
    assert keeps_the_policy(owner.get(fiscal))
    link(other := signed_in("brother@example.org"), home[0], AccessState.ACTIVE, LONG_AGO)
    assert other.get(fiscal).status_code == 404, "it names the payer's contact"
