"""Choosing what to pay, checking it, going to the bank: once, however often it is pressed."""

import re
from datetime import date
from urllib.parse import urlsplit

import pytest
from django.db import transaction

from abonent.domain.accounts.models import AccountAccess, Customer, CustomerAccount
from abonent.domain.accounts.rules import AccessRole, AccessState
from abonent.domain.ledger import operations as ledger
from abonent.domain.ledger import queries as balances
from abonent.domain.ledger.rules import Book, EntryLine, LedgerCode, Part, Reason
from abonent.domain.payments.models import Payment, PaymentPart
from abonent.domain.payments.operations import settle_payment
from abonent.domain.suppliers.models import ServiceCategory, Supplier
from bank_simulator.faults import Fault
from bills import NUMBER, Household, move
from cabinets import LONG_AGO, link, stranger, waiting_for
from flat import HOME, policy
from paying import NOW
from seen import body, box, field_error, hidden, keeps_the_policy, words

PAY = f"{HOME}payments/"
CHECK = f"{PAY}preview/"
ANOTHER = f"{PAY}another/"
KEY = "fedcba9876543210fedcba9876543210"
MOTHER = "0010012399"


@pytest.fixture
def household(home) -> Household:
    return home[0]


@pytest.fixture
def mother(household, owner) -> Household:
    """Give the owner one more account, in advance by 312,40 ₽."""
    customer = Customer.objects.create(
        supplier_id=household.supplier_id, kind="household", full_name="Иванова Мария"
    )
    account = CustomerAccount.objects.create(
        supplier_id=household.supplier_id, customer=customer, number=MOTHER, kind="household"
    )
    second = Household(household.supplier_id, account.pk, MOTHER)
    link(owner, second, AccessState.ACTIVE, LONG_AGO)
    AccountAccess.objects.filter(account=account).update(alias="Мама")
    move(second, Reason.PAYMENT, -31_240, date(2026, 11, 1), "ahead")
    return second


def form(amount="100", **more):
    return {"key": KEY, f"sum-{NUMBER}": amount, **more}


def check(client, typed):
    answer = client.post(CHECK, typed, follow=True)
    assert answer.redirect_chain[-1][0].startswith(CHECK), words(answer)
    return answer


def refused(client, typed):
    """Send what is wrong; return the form that says so."""
    answer = client.post(CHECK, typed, follow=True)
    assert answer.redirect_chain[-1][0].startswith(f"{PAY}draft/"), words(answer)
    assert "<title>Ошибка: " in answer.content.decode()
    return answer


def pay(client, typed, address=PAY):
    return client.post(address, hidden(check(client, typed)))


def levy_penalty(household, amount):
    """Post a penalty for September, as a run would."""
    service = ServiceCategory.objects.get(supplier_id=household.supplier_id, code="cold")
    code = LedgerCode(
        Book.RECEIVABLE, household.account_id, service.pk, date(2026, 9, 1), Part.PENALTY
    )
    with transaction.atomic():
        ledger.post(
            supplier_id=household.supplier_id, reason=Reason.PENALTY, key="penalty",
            happened_on=date(2026, 11, 20), subject_id=household.account_id, now=LONG_AGO,
            lines=[
                EntryLine(code, amount),
                EntryLine(LedgerCode(Book.REVENUE, 0, service.pk), -amount),
            ],
        )  # fmt: skip


# What to pay


def test_the_sum_owed_is_suggested_and_may_be_changed(owner, bank):
    answer = owner.get(PAY)
    page = answer.content.decode()
    assert f'name="sum-{NUMBER}" value="5\u00a0198,26"' in page
    assert "Осталось заплатить 5 198,26 ₽" in words(answer)
    assert "Можно изменить, не меньше 1,00 ₽" in words(answer)
    assert f'name="pay-{NUMBER}"' not in page, "with one account there is nothing to choose"
    assert keeps_the_policy(answer)
    assert "cc-number" not in page


