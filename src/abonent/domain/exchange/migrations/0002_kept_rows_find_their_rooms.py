"""Rows kept so far of files that rooms now compute with move into the rooms' tables."""

from django.db import migrations

_FROM = """FROM exchange_keptrow k
    JOIN accounts_customeraccount a
      ON a.supplier_id = k.supplier_id AND a.number = k."row" ->> 'account'"""
_SERVICE = """suppliers_servicecategory s
      ON s.supplier_id = k.supplier_id AND s.code = k."row" ->> 'service'"""
_MOVES = (
    f"""INSERT INTO accounts_residency
               (supplier_id, account_id, valid_from, valid_to, residents, temporary)
        SELECT k.supplier_id, a.id, left("row" ->> 'from', 10)::date,
               left("row" ->> 'to', 10)::date, ("row" ->> 'residents')::int,
               ("row" ->> 'temporary')::int
          {_FROM} WHERE k.file = 'residents.csv' ON CONFLICT DO NOTHING""",
    f"""INSERT INTO accounts_benefit
               (supplier_id, account_id, service_id, valid_from, valid_to, persons, percent,
                funded)
        SELECT k.supplier_id, a.id, s.id, left("row" ->> 'from', 10)::date,
               left("row" ->> 'to', 10)::date, ("row" ->> 'persons')::int,
               ("row" ->> 'percent')::numeric, coalesce("row" ->> 'funded', '')
          {_FROM} JOIN {_SERVICE} WHERE k.file = 'benefits.csv' ON CONFLICT DO NOTHING""",
    f"""INSERT INTO accounts_subsidy (supplier_id, account_id, period, amount, transferred)
        SELECT k.supplier_id, a.id, ("row" ->> 'period' || '-01')::date,
               (("row" ->> 'amount')::numeric * 100)::bigint, ("row" ->> 'transferred') = 'yes'
          {_FROM} WHERE k.file = 'subsidies.csv' ON CONFLICT DO NOTHING""",
    """INSERT INTO metering_outdoortemperature (supplier_id, locality, day, mean_c)
        SELECT supplier_id, "row" ->> 'locality', ("row" ->> 'date')::date,
               ("row" ->> 'mean_c')::numeric
          FROM exchange_keptrow WHERE file = 'temperatures.csv' ON CONFLICT DO NOTHING""",
    f"""INSERT INTO metering_serviceevent
               (supplier_id, account_id, house_id, service_id, meter_id, kind, begins, ends,
                value, value2, act_number, claimed_on, comment)
        SELECT k.supplier_id, a.id, h.id, s.id,
               (SELECT min(m.id) FROM metering_meter m
                 WHERE m.account_id = a.id AND m.serial = "row" ->> 'meter_serial'
                   AND (s.id IS NULL OR m.service_id = s.id)),
               "row" ->> 'kind', "row" ->> 'from', coalesce("row" ->> 'to', ''),
               ("row" ->> 'value')::numeric, ("row" ->> 'value2')::numeric,
               coalesce("row" ->> 'act_number', ''), ("row" ->> 'claimed_on')::date,
               coalesce("row" ->> 'comment', '')
          {_FROM.replace("JOIN", "LEFT JOIN")} LEFT JOIN {_SERVICE}
          LEFT JOIN accounts_house h
            ON h.supplier_id = k.supplier_id AND h.code = k."row" ->> 'house'
         WHERE k.file = 'events.csv' ON CONFLICT DO NOTHING""",
    """DELETE FROM exchange_keptrow WHERE file IN
        ('residents.csv', 'benefits.csv', 'subsidies.csv', 'temperatures.csv', 'events.csv')""",
)


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0001_initial"),
        ("accounts", "0005_residents_and_benefits"),
        ("metering", "0004_events_and_temperatures"),
    ]

    operations = [migrations.RunSQL(list(_MOVES), migrations.RunSQL.noop)]
