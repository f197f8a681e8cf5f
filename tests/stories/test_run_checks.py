"""What ``abonent bill`` tells of a month before it is published, and stopping half-way."""

import pytest
from django.db import connection

from abonent.common.periods import Period
from abonent.domain.billing import models
from abonent.domain.billing import operations as billing
from abonent.domain.billing.queries import run_checks
from abonent.domain.billing.queries.checks import Strange
from abonent.domain.billing.queries.oddities import odd_services
from abonent.domain.billing.rules.anomalies import Oddity
from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
AUGUST, SEPTEMBER = "2026-08", "2026-09"


@pytest.fixture
def department(tmp_path):
    made = Department(tmp_path)
    values = {
        "usual": ("1000", "1100", "1200"),
        "much": ("1000", "1100", "1700"),  # 100 kWh, then 600
        "five": ("1000", "1100", "1600"),  # exactly five times: not more
        "small": ("1000", "1001", "1070"),  # 70 times, but of nothing
        "zero": ("1000", "1100", "1100"),
        "credit": ("1000", "1100", "1090"),
    }
    for number, (july, august, september) in values.items():
        made.metered(number, {"2026-07-24": july, "2026-08-24": august})
        channel = "control" if number == "credit" else "file"
        made.readings(number, f"m{number}", {"2026-09-24": september}, channel=channel)
    made.account("vacant", residents=0)
    made.agreement("vacant")
    made.meter("vacant", "mvacant")
    made.readings("vacant", "mvacant", {"2026-07-24": 5, "2026-08-24": 5, "2026-09-24": 5})
    made.account("left")
    made.agreement("left", valid_from="2026-09-01")
    made.account("gone")
    made.agreement("gone", to="2026-08-31")
    made.meter("gone", "mgone", removed_on="2026-08-31", final=180)
    made.readings("gone", "mgone", {"2026-07-24": 100})
    made.send()
    code, err = made.bill(AUGUST)
    assert code == 0, err
    return made


def bill(*more, period=SEPTEMBER):
    return run("bill", "--supplier", "check", "--period", period, *more)


def checks():
    return run_checks(run_id=models.BillingRun.objects.latest("period").pk)


def test_the_office_sees_what_changed_and_what_is_strange(department):
    code, _, _ = bill()
    assert code == 1  # one account has no norm to be billed by
    found = checks()
    assert found.unproven == 0
    assert found.bills == 8
    assert (found.lines, found.lines_total) == (7, found.total.now)
    # August: five times 100 kWh, 1 kWh and 80 of the meter taken away, at 6.47.
    assert found.total.before == 581 * 647
    assert found.total.now == (100 + 600 + 500 + 69 + 0 - 10) * 647
    assert [(one.service, one.now, one.before) for one in found.services] == [
        ("el", found.total.now, found.total.before)
    ]
    assert str(found.total.percent) == "116.7"
    strange = {one.kind: [bill.account for bill in one.bills] for one in found.strange}
    assert strange == {
        Strange.MUCH: ["much"],
        Strange.NEGATIVE: ["credit"],
        Strange.ZERO: ["zero"],
        Strange.VANISHED: ["gone"],
    }
    much = found.strange[0].bills[0]
    assert (much.now, much.before, much.usual) == (600 * 647, 100 * 647, 100 * 647)
    assert [(one.problem.value, one.accounts) for one in found.left_out] == [("no_norm", 1)]


def test_the_command_says_so_and_publishes_all_the_same(department):
    code, out, err = bill("--publish")
    assert code == 1
    assert "опубликовано" in out
    assert "Суммы сходятся: в счетах (8) и в строках (7) по 8\u00a0145,73\u00a0₽" in err
    assert "Против 2026-08: 8\u00a0145,73\u00a0₽, было 3\u00a0759,07\u00a0₽, +4\u00a0386,66\u00a0₽ (+116,7\u00a0%)" in err  # fmt: skip
    assert "Лицевой счёт much: 3\u00a0882,00\u00a0₽, в прошлом месяце 647,00\u00a0₽" in err
    assert (
        "Расход по счётчику в десять и более раз больше обычного: 1\u00a0услуга\n"
        "    Лицевой счёт small, Электроэнергия: 69\u00a0кВт·ч, обычно 1\u00a0кВт·ч\n"
    ) in err
    assert "Счётчик ничего не насчитал там, где живут: 1\u00a0услуга" in err
    assert "Не начислено, нет норматива …: 1\u00a0лицевой счёт" in err
    assert statement("check", "much", SEPTEMBER)["charged"] == "3882.00"


def test_a_bill_that_is_not_its_lines_is_found(department):
    bill()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_charge SET amount = amount + 1 WHERE line = 1 AND period = '2026-09-01'"
            " AND account_id = (SELECT id FROM accounts_customeraccount WHERE number = 'usual')"
        )
    assert checks().unproven == 1


def test_the_middle_of_a_year_is_usual(department):
    """A month that was large already does not make the next large one usual."""
    bill("--publish")
    department.readings("much", "mmuch", {"2026-10-24": 1800})
    department.readings("five", "mfive", {"2026-10-24": 1700})
    department.readings("much", "mmuch", {"2026-11-24": 2500, "2026-12-24": 3200})
    department.send()
    for month in ("2026-10", "2026-11"):
        bill("--publish", period=month)
    bill(period="2026-12")
    much = next(one for one in checks().strange if one.kind == Strange.MUCH)
    # November and December are both 700 kWh: of 100, 600, 100, 700 the second is usual.
    assert [(one.account, one.now, one.before, one.usual) for one in much.bills] == [
        ("much", 700 * 647, 700 * 647, 100 * 647)
    ]


def test_a_stopped_run_goes_on_with_what_is_left(department, monkeypatch):
    real, done = billing.bill_batch, []

    def interrupted(**given):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(1)
        return real(**given)

    monkeypatch.setattr(billing, "bill_batch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bill("--chunk", "1", "--workers", "1")
    drafted = list(models.RunChunk.objects.filter(state="drafted").values_list("pk", flat=True))
    assert len(drafted) == 3
    monkeypatch.setattr(billing, "bill_batch", real)
    code, out, _ = bill("--resume", "--workers", "1", "--publish")
    assert (code, "опубликовано" in out) == (1, True)
    # The chunks that were ready before the stop are those that are published now.
    assert set(drafted) <= set(models.RunChunk.objects.values_list("pk", flat=True))
    assert checks().unproven == 0
    code, _, err = bill("--resume")
    assert (code, "Продолжать нечего" in err) == (1, True)
    code, out, err = run("audit", "--supplier", "check")
    assert code == 0, out + err


def test_staff_see_odd_consumption(department):
    bill()
    found = odd_services(
        supplier_id=models.BillingRun.objects.latest("period").supplier_id, period=Period(2026, 9)
    )
    # One kilowatt-hour, then 69; of 600 after 100 the bill is strange, not yet the meter.
    assert [(one.account, one.anomaly.oddity, one.anomaly.usual) for one in found] == [
        ("small", Oddity.MUCH, 1_000_000),
        ("zero", Oddity.NOTHING, 100_000_000),
    ]
    assert [(one.oddity, one.count) for one in checks().odd] == [
        (Oddity.MUCH, 1),
        (Oddity.NOTHING, 1),
    ]