def test_other_accounts_are_ticks_with_what_they_owe(owner, mother, bank):
    answer = owner.get(PAY)
    page = answer.content.decode()
    ticks = re.findall(r'<input type="checkbox" name="pay-(\d+)"[^>]*?( checked)?>', page)
    assert ticks == [(NUMBER, " checked"), (MOTHER, "")]
    assert "Мама № 0010012399. Переплата 312,40 ₽, платить сейчас не нужно" in words(answer)
    other = words(owner.get(f"/demo/accounts/{MOTHER}/payments/"))
    assert other.index("Мама № 0010012399") < other.index("Осталось заплатить 5 198,26 ₽")


def test_a_penalty_is_a_sum_of_its_own(owner, household, bank):
    levy_penalty(household, 1_234)
    page = owner.get(PAY).content.decode()
    assert f'name="sum-{NUMBER}" value="5\u00a0198,26"' in page
    assert f'name="penalty-{NUMBER}" value="12,34"' in page
    both = form("100", **{f"penalty-{NUMBER}": "12,34"})
    shown = body(check(owner, both))
    assert "кв. 15, пени 12,34 ₽ Комиссия 0,00 ₽ К оплате 112,34 ₽" in shown
    pay(owner, both)
    parts = PaymentPart.objects.order_by("line").values_list("amount", "part")
    assert list(parts) == [(10_000, Part.PRINCIPAL), (1_234, Part.PENALTY)]


def test_the_penalty_alone_may_be_paid(owner, household, bank):
    levy_penalty(household, 1_234)
    pay(owner, form("", **{f"penalty-{NUMBER}": "12,34"}))
    assert list(PaymentPart.objects.values_list("amount", "part")) == [(1_234, Part.PENALTY)]


def debts(household):
    """Return what stands on the account: code of the service, month, part → kopecks."""
    codes = {row.pk: row.code for row in ServiceCategory.objects.all()}
    lines = balances.balances(supplier_id=household.supplier_id, subject_id=household.account_id)
    return {
        (codes.get(line.service_id, ""), str(line.month)[:7], line.part): line.amount
        for line in lines
    }


def test_services_the_older_debt_and_the_penalty_may_be_paid_apart(owner, household, bank):
    levy_penalty(household, 1_234)
    assert (
        'href="/demo/accounts/0010012345/payments/?by=services"' in owner.get(PAY).content.decode()
    )
    by_services = owner.get(f"{PAY}?by=services")
    page = by_services.content.decode()
    sums = re.findall(r'<input type="text" name="([a-z]+)-0010012345[^"]*" value="([^"]*)"', page)
    assert [kind for kind, _ in sums] == ["line"] * 5 + ["penalty"]
    assert sum(int(re.sub(r"\D", "", amount)) for _, amount in sums) == 519_826 + 1_234
    assert "Долг за прошлые месяцы, ₽ Можно изменить или стереть." in words(by_services)
    before = debts(household)
    heat = ServiceCategory.objects.get(supplier_id=household.supplier_id, code="heat")
    typed = {"key": KEY, "by": "services", f"line-{NUMBER}-{heat.pk}": "100"}
    typed |= {f"line-{NUMBER}-0": "50", f"penalty-{NUMBER}": "12,34"}
    answer = check(owner, typed)
    assert "отопление за октябрь 2026 100,00 ₽" in body(answer)
    assert "долг за прошлые месяцы 50,00 ₽" in body(answer)
    owner.post(PAY, hidden(answer))
    payment = Payment.objects.get()
    bank.pays(payment)
    settle_payment(payment_id=payment.pk, now=NOW)
    after = debts(household)
    paid = {code: amount - after.get(code, 0) for code, amount in before.items()}
    older = sum(amount for (_, month, part), amount in paid.items() if month == "2026-09")
    assert paid["heat", "2026-10", Part.PRINCIPAL] == 10_000
    assert paid["cold", "2026-09", Part.PENALTY] == 1_234
    assert (older, sum(paid.values())) == (5_000 + 1_234, 16_234)


