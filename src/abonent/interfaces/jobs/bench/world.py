"""An invented supplier of any size, made inside the database: numbers matter, names do not."""

from typing import Any

from django.db import connection

from abonent.common.partitions import ensure_partitions
from abonent.common.periods import Period

MONTH = Period(2026, 10)
# Two services each; two thirds of the electricity meters, a third of all, have two zones.
# The readings lie in random physical order, as people send them (PERF B).
HOMES = (
    """INSERT INTO suppliers_supplier (id, code, name, inn, kpp, ogrn, preset, timezone,
              bank_name, bic, account_number, correspondent_account, host, cabinet)
       VALUES (1, 'bench', 'АО «Замер»', '7204000019', '720401001', '', '', 'Asia/Yekaterinburg',
              'ПАО «БАНК»', '044525225', '40702810138250123017', '30101810400000000225', '',
              '{}')""",
    """INSERT INTO suppliers_servicecategory (id, supplier_id, code, kind, name, unit, vat_percent)
       VALUES (1, 1, 'electricity', 'electricity', 'Электроэнергия', 'kwh', 22),
              (2, 1, 'cold_water', 'cold_water', 'Холодная вода', 'm3', 22)""",
    """INSERT INTO tariffs_tariffrate (supplier_id, service_id, component, category, zone,
              from_quantity, valid_from, rate, vat_included, months)
       SELECT 1, 1, '', '', zone, low, '2025-01-01'::date, rate, true, ''
         FROM (VALUES ('single', 0, 6.47), ('single', 1200, 8.27), ('day', 0, 7.28),
                      ('day', 1200, 9.10), ('night', 0, 3.49), ('night', 1200, 5.20))
              AS t (zone, low, rate)
       UNION ALL SELECT 1, 2, '', '', 'single', 0, '2025-01-01'::date, 48.31, true, ''""",
    """INSERT INTO accounts_customer (id, supplier_id, kind, full_name, sort_key, inn, kpp,
              organisation_class, email, phone)
       SELECT n, 1, 'household', 'Абонент ' || n, 'абонент ' || n, '', '', '', '', ''
         FROM generate_series(1, %(n)s) n""",
    """INSERT INTO accounts_customeraccount (id, supplier_id, customer_id, number, unified_account,
              kind, category, premises, flat, flat_extension, branch, area, residents)
       SELECT n, 1, n, lpad(n::text, 10, '0'), '', 'household', '', 'residential', '', '', '', 54.3,
              1 + n %% 4
         FROM generate_series(1, %(n)s) n""",
    """INSERT INTO accounts_customeragreement (supplier_id, account_id, service_id, contract_number,
              tariff_category, zones, heating, terms)
       SELECT 1, n, s, '', '', '', '', '{}'::jsonb
         FROM generate_series(1, %(n)s) n, generate_series(1, 2) s""",
    """INSERT INTO metering_meter (id, supplier_id, account_id, service_id, serial, contract_number,
              zones, int_digits, frac_digits, ratio)
       SELECT n * 2 + s, 1, n, s, 'M' || n * 2 + s, '',
              CASE WHEN s = 1 AND n %% 3 > 0 THEN 'day+night' ELSE 'single' END,
              CASE s WHEN 1 THEN 6 ELSE 5 END, CASE s WHEN 1 THEN 0 ELSE 3 END, 1
         FROM generate_series(1, %(n)s) n, generate_series(1, 2) s""",
    """INSERT INTO metering_register (id, supplier_id, account_id, meter_id, zone)
       SELECT m.id * 10 + place, 1, account_id, m.id, zone
         FROM metering_meter m,
              unnest(string_to_array(zones, '+')) WITH ORDINALITY z (zone, place)
        ORDER BY m.id, place""",
)
ONE_MONTH = (
    """INSERT INTO metering_reading (supplier_id, account_id, register_id, period, taken_on, source,
              sequence, value, quality, received_at, comment)
       SELECT 1, account_id, id, period, period + 23, 1, 0,
              (id %% 9000) * 1000000 + CASE WHEN period = '2026-10-01'
                   THEN (20 + id %% 400) * 1000000 ELSE 0 END, 0, now(), ''
         FROM metering_register, (VALUES ('2026-09-01'::date), ('2026-10-01'::date)) p (period)
        ORDER BY random()""",
    """INSERT INTO ledger_transfer (id, supplier_id, subject_id, reason, key, fingerprint,
              happened_on, recorded_at, note)
       SELECT n, 1, n, 4, 'bench:' || n, ''::bytea, '2026-10-12'::date, now(), ''
         FROM generate_series(1, %(n)s) n WHERE n %% 10 > 0""",
    """INSERT INTO ledger_entry (transfer_id, line, supplier_id, reason, book, subject_id,
              service_id, month, part, channel, amount, happened_on, bulk)
       SELECT id, l, 1, 4, CASE l WHEN 1 THEN 4 ELSE 2 END, CASE l WHEN 1 THEN 0 ELSE id END, 0,
              NULL::date, 0, CASE l WHEN 1 THEN 'bank' ELSE '' END,
              (50000 + id %% 70000) * CASE l WHEN 1 THEN 1 ELSE -1 END, '2026-10-12'::date, true
         FROM ledger_transfer, generate_series(1, 2) l""",
)


