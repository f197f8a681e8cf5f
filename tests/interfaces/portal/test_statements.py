"""The detailed statement and the blank receipt: ordered, made behind the page, opened, checked."""

import io
import re
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from pdfminer.high_level import extract_text
from procrastinate.contrib.django.models import ProcrastinateJob

from abonent.common.periods import Period
from abonent.domain.accounts.models import CustomerAccount
from abonent.domain.accounts.queries import account_for
from abonent.domain.accounts.rules import AccessState
from abonent.domain.documents.models import Document, DocumentOrder
from abonent.domain.journeys.account_statement import (
    TooLong,
    TooManyOrders,
    make_statement,
    order_statement,
)
from abonent.domain.ledger import queries as ledger
from abonent.domain.ledger.rules import Reason
from abonent.domain.reports.queries.account_statement import account_statement
from abonent.interfaces.jobs.handlers import make_statement as handler
from bills import NUMBER, Household, move
from cabinets import LONG_AGO, link, signed_in, stranger
from flat import HOME, NOVEMBER_23
from seen import words

PAGE, BLANK = f"{HOME}documents/statement/", f"{HOME}documents/blank.pdf"


def text_of(content: bytes) -> str:
    return re.sub(r"\s+", " ", extract_text(io.BytesIO(content)))


def order(owner: Client, since: str = "2026-08", until: str = "2026-11") -> str:
    answer = owner.post(PAGE, {"since": since, "until": until})
    assert answer.status_code == 302, words(answer)
    return answer["Location"]


def work() -> None:
    """Let the queue do what it was given."""
    for job in ProcrastinateJob.objects.filter(task_name="make_statement", status="todo"):
        handler(**job.args)


def test_a_statement_is_waited_for_then_opened(owner):
    place = order(owner)
    page = words(owner.get(place))
    assert "Готовим выписку" in page
    assert "Собрано: 0 месяцев из 4" in page
    assert owner.get(f"{place}pdf/").status_code == 404
    work()
    assert "Открыть PDF" in words(owner.get(place))
    answer = owner.get(f"{place}pdf/")
    assert answer["Content-Type"] == "application/pdf"
    text = text_of(answer.content)
    assert "Выписка за август 2026 – ноябрь 2026" in text
    assert NUMBER in text
    assert "август 2026 – ноябрь 2026" in words(owner.get(PAGE))


def test_a_job_that_runs_twice_makes_one_paper(owner):
    order(owner)
    work()
    first = Document.objects.get(kind="statement").sha256
    work()
    make_statement(order_id=DocumentOrder.objects.get().id, now=NOVEMBER_23 + timedelta(days=1))
    assert Document.objects.get(kind="statement").sha256 == first


def test_every_line_and_payment_runs_to_the_balance_of_the_ledger(home):
    household = home[0]
    move(household, Reason.PAYMENT, -50_000, date(2026, 11, 20), "second payment")
    told: list[int] = []
    paper = account_statement(
        supplier_id=household.supplier_id, account_id=household.account_id,
        since=Period(2026, 9), until=Period(2026, 11), now=NOVEMBER_23, tell=told.append,
    )  # fmt: skip
    assert told == [1, 2, 3]
    assert paper.opening == 120000 - 82308
    texts = [row.text.replace("\u00a0", " ") for row in paper.rows]
    assert (
        "Электричество за сентябрь 2026: день, 100 кВт·ч по 4,80 ₽; ночь, 80 кВт·ч по 2,96 ₽"
        in texts
    )
    paid = [(row.on, row.paid) for row in paper.rows if row.paid]
    assert paid == [(date(2026, 10, 12), 100_000), (date(2026, 11, 20), 50_000)]
    running = paper.opening
    for row in paper.rows:
        running += row.charged - row.paid
        assert row.balance == running
    assert paper.closing == ledger.subject_total(
        supplier_id=household.supplier_id, subject_id=household.account_id
    )


def test_the_balance_at_the_beginning_counts_what_was_before(home):
    household = home[0]
    given = {
        "supplier_id": household.supplier_id, "account_id": household.account_id,
        "now": NOVEMBER_23, "tell": lambda _done: None,
    }  # fmt: skip
    october = account_statement(since=Period(2026, 10), until=Period(2026, 10), **given)
    november = account_statement(since=Period(2026, 11), until=Period(2026, 11), **given)
    assert october.opening == 120_000
    assert november.opening == october.closing
    assert november.rows == ()


def test_its_code_is_checked_by_anybody(owner):
    order(owner)
    work()
    document = Document.objects.get(kind="statement")
    page = words(Client().get(f"/demo/documents/{document.code}/"))
    assert "Выписка за август 2026 – ноябрь 2026" in page
    assert "Остаток долга" in page


def test_an_order_belongs_to_its_account(owner, home):
    place = order(owner)
    work()
    assert stranger().get(place).status_code == 404
    other = signed_in("boris@example.ru")
    mine = CustomerAccount.objects.get(number=NUMBER)
    mine.pk, mine.number = None, "0010099999"
    mine.save()
    link(other, Household(home[0].supplier_id, mine.pk, mine.number), AccessState.ACTIVE, LONG_AGO)
    elsewhere = place.replace(NUMBER, mine.number)
    assert other.get(elsewhere).status_code == 404
    assert other.get(f"{elsewhere}pdf/").status_code == 404


def test_too_many_months_and_too_many_orders_are_refused(owner, home):
    user_id = int(owner.session["_auth_user_id"])
    account = account_for(user_id=user_id, supplier_id=home[0].supplier_id, number=NUMBER)
    given = {"account": account, "user_id": user_id}
    with pytest.raises(TooLong):
        order_statement(since=Period(2023, 1), until=Period(2026, 11), now=NOVEMBER_23, **given)
    with pytest.raises(TooLong):
        order_statement(since=Period(2026, 11), until=Period(2026, 10), now=NOVEMBER_23, **given)
    month = {"since": Period(2026, 10), "until": Period(2026, 10)}
    for _ in range(10):
        order_statement(now=NOVEMBER_23, **month, **given)
    with pytest.raises(TooManyOrders):
        order_statement(now=NOVEMBER_23, **month, **given)
    with time_machine.travel(NOVEMBER_23, tick=False):
        order_statement(now=NOVEMBER_23 + timedelta(days=2), **month, **given)


def test_months_in_the_wrong_order_are_told_on_the_page(owner):
    answer = owner.post(PAGE, {"since": "2026-11", "until": "2026-08"}, follow=True)
    assert "Последний месяц раньше первого" in words(answer)
    assert not DocumentOrder.objects.exists()


def test_a_blank_receipt_has_the_details_and_no_sum(owner):
    answer = owner.get(BLANK)
    assert answer["Content-Type"] == "application/pdf"
    text = text_of(answer.content)
    assert text.count("40702810138250123017") == 2
    assert text.count(NUMBER) == 2
    assert "5 198,26" not in text
    assert stranger().get(BLANK).status_code == 404