def test_cleared_services_ask_for_one_sum(owner, household, bank):
    answer = refused(owner, {"key": KEY, "by": "services"})
    assert field_error(answer, f"line-{NUMBER}-0") == "Введите сумму"
    assert "Заплатить одной суммой" in words(answer)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Введите сумму"),
        ("сто", "В сумме не только цифры. Введите рубли и копейки, например 1 284,93"),
        ("-100", "Сумма не бывает меньше нуля. Уберите минус"),
        ("1,234", "Копеек не больше двух цифр. Проверьте сумму, например 1 284,93"),
        ("49,99", "Минимальная сумма – 50,00 ₽. Введите больше"),
        ("9999999", "Введите не больше 350 000,00 ₽"),
    ],
)
def test_a_wrong_sum_is_told_at_its_field_and_kept(owner, household, bank, typed, said):
    policy(household, "minimum_payment", "50")
    answer = refused(owner, form(typed))
    assert field_error(answer, f"sum-{NUMBER}") == said
    assert f'value="{typed}"' in answer.content.decode() or not typed
    assert "Ошибка: Оплатить" in words(answer)


def test_nothing_ticked_is_told(owner, mother, bank):
    answer = refused(owner, form("100"))
    assert box(answer) == ["Отметьте хотя бы один лицевой счёт."]


def test_the_check_shows_each_account_the_commission_and_the_sum(owner, mother, bank):
    typed = form(
        "1 284,93", **{f"pay-{NUMBER}": "on", f"pay-{MOTHER}": "on", f"sum-{MOTHER}": "200,50"}
    )
    page = body(check(owner, typed))
    assert ("кв. 15 1 284,93 ₽ Мама 200,50 ₽ Комиссия 0,00 ₽ К оплате 1 485,43 ₽") in page
    assert "Заплатить 1 485,43 ₽" in page
    assert not Payment.objects.exists()


def test_mending_keeps_what_was_typed(owner, bank):
    carried = hidden(check(owner, form("123,45")))
    answer = owner.post(PAY, carried | {"change": "yes"}, follow=True)
    assert 'id="errors"' not in answer.content.decode()
    assert f'name="sum-{NUMBER}" value="123,45"' in answer.content.decode()
    assert not Payment.objects.exists()


# To the bank


def test_the_payer_is_led_to_the_bank_and_back_by_an_address_of_ours(owner, household, bank):
    answer = pay(owner, form("100"))
    payment = Payment.objects.get()
    assert answer.status_code == 302
    assert answer.url == payment.confirmation_url
    assert urlsplit(answer.url).netloc == urlsplit(bank.url).netloc
    assert (payment.amount, payment.account_id) == (10_000, household.account_id)
    back = payment.asked["return_url"]
    assert back == f"http://testserver{PAY}{payment.uuid}/"
    assert owner.get(urlsplit(back).path).status_code == 200


def test_pressed_twice_and_refreshed_is_one_payment(owner, bank):
    carried = hidden(check(owner, form("100")))
    first, second = (owner.post(PAY, carried) for _ in range(2))
    again = pay(owner, form("100"))
    assert first.url == second.url == again.url
    assert Payment.objects.count() == 1


def test_two_tabs_are_two_payments_only_if_the_person_says_so(owner, bank):
    tabs = [form("100") | {"key": key * 32} for key in "ab"]
    carried = [hidden(check(owner, tab)) for tab in tabs]
    assert owner.post(PAY, carried[0]).status_code == 302
    asked = owner.post(PAY, carried[1], follow=True)
    payment = Payment.objects.get()
    assert asked.redirect_chain[-1][0].startswith(ANOTHER)
    page = words(asked)
    assert "Не платите второй раз" in page
    assert "ещё не завершён. Дождитесь его или подтвердите, что хотите заплатить ещё раз." in page
    assert f'href="{PAY}{payment.uuid}/"' in asked.content.decode()
    assert asked.content.decode().count('class="button"') == 1
    sure = owner.post(ANOTHER, hidden(asked))
    assert sure.status_code == 302
    assert Payment.objects.count() == 2
    assert owner.post(ANOTHER, hidden(asked)).url == sure.url
    assert Payment.objects.count() == 2


def test_a_payment_under_way_is_told_before_paying(owner, bank):
    pay(owner, form("100"))
    page = words(owner.get(PAY))
    assert "на 100,00 ₽ ещё не завершён. Посмотрите, где он сейчас." in page


def test_a_silent_bank_leads_to_the_page_of_the_payment(owner, bank):
    bank.simulator.fault(Fault("before", "reset", path="/v3/payments", count=9))
    answer = pay(owner, form("100"))
    assert answer.url == f"{PAY}{Payment.objects.get().uuid}/"
    assert "Не платите второй раз" in words(owner.get(answer.url))


