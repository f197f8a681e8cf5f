"""Every line of a demo town recomputes to its stored sum, and every change adds up."""

import pytest
from django.core.management import call_command
from test_demo import NOW

from abonent.common.periods import Period
from abonent.domain.accounts.queries.registers import account_ids
from abonent.domain.billing import models
from abonent.domain.billing.queries.bill_page import bill_page
from abonent.domain.billing.queries.statements import bills_of
from abonent.domain.billing.rules.reasons import REASONS, reason_of
from abonent.domain.suppliers import queries as suppliers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(settings, tmp_path, monkeypatch):
    settings.DATA = tmp_path
    monkeypatch.setattr("abonent.common.clock.now", lambda: NOW)
    call_command("demo", "--only", "sesb", "--accounts", "24", verbosity=0)
    return suppliers.get_supplier("sesb").id


def test_every_line_is_explained_to_its_sum(town):
    explained = changed = 0
    rules: set[str] = set()
    for account_id in account_ids(supplier_id=town)["account_id"].to_list():
        for bill in bills_of(supplier_id=town, account_id=account_id):
            page = bill_page(supplier_id=town, account_id=account_id, period=bill.period)
            lines = [one for service in page.services for one in service.lines]
            # bill_page raises when a line does not recompute; here the bill is summed as well.
            assert [one.why.amount for one in lines] == [one.line.amount for one in lines]
            assert sum(one.why.amount for one in lines) == bill.charged
            assert all(one.why.steps and one.why.act for one in lines)
            assert all(reason_of(one.line) == REASONS[one.line.rule] for one in lines)
            rules |= {one.line.rule for one in lines}
            explained += len(lines)
            if page.previous is not None:
                before = page.previous.charged + page.previous.penalty
                told = sum(cause.amount for cause in page.causes)
                assert told == bill.charged + bill.penalty - before
                changed += 1
    assert explained == models.Charge.objects.filter(supplier_id=town).count() > 0
    assert changed > 0
    assert rules >= {"meter", "norm", "heat_h2"}
    assert Period.of(models.Bill.objects.latest("period").period) == Period(2026, 10)
