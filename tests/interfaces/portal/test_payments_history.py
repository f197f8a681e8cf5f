"""The payments of an account looked back at: by year, by a chosen span, as a file."""

import re
from datetime import date

from abonent.domain.payments.models import Payment
from bills import NUMBER
from cabinets import LONG_AGO
from flat import HOME
from seen import body, hidden, keeps_the_policy, words

PAY = f"{HOME}payments/"
HISTORY = f"{PAY}history/"


def bring(household, amount, on, *, kind="payment", channel="sber", number="1"):
    return Payment.objects.create(
        uuid=f"00000000-0000-4000-8000-{int(number):012d}", supplier_id=household.supplier_id,
        account_id=household.account_id, amount=amount, kind=kind, channel=channel,
        external_id=f"x{number}", state="captured", created_at=LONG_AGO, state_since=LONG_AGO,
        happened_on=on, paid_on=on,
    )  # fmt: skip


def test_the_history_goes_by_year_with_states_and_ways(owner, home, bank):
    bring(home[0], 100_000, date(2026, 10, 12), number="1")
    bring(home[0], 50_000, date(2026, 10, 20), kind="refund", channel="cash", number="2")
    bring(home[0], 80_000, date(2025, 12, 5), channel="Банк «Звезда»", number="3")
    form = {"key": "0" * 32, f"sum-{NUMBER}": "77"}
    owner.post(PAY, hidden(owner.post(f"{PAY}preview/", form, follow=True)))
    answer = owner.get(HISTORY)
    page = body(answer)
    assert page.index("Платежи за 2026 год") < page.index("Платежи за 2025 год")
    assert re.search(r"23 ноября 2026 , платёж П-2026-1123-\d+ 77,00 ЮKassa Ждём оплату", page)
    assert re.search(r"20 октября 2026 , платёж \S+ − 500,00 касса Возвращён", page)
    assert re.search(r"12 октября 2026 , платёж \S+ 1 000,00 Сбербанк Зачислен", page)
    assert "Зачислено 500,00" in page
    assert "800,00 Банк «Звезда» Зачислен" in page
    assert keeps_the_policy(answer)


def test_a_chosen_span_of_payments_comes_as_a_page_and_as_a_file(owner, home):
    bring(home[0], 100_000, date(2026, 10, 31), number="1")
    bring(
        home[0], 50_000, date(2026, 9, 1), kind="refund", channel='=cmd|" /C calc"!A0', number="2"
    )
    bring(home[0], 80_000, date(2026, 8, 31), number="3")
    span = "?since=2026-09&until=2026-10"
    page = body(owner.get(HISTORY + span))
    assert "31 октября 2026" in page
    assert "1 сентября 2026" in page
    assert "31 августа 2026" not in page
    rows = owner.get(f"{PAY}history.csv{span}").content.decode("utf-8-sig").split("\r\n")
    assert rows[0] == "День;Сумма, ₽;Откуда;Состояние;Номер"
    assert rows[1].startswith("2026-10-31;1000,00;Сбербанк;Зачислен;")
    assert rows[2].startswith("2026-09-01;-500,00;\"'=cmd|")
    assert len(rows) == 4


def test_each_payment_of_the_history_has_its_page(owner, home):
    payment = bring(home[0], 100_000, date(2026, 10, 12))
    assert f'href="{PAY}{payment.uuid}/"' in owner.get(HISTORY).content.decode()
    page = body(owner.get(f"{PAY}{payment.uuid}/"))
    assert "Зачислен 12 октября 2026" in page
    assert "Способ Сбербанк" in page
    assert "1 000,00 ₽" in body(owner.get(f"{PAY}{payment.uuid}/receipt/"))
    back = bring(home[0], 50_000, date(2026, 10, 20), kind="refund", number="2")
    assert "Деньги возвращены" in words(owner.get(f"{PAY}{back.uuid}/"))
    assert owner.get(f"{PAY}{back.uuid}/receipt/").status_code == 404


def test_an_empty_history_says_what_to_do(owner):
    page = words(owner.get(HISTORY))
    assert "Платежей ещё нет" in page
    assert "Заплатить" in page


def test_the_history_needs_a_constant_number_of_statements(
    owner, home, django_assert_max_num_queries
):
    for number in range(1, 40):
        bring(home[0], 1_000, date(2026, 10, 12), number=str(number))
    with django_assert_max_num_queries(11):
        assert body(owner.get(HISTORY)).count("10,00 Сбербанк") == 39