def test_without_a_bank_the_page_says_what_else_to_do(owner, settings):
    settings.YOOKASSA_SHOPS = "{}"
    page = words(owner.get(PAY))
    assert "Картой на сайте заплатить пока нельзя" in page
    assert "Показать QR-код" in page
    answer = owner.post(PAY, form("100"), follow=True)
    assert "Картой на сайте заплатить пока нельзя" in words(answer)
    assert not Payment.objects.exists()


# Who may


def test_strangers_find_nothing(home, bank):
    outsider = stranger()
    for address in (PAY, CHECK, ANOTHER, f"{PAY}code/", f"{PAY}code.svg", f"{PAY}history/"):
        assert outsider.get(address).status_code == 404
    assert outsider.post(PAY, form("100")).status_code == 404
    assert not Payment.objects.exists()


def test_somebody_elses_account_in_the_form_changes_nothing(owner, mother, bank):
    AccountAccess.objects.filter(account_id=mother.account_id).update(state=AccessState.REVOKED)
    typed = form("100", **{f"pay-{MOTHER}": "on", f"sum-{MOTHER}": "500"})
    pay(owner, typed)
    assert Payment.objects.get().amount == 10_000


def test_a_reader_sees_and_does_not_pay(owner, bank):
    AccountAccess.objects.update(role=AccessRole.READER)
    assert "Оплата этого счёта вам не открыта" in words(owner.get(PAY))
    assert owner.post(CHECK, form("100")).url == PAY
    assert owner.post(PAY, form("100")).url == PAY
    assert not Payment.objects.exists()


def test_a_waiting_link_pays_without_seeing_the_debt(home, bank):
    newcomer = waiting_for(home[0])
    answer = newcomer.get(PAY)
    page = body(answer)
    assert "Долг покажем, когда откроется счёт. Сумму возьмите из бумажной квитанции" in page
    assert "5 198" not in page
    assert f'name="sum-{NUMBER}" value' not in answer.content.decode()
    assert pay(newcomer, form("100")).status_code == 302
    assert newcomer.get(f"{PAY}{Payment.objects.get().uuid}/").status_code == 200
    for closed in ("history/", "code/", "code.svg"):
        assert newcomer.get(f"{PAY}{closed}").url.endswith("/about/")


def test_a_waiting_link_is_not_told_of_anothers_payment(home, owner, bank):
    pay(owner, form("777"))
    newcomer = waiting_for(home[0])
    assert "777" not in words(newcomer.get(PAY))
    asked = newcomer.post(PAY, hidden(check(newcomer, form("100"))), follow=True)
    assert "По этому лицевому счёту уже идёт платёж." in words(asked)
    assert "777" not in words(asked)
    assert str(Payment.objects.get().uuid) not in asked.content.decode()


# The supplier's own code of the fast payment system

SBP = "https://qr.nspk.ru/AS100001ORTF4GAF80KPJ53K186D9A3G?type=01&bank=100000000007&crc=0C8A"


def test_the_code_of_the_fast_payment_system_is_shown_with_a_button(owner, household, bank):
    cabinet = Supplier.objects.get().cabinet
    Supplier.objects.update(cabinet=cabinet | {"sbp_link": SBP})
    assert "Оплатить через СБП" in words(owner.get(PAY))
    page = owner.get(f"{PAY}sbp/")
    assert f'href="{SBP.replace("&", "&amp;")}"' in page.content.decode()
    assert f"укажите лицевой счёт {NUMBER}" in words(page)
    assert keeps_the_policy(page)
    picture = owner.get(f"{PAY}sbp.svg")
    assert picture.headers["Content-Type"] == "image/svg+xml"


def test_a_code_that_was_swapped_is_not_shown(owner, household, bank):
    cabinet = Supplier.objects.get().cabinet
    Supplier.objects.update(cabinet=cabinet | {"sbp_link": SBP.replace("007", "008")})
    assert "СБП" not in words(owner.get(PAY))
    assert owner.get(f"{PAY}sbp/").status_code == 404