# A year that the engine itself bills. Each month three in a hundred send nothing and are
# charged by their average, corrected when they send again; one in eight has not paid since May.
SILENT = "(r.account_id + %(step)s) %% 33 = 0"
PAYING = "(b.account_id %% 8 > 0 OR b.period < '2026-05-01')"
READINGS_OF_A_MONTH = f"""
INSERT INTO metering_reading (supplier_id, account_id, register_id, period, taken_on, source,
       sequence, value, quality, received_at, comment)
SELECT 1, r.account_id, r.id, %(month)s::date, %(month)s::date + 21, 1, 0,
       (r.id %% 9000 + %(step)s * CASE WHEN m.service_id = 1 THEN 20 + r.id %% 400
                                      ELSE 1 + r.id %% 9 END) * 1000000, 0, now(), ''
  FROM metering_register r JOIN metering_meter m ON m.id = r.meter_id
 WHERE %(step)s < 2 OR NOT {SILENT}
 ORDER BY random()"""
PAYMENTS_OF_A_MONTH = f"""
WITH paid AS (
    INSERT INTO ledger_transfer (supplier_id, subject_id, reason, key, fingerprint, happened_on,
           recorded_at, note)
    SELECT 1, b.account_id, 4, 'paid:' || b.period || ':' || b.account_id, ''::bytea,
           b.period + 40, now(), b.due::text
      FROM billing_bill b WHERE b.period = %(month)s AND b.due > 0 AND {PAYING}
    RETURNING id, subject_id, happened_on, note)
INSERT INTO ledger_entry (transfer_id, line, supplier_id, reason, book, subject_id, service_id,
       month, part, channel, amount, happened_on, bulk)
SELECT id, l, 1, 4, CASE l WHEN 1 THEN 4 ELSE 2 END, CASE l WHEN 1 THEN 0 ELSE subject_id END,
       0, NULL::date, 0, CASE l WHEN 1 THEN 'bank' ELSE '' END,
       note::bigint * CASE l WHEN 1 THEN 1 ELSE -1 END, happened_on, true
  FROM paid, generate_series(1, 2) l"""


def send_readings(month: Period, step: int) -> None:
    """Let the readings of a month come in; ``step`` counts the months of the year."""
    ensure_partitions("metering_reading", [month])
    _run(READINGS_OF_A_MONTH, {"month": month.first_day, "step": step})


def pay_bills(month: Period) -> None:
    """Let the bills of a month be paid, those of debtors not."""
    _run(PAYMENTS_OF_A_MONTH, {"month": month.first_day})


def _run(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def build_homes(accounts: int) -> None:
    """Fill the scratch database with accounts and their meters, no reading yet."""
    with connection.cursor() as cursor:
        for statement in HOMES:
            cursor.execute(statement, {"n": accounts})
        cursor.execute("VACUUM (ANALYZE)")


def build(accounts: int) -> None:
    """Fill the scratch database with ``accounts`` accounts and analyse it."""
    ensure_partitions("metering_reading", [MONTH.plus(-1), MONTH])
    with connection.cursor() as cursor:
        for statement in HOMES + ONE_MONTH:
            cursor.execute(statement, {"n": accounts})
        cursor.execute(
            "SELECT setval('ledger_transfer_id_seq', (SELECT max(id) FROM ledger_transfer))"
        )
        cursor.execute("VACUUM (ANALYZE)")
