"""What a published bill rests on is refused; everything new and late is welcome."""

from datetime import date

import pytest

from bundles import OCTOBER, RULES8, became, load, publish, refusal, write_bundle

FILES = {path.name: path.read_text(encoding="utf-8") for path in RULES8.iterdir()}


@pytest.fixture
def published(tmp_path, db):
    """The example of RULES 8 with October published, and a way to load it changed."""
    load(write_bundle(tmp_path / "first", FILES))
    publish()

    def changed(**files):
        return write_bundle(
            tmp_path / "changed", {**FILES, **{f"{name}.csv": text for name, text in files.items()}}
        )

    return changed


def test_the_same_bundle_after_publication_changes_nothing(published):
    report = became(load(published()))
    assert all(new == changed == 0 for new, changed, _, _ in report.values())


REFUSED = [
    ("readings", "12465", "12466", "reading", "по этому показанию уже выставлен счёт", "контрольное"),
    ("agreements", "gas;day+night", "el;day+night", "valid_from", "уже выставлены счета", "valid_to"),
    ("meters", "day+night;6;0;1;", "day+night;5;0;1;", "serial", "не меняются", "final"),
    ("balances", "1200.00", "1300.00", "amount", "уже проведён", "прежние значения"),
    ("payments", "1000.00", "1001.00", "external_id", "с другими данными", "kind=cancel"),
    ("services", "Отопление;gcal;22", "Отопление;gcal;20", "service", "не меняются", "новую услугу"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "column", "rule", "remedy"), REFUSED, ids=[case[0] for case in REFUSED]
)
def test_other_values_of_a_billed_row_are_refused_with_the_way_out(
    published, file, old, new, column, rule, remedy
):
    text = FILES[f"{file}.csv"]
    assert text.count(old) == 1
    line = text[: text.index(old)].count("\n") + 1
    [one] = refusal(published(**{file: text.replace(old, new)})).findings
    assert (one.file, one.line, one.column) == (f"{file}.csv", line, column)
    assert rule in one.rule
    assert remedy in one.remedy


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [("tariffs", "4.93", "4.94"), ("norms", "0.0618", "0.062"), ("house_volumes", "186.4", "187")],
)
def test_what_the_next_bill_can_correct_is_welcome(published, file, old, new):
    report = became(load(published(**{file: FILES[f"{file}.csv"].replace(old, new)})))
    assert report[f"{file}.csv"][:2] == (0, 1)


def test_new_rows_of_the_past_and_open_rows_are_welcome(published):
    report = became(
        load(
            published(
                readings=FILES["readings.csv"] + "0010012345;20230451;single;2026-10-20;phone;125\n",
                tariffs=FILES["tariffs.csv"].replace(
                    "4.93;yes", "4.93;yes"
                ) + "electricity;;gas;day;0;2026-12-01;5.20;yes\n",
                accounts=FILES["accounts.csv"].replace("Иванов Иван", "Иванова Инна"),
                agreements=FILES["agreements.csv"] + "0010012345;electricity;;2026-12-01;el;single;yes;\n",
                payments=FILES["payments.csv"] + "bank;9;0010012345;2026-11-12;2026-11-13;5.00;payment\n",
            )
        )
    )  # fmt: skip
    assert report["readings.csv"] == (1, 0, 8, 0)
    assert report["tariffs.csv"] == (1, 0, 6, 0)
    assert report["accounts.csv"] == (0, 1, 0, 0)
    assert report["agreements.csv"] == (1, 0, 4, 0)
    assert report["payments.csv"] == (1, 0, 1, 0)


def test_a_tariff_may_be_closed_after_the_published_months_only(published):
    header = (
        FILES["tariffs.csv"]
        .replace("vat_included\n", "vat_included;valid_to\n")
        .replace("yes\n", "yes;{}\n")
    )
    rows = FILES["tariffs.csv"].count("yes\n")
    closed = header.format(*["2026-11-30"] * rows)
    assert became(load(published(tariffs=closed)))["tariffs.csv"] == (0, rows, 0, 0)
    early = header.format(*["2026-09-30"] * rows)
    assert refusal(published(tariffs=early)).count == rows


def test_the_first_month_stays_the_first(published):
    folder = published()
    text = FILES["supplier.toml"].replace('start_period = "2026-10"', 'start_period = "2026-09"')
    (folder / "supplier.toml").write_text(text, encoding="utf-8")
    [one] = refusal(folder).findings
    assert (one.file, one.column) == ("supplier.toml", "start_period")


def test_a_meter_may_be_removed_after_a_published_month(published):
    meters = FILES["meters.csv"].replace("verified_until\n", "verified_until;removed_on;final\n")
    meters = meters.replace("2029-05-15", "2029-05-15;2026-11-10;130.5")
    meters = meters.replace("2027-05-15", "2027-05-15;;").replace("2035-08-19", "2035-08-19;;")
    assert became(load(published(meters=meters)))["meters.csv"] == (0, 1, 2, 0)
    assert date(2026, 11, 10) > OCTOBER.last_day
