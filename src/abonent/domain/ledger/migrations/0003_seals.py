"""Seals over the ledger, and the right to change what is written taken from everybody.

The owner of the tables could give the right back to himself, as he could drop the triggers; a
slip or an injected statement cannot. Both, and the chain, are measured by ``abonent audit``.
"""

from django.db import migrations, models

GUARD = """
CREATE TRIGGER ledger_seal_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_seal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_transfer, ledger_entry, ledger_seal FROM CURRENT_USER;
"""
RELEASE = """
GRANT UPDATE, DELETE, TRUNCATE ON ledger_transfer, ledger_entry, ledger_seal TO CURRENT_USER;
DROP TRIGGER ledger_seal_append_only ON ledger_seal;
"""


class Migration(migrations.Migration):
    """Add the seals and take the rights away."""

    dependencies = [("ledger", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("transfers", models.BigIntegerField()),
                ("entries", models.BigIntegerField()),
                ("turnover", models.BigIntegerField()),
                ("content", models.BinaryField(max_length=32)),
                ("previous", models.BinaryField(max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("first_id",), name="ledger_sealed_once"),
                    models.CheckConstraint(condition=models.Q(("last_id__gte", models.F("first_id"))), name="ledger_seal_forward"),
                ],
            },
        ),
        migrations.RunSQL(GUARD, RELEASE),
    ]
