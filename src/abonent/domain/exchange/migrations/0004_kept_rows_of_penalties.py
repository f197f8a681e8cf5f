"""Kept suspensions and instalments move into the tables of billing."""

from django.db import migrations

_ACCOUNT = """JOIN accounts_customeraccount a
      ON a.supplier_id = k.supplier_id AND a.number = k."row" ->> 'account'"""
_MOVES = (
    f"""INSERT INTO billing_penaltysuspension (supplier_id, account_id, from_on, to_on, basis)
        SELECT k.supplier_id, a.id, left("row" ->> 'from', 10)::date,
               left("row" ->> 'to', 10)::date, coalesce("row" ->> 'basis', '')
          FROM exchange_keptrow k LEFT {_ACCOUNT}
         WHERE k.file = 'penalty_suspensions.csv' ON CONFLICT DO NOTHING""",
    f"""INSERT INTO billing_instalment
               (supplier_id, account_id, service_id, month, due_on, amount)
        SELECT k.supplier_id, a.id, s.id, ("row" ->> 'period' || '-01')::date,
               ("row" ->> 'due_on')::date, (("row" ->> 'amount')::numeric * 100)::bigint
          FROM exchange_keptrow k {_ACCOUNT}
          JOIN suppliers_servicecategory s
            ON s.supplier_id = k.supplier_id AND s.code = k."row" ->> 'service'
         WHERE k.file = 'instalments.csv' ON CONFLICT DO NOTHING""",
    """DELETE FROM exchange_keptrow
        WHERE file IN ('penalty_suspensions.csv', 'instalments.csv')""",
)


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0003_kept_rows_of_organisations"),
        ("billing", "0005_penalties"),
    ]

    operations = [migrations.RunSQL(list(_MOVES), migrations.RunSQL.noop)]
