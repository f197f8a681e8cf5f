"""Rows kept so far of the organisations' files move into the tables of their rooms."""

from django.db import migrations

_ACCOUNT = """JOIN accounts_customeraccount a
      ON a.supplier_id = k.supplier_id AND a.number = k."row" ->> 'account'"""
_SERVICE = """JOIN suppliers_servicecategory s
      ON s.supplier_id = k.supplier_id AND s.code = k."row" ->> 'service'"""
_METER = """JOIN metering_meter m
      ON m.account_id = a.id AND m.service_id = s.id AND m.serial = k."row" ->> 'serial'"""
_FACTORS = ("p_idle", "p_short", "s_nom", "hours", "k_f2", "r_ohm", "u_kv")
_MOVES = (
    f"""INSERT INTO metering_meterloss
               (supplier_id, account_id, service_id, meter_id, kind, valid_from, valid_to,
                {", ".join(_FACTORS)})
        SELECT k.supplier_id, a.id, s.id, m.id, "row" ->> 'kind', ("row" ->> 'valid_from')::date,
               ("row" ->> 'valid_to')::date,
               {", ".join(f"(k.row ->> '{name}')::numeric" for name in _FACTORS)}
          FROM exchange_keptrow k {_ACCOUNT} {_SERVICE} {_METER}
         WHERE k.file = 'losses.csv' ON CONFLICT DO NOTHING""",
    f"""INSERT INTO metering_hourlyvolume
               (supplier_id, account_id, service_id, meter_id, hour, volume)
        SELECT k.supplier_id, a.id, s.id, m.id, "row" ->> 'hour', ("row" ->> 'volume')::numeric
          FROM exchange_keptrow k {_ACCOUNT} {_SERVICE} {_METER}
         WHERE k.file = 'hourly.csv' ON CONFLICT DO NOTHING""",
    f"""INSERT INTO metering_billedpower (supplier_id, account_id, service_id, period, kw, rate)
        SELECT k.supplier_id, a.id, s.id, ("row" ->> 'period' || '-01')::date,
               ("row" ->> 'kw')::numeric, ("row" ->> 'rate')::numeric
          FROM exchange_keptrow k {_ACCOUNT} {_SERVICE}
         WHERE k.file = 'power.csv' ON CONFLICT DO NOTHING""",
    f"""INSERT INTO tariffs_hourlyprice (supplier_id, service_id, category, hour, price)
        SELECT k.supplier_id, s.id, coalesce("row" ->> 'category', ''), "row" ->> 'hour',
               ("row" ->> 'price')::numeric
          FROM exchange_keptrow k {_SERVICE}
         WHERE k.file = 'hourly_prices.csv' ON CONFLICT DO NOTHING""",
    f"""INSERT INTO billing_paymentschedule
               (supplier_id, account_id, organisation_class, service_id, part, valid_from,
                valid_to, percent, day, month_offset)
        SELECT k.supplier_id, a.id, coalesce("row" ->> 'organisation_class', ''), s.id,
               coalesce("row" ->> 'part', ''), ("row" ->> 'valid_from')::date,
               ("row" ->> 'valid_to')::date, ("row" ->> 'percent')::numeric,
               ("row" ->> 'day')::smallint, ("row" ->> 'month_offset')::smallint
          FROM exchange_keptrow k LEFT {_ACCOUNT} LEFT {_SERVICE}
         WHERE k.file = 'schedules.csv' ON CONFLICT DO NOTHING""",
    """DELETE FROM exchange_keptrow WHERE file IN
        ('losses.csv', 'hourly.csv', 'power.csv', 'hourly_prices.csv', 'schedules.csv')""",
)


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0002_kept_rows_find_their_rooms"),
        ("metering", "0005_profiles"),
        ("tariffs", "0003_hourly_prices"),
        ("billing", "0004_payment_schedules"),
    ]

    operations = [migrations.RunSQL(list(_MOVES), migrations.RunSQL.noop)]
