"""Two processes give papers of one month at once: the second waits for the numbers of the first."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from abonent.common.periods import Period
from abonent.domain.accounts.queries.frames import organisation_ids
from abonent.domain.invoicing.models import ClosingDocument
from abonent.domain.invoicing.operations import issue_documents
from abonent.domain.suppliers import queries as suppliers
from bundles import NOW
from checker_bundle import Department

pytestmark = pytest.mark.django_db(transaction=True)
AUGUST = Period(2026, 8)


def somebody_waits_for_me():
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM pg_locks
                WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"""
        )
        return cursor.fetchone()[0] > 0


def test_numbers_are_given_one_after_another(tmp_path, monkeypatch):
    department = Department(tmp_path)
    department.files["accounts.csv"] = "account;kind;opened_on;full_name;inn\n"
    for number in "123":
        department.add("accounts", f"{number};organisation;2015-03-01;ООО «{number}»;7204000019")
        department.agreement(number, price="5")
        department.meter(number, f"m{number}")
        department.readings(number, f"m{number}", {"2026-07-24": 0, "2026-08-24": 100})
    department.send()
    assert department.bill("2026-08")[0] == 0
    supplier_id = suppliers.get_supplier("check").id
    first, second, third = organisation_ids(supplier_id=supplier_id)

    def given(account_id):
        return {
            "supplier_id": supplier_id, "period": AUGUST, "account_ids": [account_id], "now": NOW,
        }  # fmt: skip

    def apart():
        try:
            issue_documents(**given(third))
        finally:
            connection.close()

    issue_documents(**given(first))
    with ThreadPoolExecutor(1) as pool:
        begun = []

        def between_papers_and_counter(point):
            """Let the other one come while this one has not written its counter yet."""
            if point == "invoicing.issued" and not begun:
                begun.append(pool.submit(apart))
                while not somebody_waits_for_me():
                    assert not begun[0].done(), begun[0].exception()

        monkeypatch.setattr(f"{issue_documents.__module__}.crash_point", between_papers_and_counter)
        issue_documents(**given(second))
        begun[0].result(timeout=60)
    papers = ClosingDocument.objects.filter(kind="upd").order_by("ordinal")
    assert list(papers.values_list("ordinal", "account_id")) == [
        (1, first), (2, second), (3, third),
    ]  # fmt: skip
